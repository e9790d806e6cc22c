/// The tag of those who share a secret, as the records for them carry it: which circle and which
/// epoch of it, to whoever knows the secret; sixteen random bytes to everyone else.
public struct CircleDomain: Hashable, Comparable, Sendable {
    /// The 16 bytes.
    public let bytes: [UInt8]

    /// A tag from exactly 16 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == CircleTag.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The domain of records that are for everyone who knows the secret.
    public init(secret: [UInt8]) { bytes = CircleTag.domain(secret: secret) }

    /// The domain as a record has it.
    public var domain: Domain { .restricted(tag: bytes) }

    /// Byte order.
    public static func < (left: CircleDomain, right: CircleDomain) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
