import Wire

/// What was read in signed documents whose signatures were found good, by the hash of all their
/// bytes: the same bytes hold the same signatures, so that they are checked once as long as the
/// home is open. A document that changed by one bit has another hash. Whether a document is in
/// force, taken back or trusted is never kept here.
final class CheckedDocuments<Value: Sendable>: Sendable {
    /// Longest documents that are kept: with 256 of them at most, a few dozen megabytes. Usual
    /// manifests have a few kilobytes.
    private static var bytesMax: Int { 1 << 16 }

    private let recent = RecentValues<Value>(valuesMax: 256, bytesMax: 256 * bytesMax)

    /// How often documents were checked.
    var count: Int { recent.count }

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
        return try recent.value(of: Blake3.hash(bytes), bytes: length, read: check)
    }
}
