import Testing

@testable import Learn

@Suite struct AddedTokenFinderTests {
    private func found(
        _ text: String, _ contents: [String], _ change: (inout AddedToken) -> Void = { _ in }
    ) -> [String] {
        let tokens = contents.enumerated().map { index, content in
            var token = AddedToken(content: content, id: UInt32(index))
            change(&token)
            return token
        }
        let bytes = Array(text.utf8)
        let patterns = tokens.indices.map { (text: Array(tokens[$0].content.utf8), token: $0) }
        return AddedTokenFinder(patterns, tokens: tokens).find(in: bytes)
            .map { String(decoding: bytes[$0.start..<$0.end], as: UTF8.self) }
    }

    @Test func `the leftmost and then the longest wins`() {
        #expect(found("xabcab", ["ab", "abc", "bca"]) == ["abc", "ab"])
        #expect(found("x", ["", "y"]).isEmpty)
    }

    @Test func `white space and word edges count`() {
        #expect(found("a \u{3000}<x> b", ["<x>"]) { $0.stripsLeft = true } == [" \u{3000}<x>"])
        #expect(found("a <x>\n b", ["<x>"]) { $0.stripsRight = true } == ["<x>\n "])
        #expect(found("yes yesterday éyes", ["yes"]) { $0.isSingleWord = true } == ["yes"])
    }
}
