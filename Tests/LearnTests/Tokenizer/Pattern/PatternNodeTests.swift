import Testing

@testable import Learn

@Suite struct PatternNodeTests {
    @Test func `widths and emptiness are known`() throws {
        #expect(try PatternParser.parse("a[bc]{3}(?=d)").width == 4)
        #expect(try PatternParser.parse("a|bc").width == nil)
        #expect(try PatternParser.parse("a+").width == nil)
        #expect(try PatternParser.parse("a*|b").mayBeEmpty)
        #expect(try !PatternParser.parse("(?:a*b)+").mayBeEmpty)
    }
}
