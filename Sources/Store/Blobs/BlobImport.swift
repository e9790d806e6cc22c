import Host
import Wire

/// A file that was brought into the store, under both of its names.
public struct ImportedBlob: Equatable, Sendable {
    /// BLAKE3-256 of its bytes.
    public let id: Digest
    /// Number of bytes.
    public let size: UInt64
    /// SHA-256 of its bytes.
    public let sha256: Digest
    /// Whether the store had it already.
    public let wasKnown: Bool
}

/// Brings one file into the store in one pass over its bytes: read, both hashes, write.
///
/// Where the file system can, the blocks are shared with the source instead (reflink), and what
/// is hashed is the share, which nobody else can change.
public enum BlobImport {
    /// Imports the open file `source`. A file that changes meanwhile is refused; after any
    /// failure nothing is left. `progress` gets the number of bytes read so far; `keep` puts what
    /// came of it in its place.
    static func run(
        _ source: File, into layout: Layout, progress: (UInt64) -> Void = { _ in },
        keep: DraftKeeper? = nil
    ) throws(StoreError) -> ImportedBlob {
        let before = try onDisk { () throws(SystemError) in try source.facts() }
        guard before.kind == .file else { throw .refused("\(source.path) is not a plain file") }
        guard before.size <= Limits.blobBytesMax else {
            throw .refused("\(source.path) is larger than a blob may be (1 TiB)")
        }
        try Space.require(before.size, at: layout.parts)
        let draft = try BlobDraft(layout: layout, size: before.size)
        do throws(StoreError) {
            // A large file keeps two cores busy; whoever computes meanwhile goes first.
            let result = try Thread.runBehind("import") { () throws(StoreError) in
                try copy(source, size: before.size, into: draft, progress)
            }
            let after = try onDisk { () throws(SystemError) in try source.facts() }
            guard after == before else { throw StoreError.changed(path: source.path) }
            return try draft.keep(result, layout: layout, by: keep)
        } catch {
            draft.discard()
            throw error
        }
    }

    /// Imports bytes that are in memory: manifests and other documents.
    static func run(
        bytes: [UInt8], into layout: Layout, keep: DraftKeeper? = nil
    ) throws(StoreError) -> ImportedBlob {
        try Space.require(UInt64(bytes.count), at: layout.parts)
        let draft = try BlobDraft(layout: layout, size: UInt64(bytes.count))
        do throws(StoreError) {
            let names = try draft.fill(bytes)
            return try draft.keep(names, layout: layout, by: keep)
        } catch {
            draft.discard()
            throw error
        }
    }

    /// Hashes an open file where it lies and gives its names; its leaf values go to `draft`, whose
    /// data stay empty. A file that changes meanwhile is refused.
    static func hash(
        _ source: File, facts before: FileFacts, into draft: BlobDraft,
        progress: (UInt64) -> Void
    ) throws(StoreError) -> (TreeHasher.Summary, Digest) {
        let names = try Thread.runBehind("import") { () throws(StoreError) in
            try copy(source, size: before.size, into: draft, isCopied: false, progress)
        }
        let after = try onDisk { () throws(SystemError) in try source.facts() }
        guard after == before else { throw .changed(path: source.path) }
        return names
    }

    private static func copy(
        _ source: File, size: UInt64, into draft: BlobDraft, isCopied: Bool = true,
        _ progress: (UInt64) -> Void
    ) throws(StoreError) -> (TreeHasher.Summary, Digest) {
        let isShared = isCopied && size > 0 && draft.data.clone(from: source)
        let input = isShared ? draft.data : source
        let isWritten = isCopied && !isShared
        let pipe = try HashPipe(isWritten ? DirectOutput(draft.data, size: size) : nil)
        var hasher = TreeHasher()
        var offset: UInt64 = 0
        var leafOffset: UInt64 = 0
        do throws(StoreError) {
            while true {
                let buffer = try pipe.takeBuffer()
                buffer.count = try onDisk { () throws(SystemError) in
                    try input.read(into: buffer, count: buffer.capacity, offset: offset)
                }
                let count = buffer.count
                if count == 0 { break }
                pipe.submit(buffer)
                // Still ours to read: the ring gives it out again only to this thread.
                buffer.withSpan(0..<count) { hasher.update($0) }
                offset += UInt64(count)
                leafOffset = try draft.append(leaves: hasher.takeLeafValues(), at: leafOffset)
                progress(offset)
                guard offset <= size else { throw StoreError.changed(path: source.path) }
            }
        } catch {
            _ = try? pipe.finish()
            throw error
        }
        let sha256 = try pipe.finish()
        guard offset == size else { throw .changed(path: source.path) }
        let summary = hasher.finish()
        _ = try draft.append(leaves: summary.leafValues, at: leafOffset)
        return (summary, sha256)
    }
}
