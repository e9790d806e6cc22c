import Genome
import Testing
import Wire

@testable import Node

@Suite struct LineageTreeTests {
    private func layer(_ number: Int) -> Digest { Blake3.hash([UInt8(number)]) }

    private func graph(_ edges: [(Int, Int)], root: Int = 0, unknown: Set<Int> = []) -> LineageGraph
    {
        let numbers = Set([root] + edges.flatMap { [$0.0, $0.1] }).sorted()
        let nodes = numbers.map { number in
            var node = LineageNode(layer(number))
            guard !unknown.contains(number) else { return node }
            node.knowledge = number == 3 ? .heard : .held
            node.name = "layer\(number)"
            node.version = "1.0.0"
            node.type = "lora"
            node.licence = "MIT"
            node.publisher = "k7x2m4qaaaaa"
            return node
        }
        return LineageGraph(
            root: layer(root), nodes: nodes,
            edges: edges.map {
                .dependency(
                    layer($0.0), on: layer($0.1), type: "base", saidBy: nil, origin: .manifest)
            }, isCut: false)
    }

    @Test func `shows both directions, once each layer, and what is known of it`() {
        let lines = LineageTree(
            graph([(0, 1), (0, 2), (1, 3), (2, 3), (3, 5), (4, 0)], unknown: [5]), width: 80
        ).lines
        #expect(
            lines == [
                "layer0@1.0.0, lora, MIT, by k7x2m4qa, here",
                "came from",
                "├─ base  layer1@1.0.0, lora, MIT, by k7x2m4qa, here",
                "│  └─ base  layer3@1.0.0, lora, MIT, by k7x2m4qa, not here",
                "│     └─ base  layer \(layer(5).hexadecimal.prefix(16)), known only by its id",
                "└─ base  layer2@1.0.0, lora, MIT, by k7x2m4qa, here",
                "   └─ base  layer3@1.0.0, lora, MIT, by k7x2m4qa, not here (above)",
                "what came of it",
                "└─ base  layer4@1.0.0, lora, MIT, by k7x2m4qa, here",
            ])
    }

    @Test func `fits any width, ends in a circle, and says when there is nothing`() {
        let circle = LineageTree(graph([(0, 1), (1, 0)]), width: 30).lines
        #expect(circle.allSatisfy { TextWidth.columns($0) <= 30 } && circle.count == 7)
        let deep = LineageTree(graph((0..<200).map { ($0, $0 + 1) }), width: 80).lines
        #expect(deep.count == 202 && deep.allSatisfy { TextWidth.columns($0) <= 80 })
        #expect(deep.last?.contains("layer200@") == true)
        let alone = LineageTree(graph([]), width: 80).lines
        #expect(alone.last == "Nothing is known of where it comes from or what came of it.")
    }

    @Test func `shows a small synergy, with the digits that it was measured in`() {
        var properties = JSONObject()
        properties["synergyStrength"] = .double(0.0042)
        let synergy = LayerEdge(
            layer(0), .synergizesWith, layer(1), type: "measured", properties: properties,
            saidBy: nil, origin: .statement)
        let conflict = LayerEdge.conflict(
            layer(0), with: layer(2), type: "overlapping", severity: 0.25, resolution: "none",
            saidBy: nil, origin: .comparison)
        let known = LineageGraph(
            root: layer(0), nodes: (0..<3).map { LineageNode(layer($0)) },
            edges: [synergy, conflict], isCut: false)
        let text = LineageTree(known, width: 80).lines.joined(separator: "\n")
        #expect(text.contains("goes well with (measured, 0.0042)"), "\(text)")
        #expect(text.contains("conflicts with (overlapping, 0.25)"), "\(text)")
    }
}
