import Genome
import Host
import Wire

/// The graph of layers and the tables that the catalogue's readers know, all derived: manifests
/// and statements fill them, and a replay of the journal makes them again.
extension Index {
    /// Tables and views of the graph. Nodes have numbers, because a search through numbers is four
    /// times as fast as one through ids of 32 bytes.
    static let graph = """
        CREATE TABLE nodes(number INTEGER PRIMARY KEY, layer BLOB NOT NULL UNIQUE);
        CREATE TABLE edges(
            source INTEGER NOT NULL REFERENCES nodes(number), descends INTEGER NOT NULL,
            target INTEGER NOT NULL REFERENCES nodes(number), relation TEXT NOT NULL,
            type TEXT NOT NULL, origin INTEGER NOT NULL, said_by BLOB NOT NULL,
            properties TEXT NOT NULL,
            PRIMARY KEY(source, descends, target, relation, type, origin, said_by))
            WITHOUT ROWID;
        CREATE INDEX edges_by_target ON edges(target, descends, source);
        CREATE INDEX layers_by_base ON layers(base_weights);
        CREATE TABLE layer_performance(
            layer_id TEXT NOT NULL, task_type TEXT NOT NULL, metric_type TEXT NOT NULL,
            value REAL NOT NULL, measured_at TEXT NOT NULL,
            context TEXT NOT NULL, layer BLOB NOT NULL,
            said_by BLOB NOT NULL);
        CREATE INDEX layer_performance_by_layer ON layer_performance(layer, said_by);
        CREATE TABLE layer_usage(
            layer_id TEXT NOT NULL, user_id TEXT NOT NULL, session_id TEXT NOT NULL,
            started_at TEXT NOT NULL, ended_at TEXT NOT NULL, performance_rating REAL,
            layer BLOB NOT NULL, verb TEXT NOT NULL,
            PRIMARY KEY(layer, session_id)) WITHOUT ROWID;
        CREATE INDEX layer_usage_by_start ON layer_usage(started_at);
        CREATE VIEW genomic_layers(
            id, name, version, type, creator_id, created_at, visibility, licence, size, layer)
        AS SELECT
            \(uuidText("hex(uuid)")), name, version, type,
            \(uuidText(handle("hex(publisher)"))),
            coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', created, 'unixepoch'), '9999-12-31T23:59:59Z'),
            visibility, licence, size, id
        FROM layers;
        UPDATE settings SET value=0 WHERE name='applied';
        """

    /// SQL for a UUID as text, out of the hexadecimal digits of its 16 bytes.
    private static func uuidText(_ digits: String) -> String {
        let parts = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)].map { start, count in
            "substr(\(digits), \(start), \(count))"
        }
        return "lower(" + parts.joined(separator: " || '-' || ") + ")"
    }

    /// SQL for the digits of a handle out of those of 32 bytes: the first 16 bytes with the bits of
    /// a UUID of version 8, as `LayerUUID` makes it of a layer id.
    private static func handle(_ digits: String) -> String {
        let variant = "(instr('0123456789ABCDEF', substr(\(digits), 17, 1)) - 1) & 3"
        return "(substr(\(digits), 1, 12) || '8' || substr(\(digits), 14, 3) || "
            + "substr('89AB', 1 + (\(variant)), 1) || substr(\(digits), 18, 15))"
    }

    // MARK: Filling

    /// Takes in what a manifest says of its relations, in the transaction of its journal entry.
    static func putEdges(
        of manifest: Manifest, _ connection: SQLiteConnection
    ) throws(StoreError) {
        for edge in manifest.edges { try put(edge, connection) }
        // Who names no base layer is joined to whatever has the weights, now and later.
        if let base = manifest.base, !manifest.namesBaseLayer {
            let bases = try connection.query(
                "SELECT id FROM layers WHERE weights=?", [SQLValue(base.weights)]
            ) { row throws(StoreError) in try row.digest(0) }
            for other in bases { try joinByWeights(manifest.layer, other, connection) }
        }
        guard let weights = manifest.weights?.id else { return }
        let adapters = try connection.query(
            """
            SELECT id FROM layers WHERE base_weights=? AND NOT EXISTS(
                SELECT 1 FROM edges JOIN nodes ON nodes.number=edges.source
                WHERE nodes.layer=layers.id AND origin=0 AND relation='DEPENDS_ON' AND type='base')
            """, [SQLValue(weights)]
        ) { row throws(StoreError) in try row.digest(0) }
        for adapter in adapters { try joinByWeights(adapter, manifest.layer, connection) }
    }

    private static func joinByWeights(
        _ adapter: Digest, _ base: Digest, _ connection: SQLiteConnection
    ) throws(StoreError) {
        guard adapter != base else { return }
        try put(
            .dependency(adapter, on: base, type: "base", saidBy: nil, origin: .weights),
            connection)
    }

    /// Makes anew what the statements of one publisher of one kind about a layer say of relations
    /// and figures.
    static func derive(
        from statement: Statement, _ connection: SQLiteConnection
    ) throws(StoreError) {
        guard statement.kind == .evolution || statement.kind == .measurement else { return }
        let who = [SQLValue(statement.layer), SQLValue(statement.publisher)]
        let isEvolution = statement.kind == .evolution
        try connection.run(
            """
            DELETE FROM edges WHERE source=(SELECT number FROM nodes WHERE layer=?)
                AND said_by=? AND origin=1 AND (relation='EVOLVED_FROM')=?
            """, who + [SQLValue(isEvolution)])
        if !isEvolution {
            try connection.run("DELETE FROM layer_performance WHERE layer=? AND said_by=?", who)
        }
        let kept = try connection.query(
            "SELECT bytes FROM statements WHERE layer=? AND publisher=? AND kind=?",
            who + [.text(statement.kind.rawValue)]
        ) { $0.bytes(0) }
        for bytes in kept {
            // Only what was found good is kept, so that the signature is not checked again.
            guard let envelope = try? Envelope.decode(bytes, payloadMax: StatementSchema.bytesMax),
                let statement = try? Statement.decode(envelope.payload)
            else { continue }
            for edge in statement.edges { try put(edge, connection) }
            try put(statement.performance, of: statement, connection)
        }
    }

    /// Makes anew what this node found when it held a layer against others.
    public func put(
        comparisons edges: [LayerEdge], of layer: Digest
    ) throws(StoreError) {
        precondition(edges.allSatisfy { $0.origin == .comparison })
        let node = "(SELECT number FROM nodes WHERE layer=?)"
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for end in ["source", "target"] {
                    try connection.run(
                        "DELETE FROM edges WHERE \(end)=\(node) AND origin=3", [SQLValue(layer)])
                }
                for edge in edges { try Self.put(edge, connection) }
            }
        }
    }

    private static func put(
        _ figures: [Statement.Performance], of statement: Statement, _ connection: SQLiteConnection
    ) throws(StoreError) {
        let handle = LayerUUID(of: statement.layer).description
        for figure in figures {
            let context = String(decoding: CanonicalJSON.write(figure.context), as: UTF8.self)
            try connection.run(
                "INSERT INTO layer_performance VALUES(?, ?, ?, ?, \(timeText), ?, ?, ?)",
                [
                    .text(handle), .text(figure.task), .text(figure.metric),
                    .real(figure.value), .integer(statement.issued), .text(context),
                    SQLValue(statement.layer), SQLValue(statement.publisher),
                ])
        }
    }

    /// SQL for the text of a time in seconds since 1970.
    static let timeText =
        "coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', ?, 'unixepoch'), '9999-12-31T23:59:59Z')"

    /// Forgets what was said of a layer that is removed, and what only its presence said.
    static func dropGraph(of layer: Digest, _ connection: SQLiteConnection) throws(StoreError) {
        let node = "(SELECT number FROM nodes WHERE layer=?)"
        try connection.run("DELETE FROM edges WHERE source=\(node)", [SQLValue(layer)])
        try connection.run(
            "DELETE FROM edges WHERE target=\(node) AND origin IN (2, 3)", [SQLValue(layer)])
        try connection.run("DELETE FROM layer_performance WHERE layer=?", [SQLValue(layer)])
    }

    static func put(
        _ edge: LayerEdge, _ connection: SQLiteConnection
    ) throws(StoreError) {
        let text = String(decoding: CanonicalJSON.write(edge.properties), as: UTF8.self)
        try connection.run(
            "INSERT OR REPLACE INTO edges VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .integer(try number(of: edge.source, connection)), SQLValue(edge.isDescent),
                .integer(try number(of: edge.target, connection)),
                .text(edge.relation.rawValue), .text(edge.type), .integer(edge.origin.rawValue),
                .blob(edge.saidBy?.bytes ?? []), .text(text),
            ])
    }

    private static func number(
        of layer: Digest, _ connection: SQLiteConnection
    ) throws(StoreError) -> Int64 {
        let id = SQLValue(layer)
        try connection.run("INSERT OR IGNORE INTO nodes(layer) VALUES(?)", [id])
        let found = try connection.first("SELECT number FROM nodes WHERE layer=?", [id]) {
            $0.integer(0)
        }
        guard let found else { throw .damaged("the graph of layers in the index") }
        return found
    }
}
