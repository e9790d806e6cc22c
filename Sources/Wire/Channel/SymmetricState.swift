/// The running key and transcript hash of a Noise handshake (Noise specification §5.2), with
/// BLAKE2b (HASHLEN 64).
struct SymmetricState {
    static let hashBytes = 64
    private static let blockBytes = 128

    let suite: CipherSuite
    private var chainingKey: [UInt8]
    private(set) var hash: [UInt8]
    private var key: AEADKey?
    private var counter: UInt64 = 0

    init(protocolName: String, suite: CipherSuite) {
        let name = Array(protocolName.utf8)
        hash =
            name.count <= Self.hashBytes
            ? name + [UInt8](repeating: 0, count: Self.hashBytes - name.count)
            : Sodium.blake2b(name, count: Self.hashBytes)
        chainingKey = hash
        self.suite = suite
    }

    mutating func mixHash(_ bytes: [UInt8]) {
        hash = Sodium.blake2b(hash + bytes, count: Self.hashBytes)
    }

    mutating func mixKey(_ material: [UInt8]) {
        let outputs = Self.expand(chainingKey, material, count: 2)
        chainingKey = outputs[0]
        setKey(outputs[1])
    }

    mutating func mixKeyAndHash(_ material: [UInt8]) {
        let outputs = Self.expand(chainingKey, material, count: 3)
        chainingKey = outputs[0]
        mixHash(outputs[1])
        setKey(outputs[2])
    }

    private mutating func setKey(_ bytes: [UInt8]) {
        key = AEADKey(suite: suite, key: Array(bytes.prefix(32)))
        counter = 0
    }

    mutating func encryptAndHash(_ plain: [UInt8]) -> [UInt8] {
        guard let key else {
            mixHash(plain)
            return plain
        }
        var sealed = [UInt8](repeating: 0, count: plain.count + Limits.tagBytes)
        var elements = sealed.mutableSpan
        var span = elements.mutableBytes
        key.seal(plain.span.bytes, counter: counter, associated: hash, into: &span)
        counter += 1
        mixHash(sealed)
        return sealed
    }

    mutating func decryptAndHash(_ sealed: [UInt8]) throws(WireError) -> [UInt8] {
        guard let key else {
            mixHash(sealed)
            return sealed
        }
        guard sealed.count >= Limits.tagBytes else { throw .truncated }
        var plain = [UInt8](repeating: 0, count: sealed.count - Limits.tagBytes)
        var elements = plain.mutableSpan
        var span = elements.mutableBytes
        guard key.open(sealed.span.bytes, counter: counter, associated: hash, into: &span) else {
            throw .notAuthentic("handshake")
        }
        counter += 1
        mixHash(sealed)
        return plain
    }

    /// Bytes that an encrypted text of `count` bytes takes now.
    func sealedCount(_ count: Int) -> Int { key == nil ? count : count + Limits.tagBytes }

    /// The two transport keys: initiator to responder, responder to initiator.
    func split() -> (CipherState, CipherState) {
        let outputs = Self.expand(chainingKey, [], count: 2)
        return (
            CipherState(suite: suite, key: Array(outputs[0].prefix(32))),
            CipherState(suite: suite, key: Array(outputs[1].prefix(32)))
        )
    }

    /// HKDF with HMAC-BLAKE2b (Noise specification §4.3).
    private static func expand(_ key: [UInt8], _ material: [UInt8], count: Int) -> [[UInt8]] {
        let secret = authenticate(key, material)
        var outputs: [[UInt8]] = []
        var last: [UInt8] = []
        for index in 1...count {
            last = authenticate(secret, last + [UInt8(index)])
            outputs.append(last)
        }
        return outputs
    }

    /// HMAC (RFC 2104) over BLAKE2b-512.
    private static func authenticate(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        let padded = key + [UInt8](repeating: 0, count: blockBytes - key.count)
        let inner = Sodium.blake2b(padded.map { $0 ^ 0x36 } + message, count: hashBytes)
        return Sodium.blake2b(padded.map { $0 ^ 0x5c } + inner, count: hashBytes)
    }
}
