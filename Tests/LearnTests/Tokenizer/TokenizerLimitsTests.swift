import Testing

@testable import Learn

@Suite struct TokenizerLimitsTests {
    @Test func `a text above the limit is refused`() throws {
        let tokenizer = try TokenizerVectors.shared.tokenizer("byte level")
        let text = String(repeating: " ", count: TokenizerLimits.textBytesMax + 1)
        #expect(throws: LearnError.self) { try tokenizer.encode(text) }
    }

    @Test func `a list above its limit is refused`() {
        let steps = Array(repeating: #"{"type": "NFC"}"#, count: 65).joined(separator: ",")
        let normalizer = #"{"type": "Sequence", "normalizers": [\#(steps)]}"#
        #expect(throws: LearnError.self) { try TinyTokenizer.make(normalizer: normalizer) }
        let nested =
            String(repeating: #"{"type": "Sequence", "normalizers": ["#, count: 10)
            + #"{"type": "NFC"}"# + String(repeating: "]}", count: 10)
        #expect(throws: LearnError.self) { try TinyTokenizer.make(normalizer: nested) }
    }
}
