import Host
import Store
import Wire

/// Blobs that are being served, held open so that each group is one read.
final class ReaderCache: Sendable {
    /// Open files: more than blobs are usually asked for at a time.
    private static let readersMax = 64

    private struct State {
        var readers: [(reader: BlobReader, layer: GroupLayer?)] = []
    }

    private let state = Lock(State())

    /// The reader of a blob, opened if it is not.
    func reader(_ blob: Digest, layout: Layout) throws(StoreError) -> BlobReader {
        let known = state.withLock { $0.readers.first { $0.reader.id == blob }?.reader }
        if let known { return known }
        let reader = try BlobReader(blob, layout: layout)
        state.withLock { state in
            if state.readers.count >= Self.readersMax { state.readers.removeFirst() }
            state.readers.append((reader, nil))
        }
        return reader
    }

    /// The group layer of a blob, computed once.
    func layer(_ blob: Digest, layout: Layout) throws(StoreError) -> GroupLayer {
        let reader = try reader(blob, layout: layout)
        let known = state.withLock { $0.readers.first { $0.reader.id == blob }?.layer }
        if let known { return known }
        let layer = try reader.layer()
        state.withLock { state in
            guard let index = state.readers.firstIndex(where: { $0.reader.id == blob }) else {
                return
            }
            state.readers[index].layer = layer
        }
        return layer
    }

    /// Closes all.
    func clear() {
        state.withLock { $0.readers = [] }
    }
}
