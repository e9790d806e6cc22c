import Testing
import Wire

@Suite struct DigestTests {
    @Test func `bytes, words and text are one value`() throws {
        let bytes = (0..<32).map { UInt8($0 * 7) }
        let digest = try #require(Digest(bytes: bytes))
        #expect(digest.bytes == bytes)
        #expect(Digest(hexadecimal: digest.hexadecimal) == digest)
        #expect(digest.description == Hexadecimal.encode(bytes))
        #expect(digest.words.0 == 0x0007_0e15_1c23_2a31)
    }

    @Test func `the order is the order of the bytes`() throws {
        var low = [UInt8](repeating: 0, count: 32)
        var high = low
        low[31] = 1
        high[0] = 1
        let (first, second) = (Digest(bytes: low), Digest(bytes: high))
        #expect(try #require(first) < (try #require(second)))
    }

    @Test func `other lengths and upper case are refused`() {
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(Digest(hexadecimal: String(repeating: "A", count: 64)) == nil)
        #expect(Digest(hexadecimal: "00") == nil)
    }
}
