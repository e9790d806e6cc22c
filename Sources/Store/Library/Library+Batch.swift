import Genome
import Host
import Wire

/// Storing many small blobs at a time: what is slow about a small blob is not its bytes but making
/// them durable, and one request to the disk can do that for hundreds.
extension Library {
    /// Bytes of a blob that is small enough: the whole of it is in memory at once.
    public static let smallBytesMax = HashTree.groupBytes
    /// Blobs that share their syncs …
    private static let batchBlobsMax = 512
    /// … and bytes that lie in memory meanwhile.
    private static let batchBytesMax = 16 << 20

    /// Brings open files into the store, in their order; small ones in batches. Each is there whole
    /// or not at all, and all are when this returns. `progress` gets bytes read. With `places`,
    /// the absolute path of each, the large ones stay where they are.
    public func importFiles(
        _ files: [File], inPlace places: [String] = [], progress: (UInt64) -> Void = { _ in }
    ) throws(StoreError) -> [ImportedBlob] {
        precondition(places.isEmpty || places.count == files.count)
        var imported: [ImportedBlob] = []
        var batch: [[UInt8]] = []
        var batchBytes = 0
        var done: UInt64 = 0
        func flush() throws(StoreError) {
            imported += try importSmall(batch)
            done += UInt64(batchBytes)
            progress(done)
            (batch, batchBytes) = ([], 0)
        }
        for (number, file) in files.enumerated() {
            let facts = try onDisk { () throws(SystemError) in try file.facts() }
            if facts.kind == .file, facts.size <= UInt64(Self.smallBytesMax) {
                batch.append(try Self.small(file, facts))
                batchBytes += Int(facts.size)
                if batch.count == Self.batchBlobsMax || batchBytes >= Self.batchBytesMax {
                    try flush()
                }
                continue
            }
            try flush()
            let before = done
            imported.append(
                places.isEmpty
                    ? try importFile(file) { progress(before + $0) }
                    : try importInPlace(file, at: places[number]) { progress(before + $0) })
            done += facts.size
        }
        try flush()
        // Files of the same bytes are one blob, which is held once.
        var seen: Set<Digest> = []
        try index.endImport(of: imported.map(\.id).filter { !seen.insert($0).inserted })
        return imported
    }

    /// The bytes of a file that stays as it is while it is read.
    private static func small(_ file: File, _ before: FileFacts) throws(StoreError) -> [UInt8] {
        let (bytes, after) = try onDisk { () throws(SystemError) in
            (try file.read(count: Int(before.size) + 1, offset: 0), try file.facts())
        }
        guard after == before, bytes.count == Int(before.size) else {
            throw .changed(path: file.path)
        }
        return bytes
    }

    /// Stores small blobs from memory with two syncs of the file system for all of them.
    public func importSmall(_ blobs: [[UInt8]]) throws(StoreError) -> [ImportedBlob] {
        if blobs.isEmpty { return [] }
        precondition(blobs.allSatisfy { $0.count <= Self.smallBytesMax })
        if blobs.count == 1 { return [try importBytes(blobs[0])] }
        let bytes = blobs.reduce(UInt64(0)) { $0 + UInt64($1.count) }
        return try withRoom(bytes) { () throws(StoreError) in
            let hashing = try BatchHash(blobs)
            var drafts: [BlobDraft] = []
            do throws(StoreError) {
                for blob in blobs {
                    let draft = try BlobDraft(layout: layout, size: UInt64(blob.count))
                    drafts.append(draft)
                    try draft.write(blob)
                }
                return try keep(drafts, hashing)
            } catch {
                _ = hashing.finish()
                for draft in drafts { draft.discard() }
                throw error
            }
        }
    }

    /// Makes drafts durable, gives them their places and makes that durable, then their rows.
    private func keep(
        _ drafts: [BlobDraft], _ hashing: BatchHash
    ) throws(StoreError) -> [ImportedBlob] {
        try syncStore()
        let names = hashing.finish()
        return try places.withLock { _ throws(StoreError) in
            try index.expect(names.map(\.summary.id))
            var imported: [ImportedBlob] = []
            for (draft, names) in zip(drafts, names) {
                imported.append(try draft.place(names, layout: layout))
            }
            try syncStore()
            try index.complete(
                imported, now: Clock.wallMilliseconds(), leasedFor: .importing)
            for blob in imported { try forgetPlace(of: blob.id, size: blob.size) }
            return imported
        }
    }

    /// Makes durable what was written to the store's file system.
    func syncStore() throws(StoreError) {
        try onDisk { () throws(SystemError) in
            try storeFolder.syncFilesystem()
        }
    }

    /// Opens blobs that are to be fetched, as `partial` does one, with room for all or none.
    public func partials(_ wanted: [BlobReference]) throws(StoreError) -> [PartialBlob] {
        try reserve(wanted)
        var partials: [PartialBlob] = []
        for blob in wanted { partials.append(try reserved(blob)) }
        return partials
    }

    /// Makes blobs with all their groups complete ones, with two syncs for all of them. Gives those
    /// that failed with the reason; the others are complete.
    public func complete(
        _ partials: [PartialBlob]
    ) throws(StoreError) -> [(blob: Digest, problem: StoreError)] {
        guard partials.count > Self.partialBatchMin else {
            return partials.compactMap { partial in
                do throws(StoreError) {
                    try complete(partial)
                    return nil
                } catch {
                    return (partial.id, error)
                }
            }
        }
        try syncStore()
        return try places.withLock { _ throws(StoreError) in
            var problems: [(blob: Digest, problem: StoreError)] = []
            var done: [PartialBlob] = []
            for partial in partials {
                do throws(StoreError) {
                    try partial.place()
                    done.append(partial)
                } catch {
                    problems.append((partial.id, error))
                }
            }
            try syncStore()
            let now = Clock.wallMilliseconds()
            try index.complete(done.map { BlobReference(blob: $0.id, size: $0.size) }, now: now)
            return problems
        }
    }

    /// Below so many one sync each is no slower, and waits for nobody else's writes.
    private static let partialBatchMin = 3
}
