/// An Ed25519 signature (RFC 8032): 64 bytes.
public struct Signature: Hashable, Sendable {
    /// Number of bytes of a signature.
    public static let byteCount = 64

    /// The 64 bytes.
    public let bytes: [UInt8]

    /// A signature from exactly 64 bytes; nil for any other count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Whether `key` made this signature over exactly `message`.
    public func isValid(over message: [UInt8], by key: NodeKey) -> Bool {
        Sodium.verify(signature: bytes, message: message, key: key.bytes)
    }
}

/// An Ed25519 key pair, made from a 32-byte seed. Lives in process memory only where no agent
/// keeps it.
public struct SigningKey: Sendable {
    /// The 32 secret bytes.
    public let seed: [UInt8]
    /// The public half.
    public let publicKey: NodeKey
    private let secret: [UInt8]

    /// The pair of a 32-byte seed; nil for any other count.
    public init?(seed: [UInt8]) {
        guard seed.count == 32 else { return nil }
        let pair = Sodium.signingPair(seed: seed)
        guard let key = NodeKey(bytes: pair.publicKey) else { return nil }
        self.seed = seed
        publicKey = key
        secret = pair.secretKey
    }

    /// A new pair from the system's randomness.
    public static func random() -> SigningKey {
        guard let key = SigningKey(seed: Sodium.random(count: 32)) else {
            preconditionFailure("a seed of 32 bytes makes a key")
        }
        return key
    }

    /// The signature over exactly `message`.
    public func sign(_ message: [UInt8]) -> Signature {
        guard let signature = Signature(bytes: Sodium.sign(message: message, secretKey: secret))
        else { preconditionFailure("libsodium signatures have 64 bytes") }
        return signature
    }
}
