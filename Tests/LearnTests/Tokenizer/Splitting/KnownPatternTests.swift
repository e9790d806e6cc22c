import Testing

@testable import Learn

@Suite struct KnownPatternTests {
    @Test func `hand-written matchers match as the engine does`() throws {
        let vectors = TokenizerVectors.shared
        for (text, pattern) in KnownPattern.byText {
            let engine = try PatternProgram(text)
            for seed in 0..<1_500 {
                let bytes = Array(vectors.text(seed).utf8)
                var ours: [PieceText.Piece] = []
                pattern.split(bytes, bytes.indices, into: &ours)
                var matcher = PatternMatcher(engine, bytes.indices)
                var theirs: [PieceText.Piece] = []
                try matcher.findAll(in: bytes, into: &theirs)
                #expect(ours == theirs, "\(text) on string \(seed)")
            }
        }
    }
}
