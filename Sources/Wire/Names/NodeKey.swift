/// The name of a node or publisher: its Ed25519 public key (RFC 8032), 32 bytes, written as
/// 52 base32 digits.
public struct NodeKey: Hashable, Comparable, Sendable {
    /// The 32 bytes of the key.
    public let digest: Digest

    /// A key from exactly 32 bytes; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard let digest = Digest(bytes: bytes) else { return nil }
        self.digest = digest
    }

    /// A key from its base32 text; nil for anything else.
    public init?(base32 text: String) {
        guard let bytes = Base32.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// The 32 bytes in order.
    public var bytes: [UInt8] { digest.bytes }

    /// 52 base32 digits.
    public var base32: String { Base32.encode(bytes) }

    /// The first 8 base32 digits: what a ref shows of a key, never proof of it.
    public var fingerprint: String { String(base32.prefix(8)) }

    /// Byte order.
    public static func < (left: NodeKey, right: NodeKey) -> Bool {
        left.digest < right.digest
    }
}

extension NodeKey: CustomStringConvertible {
    /// 52 base32 digits.
    public var description: String { base32 }
}
