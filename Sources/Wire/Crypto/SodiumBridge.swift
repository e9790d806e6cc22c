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

    /// Bytes that `sealBox` adds: a one-time public key and an authentication code.
    public static let boxOverhead = 48

    /// `message` in a sealed box (`crypto_box_seal`) that only the secret of an X25519 public key
    /// of 32 bytes opens. It says nothing of who made it.
    public static func sealBox(_ message: [UInt8], for publicKey: [UInt8]) -> [UInt8] {
        precondition(isReady && publicKey.count == 32)
        var sealed = [UInt8](repeating: 0, count: message.count + boxOverhead)
        crypto_box_seal(&sealed, message, UInt64(message.count), publicKey)
        return sealed
    }

    /// What is in a sealed box; nil when it was made for another key or was changed.
    public static func openBox(_ sealed: [UInt8], secret: [UInt8]) -> [UInt8]? {
        precondition(isReady && secret.count == 32)
        guard sealed.count >= boxOverhead else { return nil }
        var message = [UInt8](repeating: 0, count: sealed.count - boxOverhead)
        let publicKey = exchangePublicKey(secret: secret)
        let failed = crypto_box_seal_open(
            &message, sealed, UInt64(sealed.count), publicKey, secret)
        return failed == 0 ? message : nil
    }

    // MARK: BLAKE2b

    /// BLAKE2b (RFC 7693) of `bytes`, `count` bytes long.
    public static func blake2b(_ bytes: [UInt8], count: Int) -> [UInt8] {
        precondition(isReady && (16...64).contains(count))
        var digest = [UInt8](repeating: 0, count: count)
        crypto_generichash_blake2b(&digest, count, bytes, UInt64(bytes.count), nil, 0)
        return digest
    }

    /// BLAKE2b under a key of 16 to 64 bytes (RFC 7693 §2.9), `count` bytes long.
    static func blake2b(_ bytes: [UInt8], key: [UInt8], count: Int) -> [UInt8] {
        precondition(isReady && (16...64).contains(count) && (16...64).contains(key.count))
        var digest = [UInt8](repeating: 0, count: count)
        crypto_generichash_blake2b(
            &digest, count, bytes, UInt64(bytes.count), key, key.count)
        return digest
    }

    /// SipHash-2-4 (Aumasson, Bernstein 2012) of 8 bytes, big-endian, as a little-endian number.
    public static func shortHash(_ value: UInt64, key: [UInt8]) -> UInt64 {
        precondition(isReady && key.count == 16)
        var input = value.bigEndian
        var digest: UInt64 = 0
        withUnsafeMutablePointer(to: &digest) { digest in
            withUnsafePointer(to: &input) { input in
                digest.withMemoryRebound(to: UInt8.self, capacity: 8) { digest in
                    input.withMemoryRebound(to: UInt8.self, capacity: 8) { input in
                        _ = crypto_shorthash_siphash24(digest, input, 8, key)
                    }
                }
            }
        }
        return UInt64(littleEndian: digest)
    }

    /// SHA-256 by libsodium alone, to hold our own against.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        precondition(isReady)
        var digest = [UInt8](repeating: 0, count: 32)
        crypto_hash_sha256(&digest, bytes, UInt64(bytes.count))
        return digest
    }

    /// Whether two secrets are equal, in time that depends on their length only.
    public static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        precondition(isReady)
        return left.count == right.count && sodium_memcmp(left, right, left.count) == 0
    }
}

// MARK: Authenticated encryption

/// A 256-bit key of one of the two AEADs that the channel uses, ready to seal and open.
///
/// AES-256-GCM keeps its expanded key in memory aligned as libsodium asks for. Not Sendable:
/// a key belongs to the one direction of one connection that counts its nonces.
public final class AEADKey {
    /// The cipher.
    public let suite: CipherSuite
    private let key: [UInt8]
    private let expanded: UnsafeMutableRawPointer?

    /// A key of 32 bytes. AES-GCM must be available on this CPU.
    public init(suite: CipherSuite, key: [UInt8]) {
        precondition(key.count == 32)
        _ = Sodium.random(count: 16)
        self.suite = suite
        self.key = key
        guard suite == .aesGCM else {
            expanded = nil
            return
        }
        precondition(Sodium.hasAESGCM, "AES-GCM needs a CPU with AES instructions")
        let space = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<crypto_aead_aes256gcm_state>.size, alignment: 16)
        crypto_aead_aes256gcm_beforenm(
            space.assumingMemoryBound(to: crypto_aead_aes256gcm_state.self), key)
        expanded = space
    }

    deinit {
        guard let expanded else { return }
        sodium_memzero(expanded, MemoryLayout<crypto_aead_aes256gcm_state>.size)
        expanded.deallocate()
    }

    /// 4 zero bytes and the counter: little-endian for ChaCha20, big-endian for AES-GCM (Noise
    /// specification §12.3, 12.4).
    private func nonce(_ counter: UInt64) -> (UInt32, UInt32, UInt32) {
        let value = suite == .aesGCM ? counter.bigEndian : counter.littleEndian
        return (0, UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32))
    }

    /// Encrypts `plain` and its tag to the start of `sealed`, which must have room for both.
    public func seal(
        _ plain: RawSpan, counter: UInt64, associated: [UInt8], into sealed: inout MutableRawSpan
    ) {
        precondition(sealed.byteCount >= plain.byteCount + Limits.tagBytes)
        var nonce = nonce(counter)
        plain.withUnsafeBytes { plain in
            sealed.withUnsafeMutableBytes { sealed in
                let target = sealed.baseAddress?.assumingMemoryBound(to: UInt8.self)
                let source = plain.baseAddress?.assumingMemoryBound(to: UInt8.self)
                withUnsafeBytes(of: &nonce) { nonce in
                    let nonce = nonce.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    guard let target, let nonce else { return }
                    if let state = expanded?.assumingMemoryBound(
                        to: crypto_aead_aes256gcm_state.self)
                    {
                        crypto_aead_aes256gcm_encrypt_afternm(
                            target, nil, source, UInt64(plain.count), associated,
                            UInt64(associated.count), nil, nonce, state)
                    } else {
                        crypto_aead_chacha20poly1305_ietf_encrypt(
                            target, nil, source, UInt64(plain.count), associated,
                            UInt64(associated.count), nil, nonce, key)
                    }
                }
            }
        }
    }

    /// Checks and decrypts `sealed` (with its tag) to the start of `plain`; false, with `plain`
    /// unspecified, when it is not authentic.
    public func open(
        _ sealed: RawSpan, counter: UInt64, associated: [UInt8], into plain: inout MutableRawSpan
    ) -> Bool {
        guard sealed.byteCount >= Limits.tagBytes else { return false }
        precondition(plain.byteCount >= sealed.byteCount - Limits.tagBytes)
        var nonce = nonce(counter)
        return sealed.withUnsafeBytes { sealed in
            plain.withUnsafeMutableBytes { plain in
                var spare: UInt8 = 0
                let source = sealed.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return withUnsafeBytes(of: &nonce) { nonce in
                    let nonce = nonce.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    guard let source, let nonce else { return false }
                    return withUnsafeMutablePointer(to: &spare) { spare in
                        let target = plain.baseAddress?.assumingMemoryBound(to: UInt8.self)
                        return decrypt(
                            source, sealed.count, nonce, associated, into: target ?? spare)
                    }
                }
            }
        }
    }

    private func decrypt(
        _ source: UnsafePointer<UInt8>, _ count: Int, _ nonce: UnsafePointer<UInt8>,
        _ associated: [UInt8], into target: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        if let state = expanded?.assumingMemoryBound(to: crypto_aead_aes256gcm_state.self) {
            return crypto_aead_aes256gcm_decrypt_afternm(
                target, nil, nil, source, UInt64(count), associated, UInt64(associated.count),
                nonce, state) == 0
        }
        return crypto_aead_chacha20poly1305_ietf_decrypt(
            target, nil, nil, source, UInt64(count), associated, UInt64(associated.count),
            nonce, key) == 0
    }
}

extension Sodium {
    /// Whether this CPU has the instructions that libsodium's AES-256-GCM needs.
    public static var hasAESGCM: Bool {
        _ = random(count: 16)
        return crypto_aead_aes256gcm_is_available() == 1
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

// MARK: Sealing

extension Sodium {
    /// HMAC-SHA256 (RFC 2104) of `message` under a key of any length.
    public static func hmacSha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        precondition(isReady)
        var state = crypto_auth_hmacsha256_state()
        var output = [UInt8](repeating: 0, count: Digest.byteCount)
        crypto_auth_hmacsha256_init(&state, key, key.count)
        crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
        crypto_auth_hmacsha256_final(&state, &output)
        return output
    }

    /// Encrypts `plain` and its tag to the start of `sealed` (ChaCha20-Poly1305, RFC 8439), under
    /// a key of 32 bytes and a nonce of 12.
    static func seal(
        _ plain: RawSpan, key: [UInt8], nonce: [UInt8], into sealed: inout MutableRawSpan
    ) {
        precondition(isReady && key.count == 32 && nonce.count == 12)
        precondition(sealed.byteCount >= plain.byteCount + Limits.tagBytes)
        plain.withUnsafeBytes { plain in
            sealed.withUnsafeMutableBytes { sealed in
                guard let target = sealed.baseAddress else { return }
                crypto_aead_chacha20poly1305_ietf_encrypt(
                    target.assumingMemoryBound(to: UInt8.self), nil,
                    plain.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    UInt64(plain.count), nil, 0, nil, nonce, key)
            }
        }
    }

    /// Checks and decrypts `sealed` (with its tag) to the start of `plain`; false, with `plain`
    /// unspecified, when it is not authentic.
    static func open(
        _ sealed: RawSpan, key: [UInt8], nonce: [UInt8], into plain: inout MutableRawSpan
    ) -> Bool {
        guard sealed.byteCount >= Limits.tagBytes else { return false }
        precondition(isReady && key.count == 32 && nonce.count == 12)
        precondition(plain.byteCount >= sealed.byteCount - Limits.tagBytes)
        return sealed.withUnsafeBytes { sealed in
            plain.withUnsafeMutableBytes { plain in
                var spare: UInt8 = 0
                guard let source = sealed.baseAddress else { return false }
                return withUnsafeMutablePointer(to: &spare) { spare in
                    let target = plain.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    return crypto_aead_chacha20poly1305_ietf_decrypt(
                        target ?? spare, nil, nil, source.assumingMemoryBound(to: UInt8.self),
                        UInt64(sealed.count), nil, 0, nonce, key) == 0
                }
            }
        }
    }
}
