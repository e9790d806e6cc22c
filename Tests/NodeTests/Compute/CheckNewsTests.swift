import Genome
import Learn
import Testing

@testable import Node

@Suite("A line of a check")
struct CheckNewsTests {
    @Test("comes back as it was said")
    func roundTrip() throws {
        guard case .read(7, 9) = try CheckNews.read(done: 7, total: 9).again(),
            case .begun("putting") = try CheckNews.begun("putting").again()
        else {
            Issue.record("other news")
            return
        }
        let text = #"""
            {"facts":[{"name":"size","computed":9,"claimed":8,"verdict":"differs"},
            {"name":"adaptationStrength","computed":0.1,"claimed":null,"verdict":"computed"}],
            "strength":[{"module":"q_proj","ratio":0.30000000000000004}],"left":["a"],
            "faults":["b"]}
            """#
        let json = try JSONParser.parse(Array(text.utf8), limits: JSONLimits(bytes: 1_000))
        let facts = try #require(FactCheck(json))
        var gate = GateCheck(name: "effect", isSound: true, detail: "moves")
        gate.isFlagged = true
        gate.figures = [["metric": "effect", "value": "1.5"]]
        guard case .ended(let found, let gates) = try CheckNews.ended(facts, [gate]).again() else {
            Issue.record("another end")
            return
        }
        #expect(found.json == facts.json && gates == [gate])
        #expect(found.facts == facts.facts && found.strength.first?.ratio == 0.1 + 0.2)
        #expect(found.facts.map(\.verdict) == [.differs, .computed] && !found.isSound)
        #expect(found.left == ["a"] && found.faults == ["b"])
    }

    @Test(
        "is nothing when it is none",
        arguments: [
            #"{"event":"ended","facts":{},"gates":[]}"#,
            #"{"event":"ended","facts":{"facts":[{"name":"size"}]},"gates":[]}"#,
        ])
    func others(_ line: String) { #expect(CheckNews(line) == nil) }
}
