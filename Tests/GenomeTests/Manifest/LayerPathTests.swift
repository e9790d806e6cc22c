import Genome
import Testing

@Suite("A path in a layer")
struct LayerPathTests {
    @Test(
        "is relative and plain",
        arguments: [
            "a", "a/b.txt", "config.json", "a b", "...", "a/..b", "été/ß", "a-b_c+d@e", ".hidden",
        ])
    func accepts(_ text: String) {
        #expect(LayerPath(text)?.text == text)
    }

    static let bad = [
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..", "a\\b", "a\u{0}",
        "a\nb", "a\u{1b}[2J", "a\u{202e}b", "e\u{301}", "\u{212b}",
        String(repeating: "a", count: 256), String(repeating: "a/", count: 256) + "a",
    ]

    @Test("is refused when it could leave the layer or deceive", arguments: bad)
    func refuses(_ text: String) {
        #expect(LayerPath(text) == nil)
    }

    @Test("knows its folders and its folded form")
    func parts() throws {
        let path = try #require(LayerPath("A/Straße/c.txt"))
        #expect(path.folders == ["A", "A/Straße"])
        #expect(path.name == "c.txt")
        #expect(path.folded == "a/strasse/c.txt")
    }

    @Test("orders by bytes")
    func orders() throws {
        let paths = try ["b", "a/b", "a.txt", "a"].map { try #require(LayerPath($0)) }
        #expect(paths.sorted().map(\.text) == ["a", "a.txt", "a/b", "b"])
    }
}
