import Genome
import Testing
import Wire

@Suite("What a manifest and statements say of other layers")
struct ManifestEdgesTests {
    private func manifest(_ change: (inout JSONObject) -> Void) throws -> Manifest {
        var object = Fixtures.plainManifest()
        change(&object)
        return try Manifest.make(object)
    }

    private func id(_ byte: UInt8) -> JSONValue { .string(Fixtures.digest(byte).hexadecimal) }

    @Test func `is one edge for each base, parent, data and dependency`() throws {
        let manifest = try manifest { object in
            object["base"] = ["layer": id(1), "weights": id(8), "graph": id(9)]
            object["provenance"] = [
                "createdAt": 1,
                "parentLayers": [["layer": id(2), "relation": "fine-tuned-from"]],
                "trainingData": [["name": "corpus", "layer": id(3)], ["name": "elsewhere"]],
            ]
            object["dependencies"] = [
                ["layer": id(4), "kind": "requires", "strength": "0.5"],
                ["layer": id(5), "kind": "synergizes-with"],
                ["layer": id(6), "kind": "conflicts-with", "strength": "0.75", "note": "one"],
            ]
        }
        let edges = manifest.edges
        let words = edges.map {
            "\($0.relation.rawValue) \($0.type) \($0.target.bytes[0]) \($0.isDescent)"
        }
        #expect(
            words == [
                "DEPENDS_ON base 1 true", "EVOLVED_FROM fine-tuned-from 2 true",
                "DEPENDS_ON data 3 true", "DEPENDS_ON requires 4 false", "SYNERGIZES_WITH  5 false",
                "CONFLICTS_WITH declared 6 false",
            ])
        #expect(edges.allSatisfy { $0.source == manifest.layer && $0.origin == .manifest })
        #expect(edges[2].properties["required"] == false)
        #expect(edges[3].properties["strength"] == .double(0.5))
        #expect(edges[3].properties["required"] == true)
        #expect(edges[5].properties["severity"] == .double(0.75))
        #expect(edges[5].properties["resolution"] == "one")
        #expect(manifest.namesBaseLayer)
        #expect(try !self.manifest { _ in }.namesBaseLayer)
    }

    @Test func `is one edge for each member of an assembly`() throws {
        let assembly = try manifest { object in
            object["type"] = "assembly"
            object["assembly"] = ["layers": [["layer": id(1), "weight": "0.5"], ["layer": id(2)]]]
        }
        #expect(assembly.edges.map(\.type) == ["member", "member"])
        #expect(assembly.edges.map { $0.properties["strength"] } == [.double(0.5), .double(1)])
    }

    private func statement(_ kind: StatementKind, _ body: JSONValue) throws -> Statement {
        try Statement.make(
            kind: kind, layer: Fixtures.digest(7), publisher: Fixtures.publisher.publicKey,
            sequence: 1, issued: 1_000, body: JSONValue.members(body))
    }

    @Test func `says of an evolution what became better and how sure that is`() throws {
        let body: JSONValue = [
            "event": "distilled", "from": id(1), "confidence": "0.9",
            "improvements": [["metric": "loss", "value": "-0.25"]],
        ]
        let edge = try #require(try statement(.evolution, body).edges.first)
        #expect(edge.relation == .evolvedFrom && edge.type == "distilled")
        #expect(edge.properties["confidence"] == .double(0.9))
        #expect(edge.properties["improvementMetrics"] == ["loss": .double(-0.25)])
        #expect(edge.origin == .statement && edge.saidBy == Fixtures.publisher.publicKey)
        #expect(try statement(.evolution, ["event": "began"]).edges.isEmpty)
        // From itself says nothing.
        #expect(try statement(.evolution, ["event": "a", "from": id(7)]).edges.isEmpty)
        #expect(try statement(.review, ["verdict": "approved"]).edges.isEmpty)
    }

    @Test func `says of a measurement each figure with its surroundings`() throws {
        let body: JSONValue = [
            "task": "notes", "hardware": "a laptop", "dataset": ["name": "test.jsonl"],
            "figures": [
                ["metric": "loss", "value": "2.5", "unit": "nats"],
                ["metric": "accuracy", "value": "0.5"],
            ],
        ]
        let figures = try statement(.measurement, body).performance
        #expect(figures.map(\.metric) == ["loss", "accuracy"])
        #expect(figures.map(\.value) == [2.5, 0.5] && figures[0].task == "notes")
        #expect(figures[0].context["unit"] == "nats" && figures[1].context["unit"] == nil)
        #expect(figures[0].context["dataset"] == "test.jsonl")
        #expect(figures[0].context["hardware"] == "a laptop")
        #expect(try statement(.review, ["verdict": "approved"]).performance.isEmpty)
    }
}
