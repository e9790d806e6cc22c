import Host
import Wire

/// The names of many small blobs, worked out on a thread of its own while the caller writes them.
final class BatchHash: Sendable {
    private let names: Lock<[(summary: TreeHasher.Summary, sha256: Digest)]>
    private let thread = LaneThread()

    /// Begins with `blobs`, each of one group at most.
    init(_ blobs: [[UInt8]]) throws(StoreError) {
        let names = Lock<[(summary: TreeHasher.Summary, sha256: Digest)]>([])
        self.names = names
        let thread = thread
        try onDisk { () throws(SystemError) in
            try thread.start("import-hash") {
                for bytes in blobs {
                    var hasher = TreeHasher()
                    hasher.update(bytes.span.bytes)
                    let found = (hasher.finish(), Sha256.hash(bytes))
                    names.withLock { $0.append(found) }
                }
            }
        }
    }

    /// Waits for the names, in the order of the blobs.
    func finish() -> [(summary: TreeHasher.Summary, sha256: Digest)] {
        thread.join()
        return names.withLock { $0 }
    }
}
