import Testing

@testable import Genome

@Suite("Words of a search")
struct SearchWordsTests {
    @Test(
        "are letters and digits, small, without accents",
        arguments: [
            ("King James, sung", ["king", "james", "sung"]),
            ("psalms-16_v2.0", ["psalms", "16", "v2", "0"]),
            ("Über ÉTÉ Łódź İzmir", ["uber", "ete", "lodz", "izmir"]),
            ("e\u{301}te\u{301}", ["ete"]),
            ("ΑΒΓ Москва", ["αβγ", "москва"]),
            ("\"'();-- \u{202e}", []),
            ("中文模型", ["中文模型"]),
        ])
    func split(_ text: String, _ words: [String]) {
        #expect(SearchWords.words(of: text) == words)
    }

    @Test("are cut where no letter is cut through")
    func cut() {
        let long = String(repeating: "ж", count: 40)
        #expect(SearchWords.words(of: long) == [String(repeating: "ж", count: 16)])
        #expect(SearchWords.words(of: "a" + long)[0].utf8.count == 31)
    }

    @Test("stand for longer ones from three characters on")
    func beginnings() {
        #expect(SearchWords.matches("psa", "psalms"))
        #expect(!SearchWords.matches("ps", "psalms"))
        #expect(SearchWords.matches("ps", "ps"))
        #expect(!SearchWords.matches("salms", "psalms"))
        #expect(SearchWords.isPrefix("жжж") && !SearchWords.isPrefix("жж"))
    }
}
