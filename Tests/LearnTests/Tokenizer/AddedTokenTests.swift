import Genome
import Testing

@testable import Learn

@Suite struct AddedTokenTests {
    @Test func `an element is read`() throws {
        let part = try TokenizerPart(
            ["id": 9, "content": "<x>", "lstrip": true, "special": false], path: "t")
        let token = try AddedToken(part)
        #expect(token.id == 9 && token.stripsLeft && token.isNormalized && !token.isSpecial)
        #expect(throws: LearnError.self) {
            try AddedToken(TokenizerPart(["id": -1, "content": "x"], path: "t"))
        }
        #expect(throws: LearnError.self) {
            try AddedToken(TokenizerPart(["id": 1, "content": "x", "new": 1], path: "t"))
        }
    }
}
