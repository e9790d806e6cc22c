import Testing

@testable import Node

@Suite("A peer of a bench")
struct BenchPeerTests {
    private func figures(_ command: String) throws -> BenchPeer.Figures {
        let arguments = try Arguments.parse(["bench", "infer", "--peer", command])
        return try #require(BenchPeer(arguments)).figures(["base": "b", "tokens": "64"])
    }

    @Test func `is told what to do and tells its figures in its last line`() throws {
        let found = try figures(
            "echo warming up; echo '{\"tok_s\": {tokens}.5, \"x\": \"{base}\"}'")
        #expect(found.rate == 64.5 && found.memory == nil)
        #expect(try figures("echo '{\"tok_s\": 1, \"rss_mib\": 7}'").memory == 7)
        #expect(BenchPeer(try Arguments.parse(["bench", "infer"])) == nil)
    }

    @Test(
        "that fails or says nothing is an error",
        arguments: ["exit 3", "true", "echo '{\"tok_s\": 0}'", "echo tok_s"])
    func refusals(_ command: String) throws {
        #expect(throws: Failure.self) { _ = try figures(command) }
    }

    @Test func `is held against by the mean of its two runs`() {
        let row = BenchRow(name: "n", figure: 30, unit: "tok/s", against: "", ratio: 0)
        let found = row.beside(
            BenchPeer.Figures(rate: 10, memory: nil), BenchPeer.Figures(rate: 20, memory: nil))
        #expect(found.ratio == 2 && found.against == "the peer's 10 and 20" && found.name == "n")
    }
}
