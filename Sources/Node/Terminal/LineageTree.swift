import Genome
import Wire

/// A lineage as a tree on a terminal: the layer, what it came from, what came of it, and what is
/// said of it besides. A layer that has several ways up stands whole once and is named after that.
struct LineageTree {
    /// Most lines of one direction: a person reads no more, programs ask for a format.
    private static let linesMax = 400

    private let graph: LineageGraph
    private let width: Int
    private let nodes: [Digest: LineageNode]

    /// A tree of lines at most `width` columns wide.
    init(_ graph: LineageGraph, width: Int) {
        self.graph = graph
        self.width = width
        nodes = Dictionary(graph.nodes.map { ($0.layer, $0) }) { first, _ in first }
    }

    /// The lines.
    var lines: [String] {
        var lines = [fitted(words(graph.root))]
        lines += branch("came from", isUp: true) + branch("what came of it", isUp: false)
        let others = graph.edges.filter {
            !$0.isDescent && ($0.source == graph.root || $0.target == graph.root)
        }
        if !others.isEmpty { lines.append("besides") }
        for (index, edge) in others.enumerated() {
            let other = edge.source == graph.root ? edge.target : edge.source
            let joint = index == others.count - 1 ? "└─ " : "├─ "
            lines.append(fitted(joint + relation(edge) + "  " + words(other)))
        }
        if lines.count == 1 {
            lines.append("Nothing is known of where it comes from or what came of it.")
        }
        if graph.isCut { lines.append("… and more: say --depth N, or --format csv for all") }
        return lines
    }

    private func branch(_ title: String, isUp: Bool) -> [String] {
        var edges: [Digest: [LayerEdge]] = [:]
        for edge in graph.edges where edge.isDescent {
            edges[isUp ? edge.source : edge.target, default: []].append(edge)
        }
        guard edges[graph.root] != nil else { return [] }
        var lines = [title]
        var shown: Set<Digest> = [graph.root]
        // A stack and no recursion: a lineage may be deeper than the program's own stack.
        var open: [(edge: LayerEdge, lead: String, isLast: Bool)] = []
        func push(_ layer: Digest, lead: String) {
            let next = edges[layer] ?? []
            for (index, edge) in next.enumerated().reversed() {
                open.append((edge, lead, index == next.count - 1))
            }
        }
        push(graph.root, lead: "")
        while let (edge, lead, isLast) = open.popLast() {
            guard lines.count < Self.linesMax else {
                return lines + ["… \(open.count + 1) more here; say --depth N or another format"]
            }
            let layer = isUp ? edge.target : edge.source
            let isFirst = shown.insert(layer).inserted
            let hasMore = !isFirst && edges[layer] != nil
            let text = relation(edge) + "  " + words(layer) + (hasMore ? " (above)" : "")
            // Far down the indentation would leave no room for words.
            let room = lead.count <= width / 2 ? lead : "(\(lead.count / 3) steps) "
            lines.append(fitted(room + (isLast ? "└─ " : "├─ ") + text))
            if isFirst { push(layer, lead: lead + (isLast ? "   " : "│  ")) }
        }
        return lines
    }

    private func relation(_ edge: LayerEdge) -> String {
        switch edge.relation {
        case .evolvedFrom, .dependsOn: edge.type
        case .synergizesWith:
            "goes well with" + figure(edge, "synergyStrength", digits: 4)
        case .conflictsWith:
            "conflicts with" + figure(edge, "severity", digits: 2)
        }
    }

    /// ` (measured, 0.0250)`, or only the figure where the edge has no type. A usual synergy is a
    /// few thousandths of a nat: it has the digits that eval prints.
    private func figure(_ edge: LayerEdge, _ property: String, digits: Int) -> String {
        let value = edge.properties[property]?.number.map { Decimals.text($0, digits) }
        let words = [edge.type.isEmpty ? nil : edge.type, value].compactMap { $0 }
        return words.isEmpty ? "" : " (\(words.joined(separator: ", ")))"
    }

    private func words(_ layer: Digest) -> String {
        guard let node = nodes[layer] else { return LineageNode(layer).title }
        switch node.knowledge {
        case .id: return "\(node.title), known only by its id"
        case .heard, .held:
            let licence = node.licence.isEmpty ? "terms not stated" : node.licence
            let place = node.knowledge == .held ? "here" : "not here"
            return "\(node.title), \(node.type), \(licence), by "
                + "\(node.publisher.prefix(8)), \(place)"
        }
    }

    private func fitted(_ line: String) -> String { TextWidth.fitted(line, to: width) }
}
