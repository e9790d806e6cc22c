import Testing

@testable import Learn

@Suite struct PatternParserTests {
    @Test func `what is not known is refused`() {
        for pattern in [
            "(", ")", "a)", "[a", "[b-a]", "*a", "a{3,2}", "a{999999999}", "\\p{Nope}", "\\pL",
            "(a)\\1", "\\G", "\\R", "\\X", "\\K", "(?x)a", "(?(1)a)", "[[:alpha:]]", "\\xff",
            "\\u12", "(?i)ss", "(?i)ß", "(?<=a+)b", "\\", "(?", "a****************",
            "(?:(?:(?:){100000}){100000}){100000}", "((a{1000}){1000}){1000}",
            String(repeating: "(", count: 5_000), String(repeating: "[", count: 5_000),
            String(repeating: "a", count: 70_000),
        ] {
            #expect(throws: LearnError.self, "\(pattern.prefix(40))") {
                try PatternProgram(pattern)
            }
        }
    }

    @Test func `flags hold where they should`() throws {
        func matches(_ pattern: String, _ text: String) throws -> Int {
            let bytes = Array(text.utf8)
            var found: [PieceText.Piece] = []
            try SplitPattern(regex: pattern).find(in: bytes, bytes.indices, into: &found)
            return found.count
        }
        #expect(try matches("(?i:k)b", "Kb KB \u{212a}b") == 2)
        #expect(try matches("a(?i)b|c", "aB aC a ac") == 3)
        #expect(try matches("(?m:.)", "a\n") == 2)
        #expect(try matches(".", "a\n") == 1)
        #expect(try matches("a{x}", "a{x}") == 1)
        #expect(try matches("[]a]", "]a") == 2)
    }
}
