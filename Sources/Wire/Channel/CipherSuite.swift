/// The AEADs that two nodes may agree on. Key agreement is always X25519, the hash BLAKE2b.
public enum CipherSuite: UInt8, Sendable, CaseIterable {
    /// ChaCha20-Poly1305 (RFC 8439): every CPU.
    case chaChaPoly = 1
    /// AES-256-GCM: only where both CPUs have AES instructions.
    case aesGCM = 2

    /// The name in Noise protocol names.
    public var noiseName: String {
        switch self {
        case .chaChaPoly: "ChaChaPoly"
        case .aesGCM: "AESGCM"
        }
    }

    /// Bit in a hello's list of suites.
    public var bit: UInt8 { 1 << (rawValue - 1) }

    /// What this machine can do, best first.
    public static var available: [CipherSuite] {
        Sodium.hasAESGCM ? [.aesGCM, .chaChaPoly] : [.chaChaPoly]
    }
}
