import Testing

@testable import Store

@Suite struct Bech32Tests {
    @Test func `the published age key is read and written`() throws {
        let text = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
        let bytes = try #require(Bech32.decode(prefix: "age-secret-key-", text))
        #expect(bytes == [UInt8](repeating: 0x42, count: 32))
        #expect(Bech32.encode(prefix: "age-secret-key-", bytes).uppercased() == text)
    }

    @Test func `a wrong digit, mixed case or other prefix is refused`() {
        let good = Bech32.encode(prefix: "age", [UInt8](0..<32))
        #expect(Bech32.decode(prefix: "age", good) == [UInt8](0..<32))
        var digits = Array(good)
        digits[10] = digits[10] == "q" ? "p" : "q"
        #expect(Bech32.decode(prefix: "age", String(digits)) == nil)
        #expect(Bech32.decode(prefix: "age", "A" + good.dropFirst()) == nil)
        #expect(Bech32.decode(prefix: "agf", good) == nil)
        #expect(Bech32.decode(prefix: "age", "age1") == nil)
    }
}
