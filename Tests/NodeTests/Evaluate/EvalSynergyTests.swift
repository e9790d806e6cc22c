import Genome
import Learn
import Testing
import Wire

@testable import Node

@Suite struct EvalSynergyTests {
    /// Scores of three examples: each a loss and whether it is exact.
    private static func scores(_ items: [(Double, Bool)]) -> EvalScores {
        var scores = EvalScores()
        for (loss, isExact) in items {
            scores.add(
                ItemScore(losses: [loss], correct: isExact ? 1 : 0), tokens: 2, milliseconds: 1)
        }
        return scores
    }

    private static let layers = (
        first: String(repeating: "a", count: 64), second: String(repeating: "b", count: 64)
    )

    private static func synergy(together: [(Double, Bool)]) -> EvalSynergy {
        EvalSynergy(
            layers: layers,
            alone: (
                scores([(3, false), (1, true), (2, false)]),
                scores([(1, false), (1, false), (3, false)])
            ),
            together: scores(together))
    }

    @Test func `strength is held against the better one, and new exact answers are counted`() {
        let found = Self.synergy(together: [(0.5, true), (0.5, true), (1, false)])
        #expect(found.bestAlone == 5.0 / 3)
        #expect(abs(found.strength - 1) < 1e-12 && found.emergent == 1)
        #expect(found.json["relation"] == "SYNERGIZES_WITH")
        let worse = Self.synergy(together: [(3, false), (3, false), (3, false)])
        #expect(worse.strength < 0 && worse.emergent == 0)
        #expect(worse.json["relation"] == "CONFLICTS_WITH")
    }

    @Test func `the statement makes the edge with the measured gain`() throws {
        for (together, relation) in [
            ([(0.5, true), (0.5, true), (1, false)], LayerRelation.synergizesWith),
            ([(3, false), (3, false), (3, false)], .conflictsWith),
        ] {
            let found = Self.synergy(together: together)
            var body = JSONObject()
            body["task"] = "eval"
            body["figures"] = [["metric": "loss", "value": "0.5"]]
            body["dataset"] = ["name": "test.jsonl", "records": 3]
            found.state(in: &body)
            let key = SigningKey(seed: [UInt8](repeating: 3, count: 32))!
            let statement = try Statement.make(
                kind: .measurement, layer: #require(Digest(hexadecimal: Self.layers.first)),
                publisher: key.publicKey, sequence: 1, issued: 5, body: body)
            let edge = try #require(statement.edges.first)
            #expect(statement.edges.count == 1 && edge.relation == relation)
            #expect(edge.target.hexadecimal == Self.layers.second)
            #expect(edge.origin == .statement && edge.type == "measured")
            let names = statement.performance.map(\.metric)
            #expect(names.contains("together-loss") && !names.contains("loss"))
            if relation == .synergizesWith {
                let strength = edge.properties["synergyStrength"]?.number ?? 0
                #expect(abs(strength - found.strength) < 1e-9)
                #expect(
                    edge.properties["emergentCapabilities"]?.array == [
                        "exact answers to 1 of 3 records of test.jsonl that neither gives alone"
                    ])
            } else {
                #expect(edge.properties["severity"]?.number == 0.8)
            }
        }
    }
}
