import Testing

@testable import Learn

@Suite struct PatternMatcherTests {
    private func matches(_ pattern: String, _ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        var matcher = PatternMatcher(try PatternProgram(pattern), bytes.indices)
        var found: [PieceText.Piece] = []
        try matcher.findAll(in: bytes, into: &found)
        return found.map { String(decoding: bytes[$0.range], as: UTF8.self) }
    }

    @Test func `repetition, look-around and anchors mean what they mean`() throws {
        #expect(try matches("a+?b|a{2}", "aaab") == ["aaab"])
        #expect(try matches("(?>a|ab)c", "abc ac") == ["ac"])
        #expect(try matches("a++a", "aaa").isEmpty)
        #expect(try matches(#"\d(?=\d)"#, "123") == ["1", "2"])
        #expect(try matches(#"(?<!\d|x)[a-z]"#, "1axbc") == ["x", "c"])
        #expect(try matches(#"\b\w+\b"#, "é-b") == ["é", "b"])
        #expect(try matches("^.|.$", "ab\ncd") == ["a", "b", "c", "d"])
        #expect(try matches("x*", "axb") == ["", "x", ""])
        #expect(try matches("(?:a*)*b", "aab") == ["aab"])
    }

    @Test func `a hostile pattern runs out of fuel and nothing else`() {
        let text = String(repeating: "a", count: 40)
        for pattern in ["(?:a+)+b", "(?:a|a)*b", "(?:a*)*c", "(?:(?:a?){20}){20}b"] {
            #expect(throws: LearnError.self) { try matches(pattern, text) }
        }
        let long = String(repeating: "a", count: 1 << 20)
        #expect(throws: LearnError.self) { try matches("(?:a|b)*c", long) }
    }
}
