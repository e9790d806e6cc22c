import Testing

@testable import Learn

@Suite struct NormalizerTests {
    private func normalized(_ text: String, _ steps: Normalizer...) throws -> String {
        var bytes = Array(text.utf8)
        for step in steps { bytes = try step.apply(to: bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `each step does its part`() throws {
        #expect(try normalized("ÄİΣ", .lowercase) == "äi\u{307}σ")
        #expect(try normalized("\u{3000} a \n", .strip(left: true, right: false)) == "a \n")
        #expect(try normalized(" \n", .strip(left: true, right: true)).isEmpty)
        #expect(try normalized("é", .form(.decomposed), .stripAccents) == "e")
        #expect(try normalized("a", .prepend([0x2d])) == "-a")
        #expect(try normalized("", .prepend([0x2d])).isEmpty)
        #expect(try normalized(" é", .byteLevel) == "\u{120}\u{c3}\u{a9}")
        let digits = try SplitPattern(regex: #"\d+"#)
        #expect(try normalized("a12b3", .replace(digits, [0x30])) == "a0b0")
    }
}
