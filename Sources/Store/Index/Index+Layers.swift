import Genome
import Host
import Wire

extension Index {
    /// Adds a layer with its files and envelope in the transaction of its journal entry.
    static func add(
        _ entry: LayerEntry, manifest: Manifest, envelope: [UInt8], _ connection: SQLiteConnection
    ) throws(StoreError) {
        let id = SQLValue(entry.id)
        try connection.run(
            """
            INSERT OR IGNORE INTO layers(id, uuid, publisher, name, version, type, licence,
                visibility, size, manifest_size, weights, base_weights, created, added, origin)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, .blob(manifest.uuid.bytes), SQLValue(entry.publisher), .text(entry.name),
                .text(entry.version), .text(entry.type), SQLValue(entry.licence),
                .text(entry.visibility), SQLValue(entry.size), SQLValue(entry.manifestSize),
                SQLValue(entry.weights), SQLValue(entry.baseWeights), .integer(entry.created),
                SQLValue(entry.added), .integer(entry.origin.rawValue),
            ])
        for file in manifest.files {
            try connection.run(
                "INSERT OR REPLACE INTO layer_files VALUES(?, ?, ?, ?, ?, ?)",
                [
                    id, .text(file.path.text), SQLValue(file.blob), SQLValue(file.size),
                    SQLValue(file.sha256), SQLValue(file.isEvidence),
                ])
        }
        for blob in manifest.blobs.map(\.blob) + [entry.id] {
            try connection.run(
                "INSERT OR IGNORE INTO layer_blobs VALUES(?, ?)", [id, SQLValue(blob)])
        }
        try connection.run(
            "INSERT OR REPLACE INTO envelopes VALUES(?, ?)", [id, .blob(envelope)])
        try putEdges(of: manifest, connection)
    }

    /// Removes a layer; its blobs stay until the caller has seen which are no longer listed.
    static func remove(_ id: Digest, _ connection: SQLiteConnection) throws(StoreError) {
        try connection.run("DELETE FROM pins WHERE layer=?", [SQLValue(id)])
        try connection.run("DELETE FROM mirror_blobs WHERE layer=?", [SQLValue(id)])
        try connection.run("DELETE FROM statements WHERE layer=?", [SQLValue(id)])
        try connection.run("DELETE FROM layers WHERE id=?", [SQLValue(id)])
        try dropGraph(of: id, connection)
    }

    /// The blobs that only this layer lists.
    public func blobs(onlyOf layer: Digest) throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT blob FROM layer_blobs AS own WHERE layer=? AND NOT EXISTS
                    (SELECT 1 FROM layer_blobs WHERE blob=own.blob AND layer<>own.layer)
                ORDER BY blob
                """, [SQLValue(layer)]
            ) { row throws(StoreError) in try row.digest(0) }
        }
    }

    /// One layer; nil if it is not here.
    public func layer(_ id: Digest) throws(StoreError) -> LayerEntry? {
        try find("id=?", [SQLValue(id)]).first
    }

    /// All layers by name, then version, then id.
    public func layers() throws(StoreError) -> [LayerEntry] {
        try find("1", [])
    }

    /// Layers of that handle; more than one only if somebody searched for a collision.
    public func layers(uuid: LayerUUID) throws(StoreError) -> [LayerEntry] {
        try find("uuid=?", [.blob(uuid.bytes)])
    }

    /// Layers of that name, of one publisher or of all.
    public func layers(named name: String, by publisher: NodeKey?) throws(StoreError)
        -> [LayerEntry]
    {
        guard let publisher else { return try find("name=?", [.text(name)]) }
        return try find("name=? AND publisher=?", [.text(name), SQLValue(publisher)])
    }

    /// Layers whose id begins with these hexadecimal digits.
    public func layers(prefix: String) throws(StoreError) -> [LayerEntry] {
        try find("lower(hex(id)) LIKE ? || '%'", [.text(prefix)])
    }

    /// Layers with these weights, under whatever name.
    public func layers(weights: Digest) throws(StoreError) -> [LayerEntry] {
        try find("weights=?", [SQLValue(weights)])
    }

    private func find(_ condition: String, _ values: [SQLValue]) throws(StoreError)
        -> [LayerEntry]
    {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT \(LayerEntry.columns) FROM layers WHERE \(condition)
                ORDER BY name, version, id
                """, values
            ) { row throws(StoreError) in try LayerEntry(row) }
        }
    }

    /// The files of a layer in path order.
    public func files(of layer: Digest) throws(StoreError) -> [LayerFile] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT path, blob, size, sha256, evidence FROM layer_files
                WHERE layer=? ORDER BY path
                """, [SQLValue(layer)]
            ) { row throws(StoreError) in
                guard let path = LayerPath(row.text(0)) else {
                    throw StoreError.damaged("the path \(row.text(0)) in the index")
                }
                return LayerFile(
                    path: path, blob: try row.digest(1), size: row.number(2),
                    sha256: try row.digest(3), isEvidence: row.integer(4) != 0)
            }
        }
    }

    /// The envelope that proves who published a layer; nil if the layer is not here.
    public func envelope(of layer: Digest) throws(StoreError) -> [UInt8]? {
        try connection.withLock { connection throws(StoreError) in
            try connection.first("SELECT bytes FROM envelopes WHERE layer=?", [SQLValue(layer)]) {
                $0.bytes(0)
            }
        }
    }

    // MARK: Pins

    static func setPin(
        _ layer: Digest, isPinned: Bool, now: UInt64, _ connection: SQLiteConnection
    ) throws(StoreError) {
        if isPinned {
            try connection.run(
                "INSERT OR IGNORE INTO pins(layer, added) VALUES(?, ?)",
                [SQLValue(layer), SQLValue(now)])
        } else {
            try connection.run("DELETE FROM pins WHERE layer=?", [SQLValue(layer)])
        }
    }

    /// The layers that the owner wants kept.
    public func pins() throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query("SELECT layer FROM pins ORDER BY layer") {
                row throws(StoreError) in try row.digest(0)
            }
        }
    }
}
