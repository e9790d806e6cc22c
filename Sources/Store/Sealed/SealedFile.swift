import Genome
import Host
import Wire

/// Turns a plain blob into its sealed form and back, in one pass over the bytes: read, cipher,
/// hash, write, 64 KiB at a time.
enum SealedFile {
    /// Seals an open plain blob into the store under a fresh nonce.
    static func seal(
        _ plain: BlobReader, key: FileKey, into layout: Layout, keep: DraftKeeper? = nil
    ) throws(StoreError) -> BlobReference {
        let size = plain.size
        let nonce = Sodium.random(count: SealedStream.nonceBytes)
        guard let stream = SealedStream(key: key, nonce: nonce),
            let sealedSize = SealedStream.sealedSize(plain: size),
            sealedSize <= Limits.blobBytesMax
        else { throw .refused("blob \(plain.id) is too large to be sealed") }
        var output = try SealedOutput(size: sealedSize, layout)
        do throws(StoreError) {
            try output.write(nonce.span.bytes)
            let count = SealedStream.chunkCount(plain: size)
            var sealed = [UInt8](repeating: 0, count: SealedStream.sealedChunkBytes)
            let group = Buffer(capacity: HashTree.groupBytes)
            let chunksOfGroup = UInt64(HashTree.groupBytes / SealedStream.chunkBytes)
            for index in 0..<count {
                let offset = index * UInt64(SealedStream.chunkBytes)
                let length = Int(min(UInt64(SealedStream.chunkBytes), size - offset))
                let (number, place) = index.quotientAndRemainder(dividingBy: chunksOfGroup)
                if place == 0 { _ = try plain.read(group: Int(number), into: group) }
                let start = Int(place) * SealedStream.chunkBytes
                var span = sealed.mutableSpan
                var target = span.mutableBytes
                group.withSpan(start..<start + length) { chunk in
                    stream.seal(chunk, chunk: index, isLast: index == count - 1, into: &target)
                }
                try output.write(
                    sealed.span.bytes.extracting(0..<(length + Limits.tagBytes)))
            }
            return try output.keep(layout, keep)
        } catch {
            output.discard()
            throw error
        }
    }

    /// Opens a sealed file of `size` bytes into the store. Every chunk is authenticated before it
    /// is written; a blob that is not `expected` in the end is not kept.
    static func open(
        _ sealed: any StoredObject, size: UInt64, key: FileKey, expected: Digest,
        into layout: Layout,
        keep: DraftKeeper? = nil
    ) throws(StoreError) -> BlobReference {
        guard let plainSize = SealedStream.plainSize(sealed: size) else {
            throw .damaged("\(sealed.place) (no sealed file has its size)")
        }
        let nonce = try read(sealed, SealedStream.nonceBytes, 0)
        guard let stream = SealedStream(key: key, nonce: nonce) else {
            throw .damaged(sealed.place)
        }
        var output = try SealedOutput(size: plainSize, layout)
        do throws(StoreError) {
            let count = SealedStream.chunkCount(plain: plainSize)
            var plain = [UInt8](repeating: 0, count: SealedStream.chunkBytes)
            for index in 0..<count {
                let offset =
                    UInt64(SealedStream.nonceBytes)
                    + index * UInt64(SealedStream.sealedChunkBytes)
                let length = Int(min(UInt64(SealedStream.sealedChunkBytes), size - offset))
                let chunk = try read(sealed, length, offset)
                var span = plain.mutableSpan
                var target = span.mutableBytes
                let isSound = stream.open(
                    chunk.span.bytes, chunk: index, isLast: index == count - 1, into: &target)
                guard isSound else {
                    throw StoreError.damaged("\(sealed.place) (chunk \(index) is not authentic)")
                }
                try output.write(plain.span.bytes.extracting(0..<(length - Limits.tagBytes)))
            }
            return try output.keep(layout, keep, expected: expected)
        } catch {
            output.discard()
            throw error
        }
    }

    private static func read(
        _ object: any StoredObject, _ count: Int, _ offset: UInt64
    ) throws(StoreError) -> [UInt8] {
        let bytes = try object.read(count: count, offset: offset)
        guard bytes.count == count else { throw .changed(path: object.place) }
        return bytes
    }
}

/// A blob that is written from its beginning and hashed as it is written.
struct SealedOutput: ~Copyable {
    private let draft: BlobDraft
    private var hasher = TreeHasher()
    private var offset: UInt64 = 0
    private var leafOffset: UInt64 = 0

    init(size: UInt64, _ layout: Layout) throws(StoreError) {
        draft = try BlobDraft(layout: layout, size: size)
    }

    /// Adds bytes.
    mutating func write(_ bytes: RawSpan) throws(StoreError) {
        hasher.update(bytes)
        do {
            try draft.data.write(bytes, offset: offset)
        } catch {
            throw StoreError(error, bytes: UInt64(bytes.byteCount))
        }
        offset += UInt64(bytes.byteCount)
        leafOffset = try draft.append(leaves: hasher.takeLeafValues(), at: leafOffset)
    }

    /// Makes it a blob, durably; refused where its id is not the one that was expected.
    mutating func keep(
        _ layout: Layout, _ keep: DraftKeeper?, expected: Digest? = nil
    ) throws(StoreError) -> BlobReference {
        let summary = hasher.finish()
        guard expected == nil || summary.id == expected else {
            throw .damaged("what was sealed (it is not the blob it should be)")
        }
        _ = try draft.append(leaves: summary.leafValues, at: leafOffset)
        // SHA-256 is for exports of plain files; ciphertext is never exported.
        let names = (summary, Digest(words: (0, 0, 0, 0)))
        let kept = try draft.keep(names, layout: layout, by: keep)
        return BlobReference(blob: kept.id, size: kept.size)
    }

    /// Removes what was written.
    func discard() { draft.discard() }
}
