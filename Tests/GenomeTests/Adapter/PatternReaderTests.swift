import Testing

@testable import Genome

@Suite("Reading a pattern")
struct PatternReaderTests {
    @Test("takes the whole text or nothing")
    func takesWhole() {
        var reader = PatternReader(Array("a(b|c)*".utf8))
        #expect(reader.readChoice(depth: 0) != nil && reader.isAtEnd)
        reader = PatternReader(Array("a)b".utf8))
        #expect(reader.readChoice(depth: 0) != nil && !reader.isAtEnd)
        reader = PatternReader(Array(String(repeating: "(", count: 40).utf8))
        #expect(reader.readChoice(depth: 0) == nil)
    }
}
