import Testing

@testable import Genome

@Suite("A pattern over module paths")
struct ModulePatternTests {
    @Test(
        "matches as Python's fullmatch does",
        arguments: [
            ("q_proj", "q_proj", true), ("q_proj", "xq_proj", false),
            (".*q_proj", "a.q_proj", true),
            (#"model\.layers\.\d+\.mlp"#, "model.layers.12.mlp", true),
            (#"model\.layers\.\d+\.mlp"#, "modelxlayers.1.mlp", false),
            ("(a|b)+c", "ababc", true), ("(a|b)+c", "c", false), ("a{2,3}", "aa", true),
            ("a{2,3}", "aaaa", false), ("a{2}", "aa", true), ("a{2,}", "aaaaa", true),
            ("[a-c_]x?", "_x", true), ("[^a-c]", "b", false),
            ("^(?!.*visual).*proj$", "text.proj", true),
            ("^(?!.*visual).*proj$", "visual.proj", false), ("a.*?b", "axxb", true),
            ("(?=a)ab", "ab", true),
            ("", "", true), ("(?:q|k)_proj", "k_proj", true), (#"\w+\.\W?x"#, "ab..x", true),
            ("[]]", "]", true),
        ])
    func matches(_ pattern: String, _ text: String, _ isMatch: Bool) throws {
        #expect(try #require(ModulePattern(pattern)).matchesWhole(text) == isMatch, "\(pattern)")
    }

    @Test(
        "what is not understood is no pattern",
        arguments: [
            "(", ")", "[", "a**", "*a", #"\1"#, #"(?P<n>a)"#, "(?<=a)b", "a{2", "a{3,2}", "é", "\\",
            "(?i)a",
        ])
    func refuses(_ pattern: String) {
        #expect(ModulePattern(pattern) == nil, "\(pattern)")
    }

    @Test(
        "nothing runs away",
        arguments: [
            "(a+)+b", "(a*)*b", "(a|aa)+b", "((a?){30}){30}b", "(a|a)*(a|a)*(a|a)*b",
        ])
    func bounded(_ text: String) throws {
        let pattern = try #require(ModulePattern(text))
        #expect(!pattern.matchesWhole(String(repeating: "a", count: 500)))
    }

    @Test("a pattern that is too large when written out is none")
    func tooLarge() {
        #expect(ModulePattern("((a{100}){100}){100}") == nil)
        #expect(ModulePattern(String(repeating: "a", count: 1_025)) == nil)
    }

    @Test("a repetition of nothing is counted as any other")
    func emptyGroups() {
        #expect(ModulePattern("((((((){1000}){1000}){1000}){1000}){1000}){1000}") == nil)
        #expect(ModulePattern("(((((){1000}){1000}){1000}){1000}){0,1000}") == nil)
        #expect(ModulePattern("(a{0}){500}b") != nil)
    }

    @Test("look-aheads inside each other are followed once for each place")
    func nestedAheads() throws {
        let depth = 15
        let text =
            String(repeating: ".*(?=", count: depth) + ".*z" + String(repeating: ")", count: depth)
        let pattern = try #require(ModulePattern(text + ".*"))
        #expect(!pattern.matchesWhole(String(repeating: "a", count: 500)))
        #expect(pattern.matchesWhole(String(repeating: "a", count: 500) + "z"))
    }

    @Test("a look-ahead sees what follows its place, and loops of it end")
    func aheads() throws {
        #expect(try #require(ModulePattern("((?=ab)a|(?!ab)[ab])*")).matchesWhole("ababb"))
        #expect(try #require(ModulePattern("((?=a)|b*)*ab$")).matchesWhole("bbab"))
        #expect(!(try #require(ModulePattern("(?!(?=ab).b)a.*"))).matchesWhole("abc"))
        #expect(try #require(ModulePattern("(?!(?=ab).c)a.*")).matchesWhole("abc"))
    }
}
