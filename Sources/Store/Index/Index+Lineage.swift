import Genome
import Host
import Wire

/// Which way a lineage is followed.
public enum LineageDirection: Sendable {
    /// To what a layer came from.
    case up
    /// To what came of it.
    case down
}

/// Questions to the graph of layers. What strangers say of relations does not count: an edge out
/// of a statement needs the layer's own publisher, this node (`own`) or a trusted key behind it.
extension Index {
    /// Nodes up to which a family is followed from edge to edge. A larger one is faster found by
    /// one pass over the whole table: 10^5 edges take less than following 10^4.
    public static let familyMax = 2_000

    /// Most layers of one answer: a thousand screens.
    public static let lineageMax = 20_000

    private static let counts = """
        (origin<>1 OR said_by=? OR said_by IN (SELECT key FROM contacts WHERE trusted=1)
            OR said_by=(SELECT publisher FROM layers JOIN nodes ON nodes.layer=layers.id
                WHERE nodes.number=edges.source))
        """

    /// The layers that one descends from, or that descend from it, with their distance; itself
    /// first, at distance 0. `familyMax` is for tests.
    public func family(
        of layer: Digest, _ direction: LineageDirection, depth: Int = .max, limit: Int = .max,
        own: NodeKey, familyMax: Int = Index.familyMax
    ) throws(StoreError) -> (layers: [(layer: Digest, depth: Int)], isCut: Bool) {
        try connection.withLock { connection throws(StoreError) in
            let reach = try Self.reach(
                layer, direction, depth: depth, limit: limit, own: own, familyMax: familyMax,
                connection)
            guard let reach else { return ([(layer, 0)], false) }
            let names = try Self.layers(of: reach.nodes, connection)
            guard names.count == reach.nodes.count else {
                throw StoreError.damaged("the graph of layers in the index")
            }
            var found: [(layer: Digest, depth: Int)] = []
            found.reserveCapacity(names.count)
            for (index, name) in names.enumerated() { found.append((name, reach.depths[index])) }
            return (found, reach.isCut)
        }
    }

    /// Node numbers with their distance; nil for a layer without edges.
    private static func reach(
        _ layer: Digest, _ direction: LineageDirection, depth: Int, limit: Int, own: NodeKey,
        familyMax: Int, _ connection: SQLiteConnection
    ) throws(StoreError) -> LineageReach? {
        let start = try connection.first(
            "SELECT number FROM nodes WHERE layer=?", [SQLValue(layer)]
        ) { $0.integer(0) }
        guard let start else { return nil }
        let (from, to) = direction == .up ? ("source", "target") : ("target", "source")
        let step = "edges JOIN reached ON edges.\(from)=reached.node WHERE descends=1 AND \(counts)"
        let reached = """
            WITH RECURSIVE reached(node) AS (
                VALUES(?) UNION SELECT edges.\(to) FROM \(step) LIMIT \(familyMax + 1))
            """
        let family = try connection.first(
            reached + " SELECT count(*) FROM reached", [.integer(start), SQLValue(own)]
        ) { $0.integer(0) }
        let edges =
            try (family ?? 0) <= familyMax
            ? connection.pairs(
                reached + " SELECT source, target FROM \(step)",
                [.integer(start), SQLValue(own), SQLValue(own)])
            : connection.pairs(
                """
                SELECT source, target FROM edges INDEXED BY edges_by_target
                WHERE descends=1 AND \(counts)
                """, [SQLValue(own)])
        let count = try connection.first("SELECT max(number) FROM nodes") { $0.integer(0) } ?? 0
        return LineageReach(
            from: Int(start), sources: edges.first, targets: edges.second, count: Int(count) + 1,
            isUp: direction == .up, depth: depth, limit: limit)
    }

    /// The layer ids of node numbers, in their order.
    private static func layers(
        of nodes: [Int], _ connection: SQLiteConnection
    ) throws(StoreError) -> [Digest] {
        guard nodes.count > familyMax else {
            var names: [Digest] = []
            for node in nodes {
                names += try connection.query(
                    "SELECT layer FROM nodes WHERE number=?", [SQLValue(node)]
                ) { row throws(StoreError) in try row.digest(0) }
            }
            return names
        }
        let all = try connection.digests(
            "SELECT number, layer FROM nodes", count: (nodes.max() ?? 0) + 1)
        return nodes.map { all[$0] }
    }

    /// The lineage of a layer: what it came from, what came of it, the edges between those, and
    /// what is said of the layer itself besides.
    public func lineage(
        of layer: Digest, _ directions: [LineageDirection], depth: Int, own: NodeKey,
        limit: Int = Index.lineageMax
    ) throws(StoreError) -> LineageGraph {
        var depths: [Digest: Int] = [layer: 0]
        var order = [layer]
        var isCut = false
        for direction in directions {
            let family = try family(
                of: layer, direction, depth: depth, limit: limit, own: own)
            isCut = isCut || family.isCut
            for member in family.layers where depths[member.layer] == nil {
                depths[member.layer] = direction == .up ? member.depth : -member.depth
                order.append(member.layer)
            }
        }
        var edges: [LayerEdge] = []
        try connection.withLock { connection throws(StoreError) in
            for member in order {
                for edge in try Self.edges(of: member, "source", own: own, connection) {
                    let isInside = depths[edge.target] != nil
                    if isInside || member == layer && !edge.isDescent { edges.append(edge) }
                }
            }
            for edge in try Self.edges(of: layer, "target", own: own, connection)
            where !edge.isDescent && depths[edge.source] == nil { edges.append(edge) }
        }
        for edge in edges {
            for end in [edge.source, edge.target] where depths[end] == nil {
                depths[end] = 0
                order.append(end)
            }
        }
        var nodes: [LineageNode] = []
        for member in order {
            var node = LineageNode(member)
            node.depth = depths[member] ?? 0
            if let entry = try self.layer(member) { node.take(entry) }
            nodes.append(node)
        }
        return LineageGraph(root: layer, nodes: nodes, edges: edges, isCut: isCut)
    }

    /// What is said of how a layer goes with others, whoever of the two says it.
    public func edges(
        _ relation: LayerRelation, of layer: Digest, own: NodeKey
    ) throws(StoreError) -> [LayerEdge] {
        precondition(relation.isMutual)
        return try connection.withLock { connection throws(StoreError) in
            let edges =
                try Self.edges(of: layer, "source", own: own, connection)
                + Self.edges(of: layer, "target", own: own, connection)
            return edges.filter { $0.relation == relation }
        }
    }

    /// The layers that one came from by what its publisher, this node (`own`) or a trusted key
    /// stated.
    public func said(of layer: Digest, own: NodeKey) throws(StoreError) -> Set<Digest> {
        let edges = try connection.withLock { connection throws(StoreError) in
            try Self.edges(of: layer, "source", own: own, connection)
        }
        let said = edges.filter { $0.origin == .statement && $0.isDescent }
        return Set(said.map(\.target)).subtracting([layer])
    }

    /// The layers that go together with one so, or do not.
    public func partners(
        _ relation: LayerRelation, of layer: Digest, own: NodeKey
    ) throws(StoreError) -> Set<Digest> {
        let ends = try edges(relation, of: layer, own: own).flatMap { [$0.source, $0.target] }
        return Set(ends).subtracting([layer])
    }

    private static func edges(
        of layer: Digest, _ end: String, own: NodeKey, _ connection: SQLiteConnection
    ) throws(StoreError) -> [LayerEdge] {
        try connection.query(
            """
            SELECT one.layer, relation, two.layer, type, origin, said_by, properties FROM edges
            JOIN nodes AS one ON one.number=edges.source
            JOIN nodes AS two ON two.number=edges.target
            WHERE edges.\(end)=(SELECT number FROM nodes WHERE layer=?) AND \(counts)
            ORDER BY descends DESC, relation, type, two.layer, one.layer
            """, [SQLValue(layer), SQLValue(own)]
        ) { row throws(StoreError) in
            let limits = JSONLimits(bytes: StatementSchema.bytesMax)
            guard let relation = LayerRelation(rawValue: row.text(1)),
                let origin = LayerEdge.Origin(rawValue: row.integer(4)),
                let properties = try? JSONParser.parse(Array(row.text(6).utf8), limits: limits)
            else { throw StoreError.damaged("the graph of layers in the index") }
            return LayerEdge(
                try row.digest(0), relation, try row.digest(2), type: row.text(3),
                properties: properties.object ?? JSONObject(),
                saidBy: NodeKey(bytes: row.bytes(5)), origin: origin)
        }
    }
}

extension Index {
    /// Fills the graph with layers that were each made from another, for a measurement: nothing
    /// but the graph knows of them.
    public func putForBench(
        _ pairs: [(child: Digest, parent: Digest)], by key: NodeKey
    ) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for pair in pairs {
                    try Self.put(
                        .dependency(
                            pair.child, on: pair.parent, type: "base", saidBy: key,
                            origin: .manifest), connection)
                }
            }
        }
    }
}

extension LineageNode {
    /// Takes in what the index says of a layer that is here.
    mutating func take(_ entry: LayerEntry) {
        knowledge = .held
        name = entry.name
        version = entry.version
        type = entry.type
        licence = entry.licence ?? ""
        publisher = entry.publisher.base32
    }
}
