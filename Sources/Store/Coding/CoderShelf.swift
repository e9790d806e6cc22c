import Host
import Wire

/// Decoders that wait for work. One has 20 MiB; whoever reads coded blobs takes one for as long as
/// a group takes.
final class CoderShelf: Sendable {
    /// Decoders of this process.
    static let shared = CoderShelf()
    /// Decoders that are kept while nobody uses them: one for each of the lanes that read most.
    private static let keptMax = 2

    private let idle = Lock([ChainDecoder]())

    /// Runs `body` with a decoder that nobody else has.
    func with<Result>(
        _ body: (ChainDecoder) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        guard let decoder = idle.withLock({ $0.popLast() }) ?? ChainDecoder() else {
            throw .unusable("there is no memory to decode a blob")
        }
        defer {
            idle.withLock { if $0.count < Self.keptMax { $0.append(decoder) } }
        }
        return try body(decoder)
    }

    /// Reads a group of a coded file to `start` of `buffer`.
    func read(
        _ index: Int, of file: CodedFile, into buffer: Buffer, at start: Int
    ) throws(StoreError) {
        try with { decoder throws(StoreError) in
            var group = decoder.takeSpare()
            defer { decoder.put(spare: group) }
            try decoder.read(index, of: file, into: &group)
            buffer.store(group, at: start)
        }
    }
}
