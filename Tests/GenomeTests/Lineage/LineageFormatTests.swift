import Foundation
import Genome
import Testing
import Wire

@Suite("A lineage for other programs")
struct LineageFormatTests {
    private let graph = LineageGraphTests.family()

    @Test func `stands in the files of its format`() {
        let names = LineageFormat.allCases.map { format in
            format.files(of: graph).map(\.name).joined(separator: " ")
        }
        #expect(
            names == [
                "lineage.dot", "lineage.cypher", "nodes.csv relationships.csv", "lineage.json",
            ])
        for format in LineageFormat.allCases {
            for file in format.files(of: graph) {
                #expect(file.text.hasSuffix("\n") && file.text.contains(graph.root.hexadecimal))
            }
        }
    }

    /// Each format as a program of other people reads it: layers, edges, and what was odd.
    @Test(arguments: [
        ("dot", "pydot"), ("cypher", "antlr4_cypher"), ("csv", "csv"),
        ("prov", "prov"),
    ])
    func `is what another program reads`(_ format: String, _ module: String) throws {
        guard Judge.has(module) else {
            print("skipped: \(module) is not installed, so nobody judges \(format)")
            return
        }
        let known = try #require(LineageFormat(rawValue: format))
        let text = known.files(of: graph).map(\.text).joined(separator: "\u{1e}")
        let answer = try Judge.run("lineage.py", [format], input: Array(text.utf8))
        #expect(answer.status == 0, "\(answer.words)")
        let read = try JSONParser.parse(Array(answer.words.utf8), limits: Fixtures.limits)
        #expect(read["nodes"]?.integer == 4, "\(answer.words)")
        #expect(read["edges"]?.integer == 3, "\(answer.words)")
        #expect(read["relations"] == ["CONFLICTS_WITH", "DEPENDS_ON", "EVOLVED_FROM"])
    }

    @Test func `never lets a name break out of its quotes`() {
        var node = LineageNode(Fixtures.digest(1))
        node.knowledge = .heard
        node.name = "x\"];\n'}) DETACH DELETE n; //\\"
        node.version = "1.0.0"
        let graph = LineageGraph(root: node.layer, nodes: [node], edges: [], isCut: false)
        for format in LineageFormat.allCases {
            for file in format.files(of: graph) {
                let lines = file.text.split(separator: "\n")
                #expect(!lines.contains { $0.hasPrefix("'})") }, "\(file.text)")
            }
        }
        let cypher = LineageFormat.cypher.files(of: graph)[0].text
        #expect(cypher.contains("\\'}) DETACH"))
        let dot = LineageFormat.dot.files(of: graph)[0].text
        #expect(dot.contains("x\\\"]"))
    }
}
