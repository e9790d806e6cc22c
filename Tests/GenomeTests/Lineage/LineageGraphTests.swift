import Genome
import Testing
import Wire

@Suite("A lineage")
struct LineageGraphTests {
    /// A child made from a parent on a base, a layer known by its id alone, and a conflict.
    static func family() -> LineageGraph {
        let key = Fixtures.publisher.publicKey
        func node(_ byte: UInt8, _ name: String, _ type: String, depth: Int) -> LineageNode {
            var node = LineageNode(Fixtures.digest(byte))
            node.knowledge = .held
            node.name = name
            node.version = "1.0.0"
            node.type = type
            node.licence = #"Apache-2.0 OR "it's, odd""#
            node.publisher = key.base32
            node.depth = depth
            return node
        }
        var unknown = LineageNode(Fixtures.digest(3))
        unknown.depth = 2
        var properties = JSONObject()
        properties["evolutionType"] = "fine-tuned-from"
        properties["confidence"] = .double(0.5)
        properties["improvementMetrics"] = ["loss": .double(-1.5)]
        let edges: [LayerEdge] = [
            LayerEdge(
                Fixtures.digest(1), .evolvedFrom, Fixtures.digest(2), type: "fine-tuned-from",
                properties: properties, saidBy: key, origin: .manifest),
            .dependency(
                Fixtures.digest(2), on: Fixtures.digest(3), type: "base", saidBy: key,
                origin: .manifest),
            .conflict(
                Fixtures.digest(1), with: Fixtures.digest(4), type: "declared", severity: 1,
                resolution: "take \\ one", saidBy: key, origin: .manifest),
        ]
        return LineageGraph(
            root: Fixtures.digest(1),
            nodes: [
                node(1, "child", "lora", depth: 0), node(2, "parent", "lora", depth: 1), unknown,
                node(4, "other", "lora", depth: 0),
            ], edges: edges, isCut: false)
    }

    @Test func `comes back from its answer`() throws {
        let graph = Self.family()
        let bytes = CanonicalJSON.write(graph.json)
        let again = LineageGraph(try JSONParser.parse(bytes, limits: Fixtures.limits))
        // A number without a fraction comes back as a whole one.
        #expect(again?.nodes == graph.nodes && again?.root == graph.root)
        #expect(again?.edges.map(\.type) == graph.edges.map(\.type))
        #expect(again?.edges.map(\.target) == graph.edges.map(\.target))
        #expect(again.map { CanonicalJSON.write($0.json) } == bytes)
        #expect(LineageGraph(["layer": "x"]) == nil)
    }

    @Test func `names a layer by its name, or by its id where that is all`() {
        let graph = Self.family()
        #expect(graph.nodes[0].title == "child@1.0.0")
        #expect(graph.nodes[2].title == "layer 0303030303030303")
        #expect(graph.nodes[2].json["name"] == nil && graph.nodes[2].json["known"] == "id")
        #expect(graph.node(Fixtures.digest(2))?.name == "parent")
    }
}
