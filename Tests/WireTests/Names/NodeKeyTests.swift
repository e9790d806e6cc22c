import Testing
import Wire

@Suite struct NodeKeyTests {
    @Test func `a key has 52 digits and a fingerprint of the first eight`() throws {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 7, count: 32))).publicKey
        #expect(key.base32.count == 52 && key.base32.hasPrefix(key.fingerprint))
        #expect(key.fingerprint.count == 8)
        #expect(NodeKey(base32: key.base32) == key)
        #expect(NodeKey(bytes: key.bytes) == key && key.description == key.base32)
    }

    @Test func `texts of other lengths are refused`() {
        #expect(NodeKey(base32: "abc") == nil)
        #expect(NodeKey(base32: String(repeating: "a", count: 53)) == nil)
    }
}
