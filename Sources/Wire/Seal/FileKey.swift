/// The secret that a sealed layer version is opened with: 16 random bytes, one for each version,
/// so that no two versions can be told to hold the same bytes.
public struct FileKey: Equatable, Sendable {
    /// Number of bytes.
    public static let byteCount = 16

    /// The 16 bytes.
    public let bytes: [UInt8]

    /// A key from exactly 16 bytes; nil for any other count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// A new key from the system's randomness.
    public static func random() -> FileKey {
        guard let key = FileKey(bytes: Sodium.random(count: byteCount)) else {
            preconditionFailure("16 bytes make a file key")
        }
        return key
    }

    /// A key of 32 bytes for one purpose: HKDF-SHA256 (RFC 5869) of this one, as age v1 asks.
    func derived(salt: [UInt8], for purpose: String) -> [UInt8] {
        KeyDerivation.derive(from: bytes, salt: salt, for: purpose)
    }
}

/// HKDF-SHA256 (RFC 5869) for keys of 32 bytes, which is one block of it.
enum KeyDerivation {
    /// Extracts with `salt` (none = 32 zero bytes) and expands for `purpose`.
    static func derive(from secret: [UInt8], salt: [UInt8], for purpose: String) -> [UInt8] {
        let salt = salt.isEmpty ? [UInt8](repeating: 0, count: Digest.byteCount) : salt
        let extracted = Sodium.hmacSha256(key: salt, secret)
        return Sodium.hmacSha256(key: extracted, Array(purpose.utf8) + [1])
    }
}
