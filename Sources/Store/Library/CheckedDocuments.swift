import Host
import Wire

/// What was read in signed documents whose signatures were found good, by the hash of all their
/// bytes: the same bytes hold the same signatures, so that they are checked once as long as the
/// home is open. A document that changed by one bit has another hash. Whether a document is in
/// force, taken back or trusted is never kept here.
final class CheckedDocuments<Value: Sendable>: Sendable {
    /// Most values that are kept; the oldest goes first.
    private static var valuesMax: Int { 256 }
    /// Longest documents that are kept: with the number above a few dozen megabytes at most. Usual
    /// manifests have a few kilobytes.
    private static var bytesMax: Int { 1 << 16 }

    private struct State {
        var values: [Digest: Value] = [:]
        var order: [Digest] = []
        var count = 0
    }

    private let state = Lock(State())

    /// How often documents were checked.
    var count: Int { state.withLock { $0.count } }

    /// What `check` reads in `documents`, or what it read when they had these bytes before. What
    /// it refuses is not kept.
    func value<Failure: Error>(
        of documents: [[UInt8]], check: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let length = documents.reduce(0) { $0 + $1.count }
        guard length <= Self.bytesMax else { return try check() }
        // Each behind its length: two documents are not another two with a bit moved between them.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length + 8 * documents.count)
        for document in documents {
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: document.count >> (8 * $0)) }
            bytes += document
        }
        let id = Blake3.hash(bytes)
        if let known = state.withLock({ $0.values[id] }) { return known }
        let value = try check()
        state.withLock { state in
            state.count += 1
            guard state.values.updateValue(value, forKey: id) == nil else { return }
            state.order.append(id)
            if state.order.count > Self.valuesMax {
                state.values[state.order.removeFirst()] = nil
            }
        }
        return value
    }
}
