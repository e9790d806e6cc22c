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

    @Test("what would run away is no pattern, or is followed in a moment")
    func bombs() throws {
        let empty = String(repeating: "(", count: 6) + String(repeating: "){1000}", count: 6)
        #expect(ModulePattern(empty) == nil)
        #expect(ModulePattern("(a?){1000}{1000}") == nil)
        let looks = 8
        let text = String(repeating: ".*(?=", count: looks) + "z"
        let ahead = try #require(ModulePattern(text + String(repeating: ")", count: looks)))
        #expect(!ahead.matchesWhole(String(repeating: "a", count: 200)))
        #expect(
            try #require(ModulePattern(".*(?=.*(?=.*z)z)z")).matchesWhole("model.layers.z"))
    }

    @Test("a look-ahead sees what follows its place, and loops of it end")
    func aheads() throws {
        #expect(try #require(ModulePattern("((?=ab)a|(?!ab)[ab])*")).matchesWhole("ababb"))
        #expect(try #require(ModulePattern("((?=a)|b*)*ab$")).matchesWhole("bbab"))
        #expect(!(try #require(ModulePattern("(?!(?=ab).b)a.*"))).matchesWhole("abc"))
        #expect(try #require(ModulePattern("(?!(?=ab).c)a.*")).matchesWhole("abc"))
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
}
