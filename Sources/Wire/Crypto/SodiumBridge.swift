import CSodium

/// The one bridge to libsodium: every call that takes a pointer is here.
///
/// All functions check their argument sizes by precondition: sizes are ours, never a peer's.
public enum Sodium {
    /// Initialises the library once; every entry point goes through it.
    private static let isReady: Bool = {
        precondition(sodium_init() >= 0, "libsodium could not start: no randomness available")
        return true
    }()

    /// Secret random bytes from the system.
    public static func random(count: Int) -> [UInt8] {
        precondition(isReady)
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }

    // MARK: Ed25519

    static func signingPair(seed: [UInt8]) -> (publicKey: [UInt8], secretKey: [UInt8]) {
        precondition(isReady && seed.count == 32)
        var publicKey = [UInt8](repeating: 0, count: 32)
        var secretKey = [UInt8](repeating: 0, count: 64)
        crypto_sign_seed_keypair(&publicKey, &secretKey, seed)
        return (publicKey, secretKey)
    }

    static func sign(message: [UInt8], secretKey: [UInt8]) -> [UInt8] {
        precondition(isReady && secretKey.count == 64)
        var signature = [UInt8](repeating: 0, count: 64)
        crypto_sign_detached(&signature, nil, message, UInt64(message.count), secretKey)
        return signature
    }

    static func verify(signature: [UInt8], message: [UInt8], key: [UInt8]) -> Bool {
        precondition(isReady && signature.count == 64 && key.count == 32)
        return crypto_sign_verify_detached(signature, message, UInt64(message.count), key) == 0
    }

    // MARK: X25519

    /// The public key of a 32-byte X25519 secret (RFC 7748).
    public static func exchangePublicKey(secret: [UInt8]) -> [UInt8] {
        precondition(isReady && secret.count == 32)
        var publicKey = [UInt8](repeating: 0, count: 32)
        crypto_scalarmult_base(&publicKey, secret)
        return publicKey
    }

    /// The shared secret of X25519; nil when the other key is of low order (all-zero output).
    static func exchange(secret: [UInt8], publicKey: [UInt8]) -> [UInt8]? {
        precondition(isReady && secret.count == 32 && publicKey.count == 32)
        var shared = [UInt8](repeating: 0, count: 32)
        return crypto_scalarmult(&shared, secret, publicKey) == 0 ? shared : nil
    }

    // MARK: BLAKE2b

    /// BLAKE2b (RFC 7693) of `bytes`, `count` bytes long.
    public static func blake2b(_ bytes: [UInt8], count: Int) -> [UInt8] {
        precondition(isReady && (16...64).contains(count))
        var digest = [UInt8](repeating: 0, count: count)
        crypto_generichash_blake2b(&digest, count, bytes, UInt64(bytes.count), nil, 0)
        return digest
    }

    /// Whether two secrets are equal, in time that depends on their length only.
    public static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        precondition(isReady)
        return left.count == right.count && sodium_memcmp(left, right, left.count) == 0
    }
}

/// A SHA-256 stream of libsodium, for CPUs without SHA instructions.
struct SodiumSha256: Sendable {
    private var state = crypto_hash_sha256_state()

    init() {
        crypto_hash_sha256_init(&state)
    }

    mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { input in
            guard let base = input.baseAddress else { return }
            crypto_hash_sha256_update(
                &state, base.assumingMemoryBound(to: UInt8.self), UInt64(input.count))
        }
    }

    mutating func finish() -> Digest {
        var output = [UInt8](repeating: 0, count: Digest.byteCount)
        crypto_hash_sha256_final(&state, &output)
        guard let digest = Digest(bytes: output) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        return digest
    }
}
