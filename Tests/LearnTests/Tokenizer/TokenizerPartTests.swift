import Genome
import Testing

@testable import Learn

@Suite struct TokenizerPartTests {
    @Test func `members are read with their kinds`() throws {
        let part = try TokenizerPart(
            ["type": "A", "n": 3, "t": true, "c": "x", "none": .null, "list": [["a": 1]]],
            path: "p")
        #expect(try part.type() == "A")
        #expect(try part.count("n") == 3)
        #expect(try part.flag("t", default: false))
        #expect(try part.flag("none", default: true))
        #expect(try part.scalar("c") == 0x78)
        #expect(try part.parts("list").first?.path == "p.list[0]")
        #expect(throws: LearnError.self) { try part.text("n") }
        #expect(throws: LearnError.self) { try part.flag("c", default: true) }
        #expect(throws: LearnError.self) { try part.scalar("none") }
        #expect(throws: LearnError.self) { try part.allow(["n"]) }
        #expect(throws: LearnError.self) { try part.pattern("n") }
        #expect(throws: LearnError.self) { try TokenizerPart([1], path: "p") }
    }
}
