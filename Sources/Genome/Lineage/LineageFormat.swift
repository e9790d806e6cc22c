import Wire

/// How a lineage is written for other programs.
public enum LineageFormat: String, CaseIterable, Sendable {
    /// Graphviz.
    case dot
    /// openCypher statements that make the graph in Neo4j or Memgraph.
    case cypher
    /// The two files that `neo4j-admin database import` takes.
    case csv
    /// W3C PROV-JSON.
    case prov

    /// The files of this format: name and text.
    public func files(of graph: LineageGraph) -> [(name: String, text: String)] {
        switch self {
        case .dot: [("lineage.dot", Self.dot(graph))]
        case .cypher: [("lineage.cypher", Self.cypher(graph))]
        case .csv:
            [("nodes.csv", Self.nodes(graph)), ("relationships.csv", Self.relationships(graph))]
        case .prov: [("lineage.json", Self.prov(graph))]
        }
    }

    // MARK: DOT

    /// A directed graph whose arrows lead from a layer to what it came from.
    private static func dot(_ graph: LineageGraph) -> String {
        var lines = ["digraph lineage {", "  rankdir=BT;", "  node [shape=box];"]
        for node in graph.nodes {
            var words = [node.title]
            let facts = [node.type, node.licence].filter { !$0.isEmpty }
            words.append(facts.isEmpty ? "known by its id" : facts.joined(separator: ", "))
            let style = node.layer == graph.root ? ", style=bold" : ""
            let label = words.map { quoted($0).dropFirst().dropLast() }.joined(separator: "\\n")
            lines.append("  \"\(node.layer.hexadecimal)\" [label=\"\(label)\"\(style)];")
        }
        for edge in graph.edges {
            let label = edge.type.isEmpty ? edge.relation.rawValue : edge.type
            let style =
                switch edge.relation {
                case .evolvedFrom: ""
                case .dependsOn: ", style=dashed"
                case .synergizesWith: ", style=dotted, dir=none"
                case .conflictsWith: ", style=dotted, dir=none, color=red"
                }
            lines.append(
                "  \"\(edge.source.hexadecimal)\" -> \"\(edge.target.hexadecimal)\" "
                    + "[label=\(quoted(label))\(style)];")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    /// Text in double quotes as DOT and CSV's neighbours read it, without control characters.
    private static func quoted(_ text: String) -> String {
        let safe = PlainText.shown(text)
        return "\"" + safe.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    // MARK: Cypher

    /// One statement a node and one an edge, which may be run again without doubling anything.
    private static func cypher(_ graph: LineageGraph) -> String {
        var lines = graph.nodes.map { node in
            var facts = [("id", LayerUUID(of: node.layer).description)]
            if node.knowledge != .id {
                facts += [
                    ("name", node.name), ("type", node.type), ("version", node.version),
                    ("licence", node.licence), ("publisher", node.publisher),
                ]
            }
            let settings = facts.map { "n.\($0.0) = \(literal($0.1))" }.joined(separator: ", ")
            return "MERGE (n:Layer {layer: \(literal(node.layer.hexadecimal))}) SET \(settings);"
        }
        for edge in graph.edges {
            let settings = edge.properties.members.map { member in
                "r.\(member.name) = \(literal(member.value))"
            }
            lines.append(
                "MATCH (a:Layer {layer: \(literal(edge.source.hexadecimal))}), "
                    + "(b:Layer {layer: \(literal(edge.target.hexadecimal))}) "
                    + "MERGE (a)-[r:\(edge.relation.rawValue) {type: \(literal(edge.type))}]->(b) "
                    + "SET \(settings.joined(separator: ", "));")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func literal(_ text: String) -> String {
        let safe = PlainText.shown(text)
        return "'" + safe.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }

    /// A property: graphs of properties hold no objects, so those become their JSON text.
    private static func literal(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): literal(text)
        case .bool(let flag): flag ? "true" : "false"
        case .integer, .double: String(decoding: CanonicalJSON.write(value), as: UTF8.self)
        case .array(let list) where list.isEmpty: "[]"
        default: literal(String(decoding: CanonicalJSON.write(value), as: UTF8.self))
        }
    }

    // MARK: CSV

    private static func nodes(_ graph: LineageGraph) -> String {
        let head = "layer:ID,id,name,version,type,licence,publisher,:LABEL"
        let rows = graph.nodes.map { node in
            [
                node.layer.hexadecimal, LayerUUID(of: node.layer).description, node.name,
                node.version, node.type, node.licence, node.publisher, "Layer",
            ].map { cell($0) }.joined(separator: ",")
        }
        return ([head] + rows).joined(separator: "\n") + "\n"
    }

    private static let columns: [(property: String, head: String)] = [
        ("evolutionType", "evolutionType"), ("confidence", "confidence:double"),
        ("improvementMetrics", "improvementMetrics"), ("dependencyType", "dependencyType"),
        ("strength", "strength:double"), ("required", "required:boolean"),
        ("synergyStrength", "synergyStrength:double"),
        ("emergentCapabilities", "emergentCapabilities"), ("conflictType", "conflictType"),
        ("severity", "severity:double"), ("resolution", "resolution"),
    ]

    private static func relationships(_ graph: LineageGraph) -> String {
        let head = ([":START_ID", ":END_ID", ":TYPE"] + columns.map(\.head)).joined(separator: ",")
        let rows = graph.edges.map { edge in
            let ends = [
                edge.source.hexadecimal, edge.target.hexadecimal, edge.relation.rawValue,
            ]
            let values = columns.map { column -> String in
                guard let value = edge.properties[column.property] else { return "" }
                return value.string ?? String(decoding: CanonicalJSON.write(value), as: UTF8.self)
            }
            return (ends + values).map { cell($0) }.joined(separator: ",")
        }
        return ([head] + rows).joined(separator: "\n") + "\n"
    }

    /// A cell by RFC 4180.
    private static func cell(_ text: String) -> String {
        let safe = PlainText.shown(text)
        guard safe.contains(where: { $0 == "," || $0 == "\"" }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    // MARK: PROV

    /// Layers are entities, publishers agents; what a layer came from is a derivation, everything
    /// else an influence.
    private static func prov(_ graph: LineageGraph) -> String {
        var document = JSONObject()
        document["prefix"] = [
            "layer": "urn:plasmid:layer:", "key": "urn:plasmid:key:",
            "plasmid": "urn:plasmid:term:",
        ]
        let publishers = Set(graph.nodes.map(\.publisher)).subtracting([""]).sorted()
        let attributed = graph.nodes.filter { !$0.publisher.isEmpty }
        let parts: [(name: String, members: [JSONObject.Member])] = [
            ("entity", graph.nodes.map { .init(name: entity($0.layer), value: facts(of: $0)) }),
            ("agent", publishers.map { .init(name: "key:\($0)", value: [:]) }),
            (
                "wasAttributedTo",
                attributed.enumerated().map { index, node in
                    .init(
                        name: "_:a\(index + 1)",
                        value: [
                            "prov:entity": .string(entity(node.layer)),
                            "prov:agent": .string("key:\(node.publisher)"),
                        ])
                }
            ),
            (
                "wasDerivedFrom",
                relations(
                    graph.edges.filter(\.isDescent), "_:d", "prov:generatedEntity",
                    "prov:usedEntity")
            ),
            (
                "wasInfluencedBy",
                relations(
                    graph.edges.filter { !$0.isDescent }, "_:i", "prov:influencee",
                    "prov:influencer")
            ),
        ]
        for part in parts where !part.members.isEmpty {
            document[part.name] = .object(JSONObject(part.members))
        }
        return String(decoding: CanonicalJSON.write(document), as: UTF8.self) + "\n"
    }

    private static func entity(_ layer: Digest) -> String { "layer:\(layer.hexadecimal)" }

    private static func facts(of node: LineageNode) -> JSONValue {
        var facts = JSONObject()
        facts["prov:label"] = .string(PlainText.shown(node.title))
        facts["plasmid:uuid"] = .string(LayerUUID(of: node.layer).description)
        for (name, text) in [
            ("plasmid:type", node.type), ("plasmid:licence", node.licence),
            ("plasmid:version", node.version),
        ] where !text.isEmpty {
            facts[name] = .string(PlainText.shown(text))
        }
        return .object(facts)
    }

    private static func relations(
        _ edges: [LayerEdge], _ prefix: String, _ later: String, _ earlier: String
    ) -> [JSONObject.Member] {
        edges.enumerated().map { index, edge in
            var facts = JSONObject()
            facts[later] = .string(entity(edge.source))
            facts[earlier] = .string(entity(edge.target))
            facts["plasmid:relation"] = .string(edge.relation.rawValue)
            for member in edge.properties.members {
                let text = member.value.string.map { PlainText.shown($0) }
                facts["plasmid:\(member.name)"] = .string(
                    text ?? String(decoding: CanonicalJSON.write(member.value), as: UTF8.self))
            }
            return JSONObject.Member(name: "\(prefix)\(index + 1)", value: .object(facts))
        }
    }
}
