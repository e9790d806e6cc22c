import Genome
import Testing

@testable import Node

extension RealNodes {
    @Suite("A bench of scenarios", .serialized)
    struct SimulateBenchTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        private func run(_ words: String...) throws -> Outcome {
            try laboratory.node("bench").spawn(["bench", "simulate"] + words).wait(seconds: 300)
        }

        @Test func `a scenario prints its goal and result, and repeats bit for bit`() throws {
            let words = ["--json", "--scenario", "broken-links", "--seed", "5"]
            let outcomes = try (0..<2).map { _ in
                try laboratory.node("bench").spawn(["bench", "simulate"] + words).wait(seconds: 300)
            }
            try #require(outcomes.allSatisfy { $0.code == 0 }, "\(outcomes[0].error)")
            let rows = try outcomes.map { try #require($0.json["rows"]?.array?.first) }
            #expect(rows[0] == rows[1])
            #expect(rows[0]["name"] == "broken-links" && rows[0]["reached"] == true)
            #expect(rows[0]["nodes"]?.integer == 200)
            let text = try run("--scenario", "broken-links")
            #expect(text.out.contains("reached  broken-links"))
            #expect(text.out.contains("1 of 1 goals reached."))
        }

        @Test func `an unknown scenario is a fault of usage that names the known ones`() throws {
            let outcome = try run("--scenario", "floods")
            #expect(outcome.code == 2 && outcome.error.contains("half-dies"))
        }
    }
}
