import Testing

@testable import Learn

@Suite("Python's text")
struct PythonTextTests {
    @Test("is split as Python splits it")
    func splitting() {
        #expect(PythonText.split("a,b,,c", ",", most: nil) == ["a", "b", "", "c"])
        #expect(PythonText.split("a,b,c", ",", most: 1) == ["a", "b,c"])
        #expect(PythonText.splitFromEnd("a,b,c", ",", most: 1) == ["a,b", "c"])
        #expect(PythonText.splitFromEnd("aaa", "aa", most: nil) == ["a", ""])
        #expect(PythonText.words("  a  b c ", most: nil) == ["a", "b", "c"])
        #expect(PythonText.words("  a  b c ", most: 1) == ["a", "b c "])
        #expect(PythonText.lines("a\r\nb\n\nc\u{2028}d") == ["a", "b", "", "c", "d"])
        #expect(PythonText.lines("a\nb\n", keepingEnds: true) == ["a\n", "b\n"])
    }

    @Test("is told apart by code points")
    func codePoints() {
        #expect(!PythonText.same("é", "e\u{301}"))
        #expect(!PythonText.contains("e\u{301}", "é"))
        #expect(PythonText.place(of: "z", in: "é😀z", last: false) == 2)
        #expect(PythonText.precedes("Z", "a") && PythonText.precedes("\u{ffff}", "\u{10000}"))
    }

    @Test("is stripped, replaced and quoted")
    func changing() {
        #expect(PythonText.strip("\u{3000} a\n", nil) == "a")
        #expect(PythonText.strip("xxaxx", "x", right: false) == "axx")
        #expect(PythonText.replace("aaa", "a", "b", most: 2) == "bba")
        #expect(PythonText.replace("ab", "", "-", most: nil) == "-a-b-")
        #expect(PythonText.quoted("it's") == "\"it's\"")
        #expect(PythonText.quoted("'\"\n\u{7}\u{200b}é") == "'\\'\"\\n\\x07\\u200bé'")
        #expect(PythonText.titled("foo's bar") == "Foo'S Bar")
        #expect(PythonText.titledWords("foo's (bar)-baz") == "Foo's (Bar)-Baz")
    }

    @Test("is sliced as Python slices it, whatever the bounds")
    func slicing() {
        #expect(PythonText.slice(count: 3, start: nil, stop: nil, step: -1) == [2, 1, 0])
        #expect(PythonText.slice(count: 3, start: -2, stop: nil, step: 1) == [1, 2])
        #expect(PythonText.slice(count: 3, start: 5, stop: 0, step: -1) == [2, 1])
        #expect(PythonText.slice(count: 3, start: -9, stop: 9, step: 2) == [0, 2])
        #expect(PythonText.slice(count: 0, start: -1, stop: nil, step: -1) == [])
        #expect(PythonText.slice(count: 3, start: 2, stop: 1, step: 1) == [])
    }
}
