import Testing

@testable import Wire

@Suite struct SodiumBridgeTests {
    @Test func `BLAKE2b of abc is the one of RFC 7693`() {
        let hash = Hexadecimal.encode(Sodium.blake2b(Array("abc".utf8), count: 64))
        #expect(hash.hasPrefix("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"))
    }

    @Test func `SHA-256 by libsodium equals our own`() {
        for count in [0, 1, 64, 1000] {
            let bytes = [UInt8](repeating: 3, count: count)
            #expect(Sodium.sha256(bytes) == Sha256.hash(bytes).bytes)
        }
    }

    @Test(arguments: CipherSuite.available)
    func `what was sealed opens, and nothing else does`(suite: CipherSuite) {
        let key = AEADKey(suite: suite, key: [UInt8](repeating: 5, count: 32))
        let plain = (0..<100).map { UInt8($0) }
        var sealed = [UInt8](repeating: 0, count: 116)
        var elements = sealed.mutableSpan
        var span = elements.mutableBytes
        key.seal(plain.span.bytes, counter: 3, associated: [1], into: &span)
        func open(_ bytes: [UInt8], counter: UInt64, associated: [UInt8]) -> [UInt8]? {
            var opened = [UInt8](repeating: 0, count: max(0, bytes.count - 16))
            var elements = opened.mutableSpan
            var span = elements.mutableBytes
            let isGood = key.open(
                bytes.span.bytes, counter: counter, associated: associated, into: &span)
            return isGood ? opened : nil
        }
        #expect(open(sealed, counter: 3, associated: [1]) == plain)
        #expect(open(sealed, counter: 4, associated: [1]) == nil)
        #expect(open(sealed, counter: 3, associated: []) == nil)
        #expect(open(Array(sealed.prefix(15)), counter: 3, associated: [1]) == nil)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 0x80
            #expect(open(changed, counter: 3, associated: [1]) == nil)
        }
    }

    @Test func `a low-order point gives no shared secret`() {
        let secret = [UInt8](repeating: 1, count: 32)
        #expect(Sodium.exchange(secret: secret, publicKey: [UInt8](repeating: 0, count: 32)) == nil)
    }

    @Test func `random bytes differ and secrets compare by value`() {
        #expect(Sodium.random(count: 32) != Sodium.random(count: 32))
        #expect(Sodium.isEqual([1, 2], [1, 2]) && !Sodium.isEqual([1, 2], [1, 3]))
        #expect(!Sodium.isEqual([1], [1, 2]))
    }
}
