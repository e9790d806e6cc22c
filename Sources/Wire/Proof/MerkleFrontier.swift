/// The root of a growing list of entries, by RFC 6962 §2.1 with SHA-256, from one hash for each
/// bit of their number.
public struct MerkleFrontier: Equatable, Sendable {
    /// Number of entries.
    public private(set) var count: UInt64 = 0
    /// Roots of whole subtrees, the largest first.
    private var peaks: [Digest] = []

    /// No entries.
    public init() {}

    /// Adds an entry behind the last.
    public mutating func append(_ entry: [UInt8]) {
        var hash = Sha256.hash([0] + entry)
        var rest = count
        while rest & 1 == 1, let left = peaks.popLast() {
            hash = Self.node(left, hash)
            rest >>= 1
        }
        peaks.append(hash)
        count += 1
    }

    /// The root; that of nothing is SHA-256 of nothing.
    public var root: Digest {
        guard var root = peaks.last else { return Sha256.hash([]) }
        for left in peaks.dropLast().reversed() { root = Self.node(left, root) }
        return root
    }

    private static func node(_ left: Digest, _ right: Digest) -> Digest {
        Sha256.hash([1] + left.bytes + right.bytes)
    }
}
