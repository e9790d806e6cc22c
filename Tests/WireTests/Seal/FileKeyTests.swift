import Testing

@testable import Wire

@Suite("A file key")
struct FileKeyTests {
    @Test func `has sixteen bytes, and others each time`() {
        #expect(FileKey(bytes: [UInt8](repeating: 1, count: 15)) == nil)
        #expect(FileKey.random() != FileKey.random())
        #expect(FileKey.random().bytes.count == FileKey.byteCount)
    }

    /// Test case 3 of RFC 5869: neither salt nor purpose; of its 42 bytes the first block.
    @Test func `is derived by HKDF-SHA256`() {
        let secret = [UInt8](repeating: 0x0b, count: 22)
        #expect(
            Hexadecimal.encode(KeyDerivation.derive(from: secret, salt: [], for: ""))
                == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d")
        let key = FileKey.random()
        #expect(key.derived(salt: [], for: "header") != key.derived(salt: [], for: "payload"))
        #expect(key.derived(salt: [1], for: "header") != key.derived(salt: [], for: "header"))
    }

    /// Test case 2 of RFC 4231.
    @Test func `rests on HMAC-SHA256`() {
        #expect(
            Hexadecimal.encode(
                Sodium.hmacSha256(
                    key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }
}
