import Host
import Wire

/// What coded blobs draw on, and swaps from one form to another that are under way.
extension Index {
    /// The tables of coded blobs.
    static let coding = """
        ALTER TABLE blobs ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE coded_parents(
            blob BLOB NOT NULL, parent BLOB NOT NULL, cost INTEGER NOT NULL,
            PRIMARY KEY(blob, parent)) WITHOUT ROWID;
        CREATE INDEX coded_parents_by_parent ON coded_parents(parent);
        CREATE TABLE swaps(blob BLOB PRIMARY KEY) WITHOUT ROWID;
        """

    /// Who opens files by their paths, which a change of form takes away. An import or a fetch that
    /// needs the blob too is served by either form.
    static let openers: Set<LeaseReason> = [.reading, .running, .training, .linked]

    /// SQL that is true of a row of `blobs` whose file nobody has open at the time of the one
    /// parameter.
    private static let isUnopened = """
        NOT EXISTS(
            SELECT 1 FROM leases WHERE leases.blob=blobs.id AND leases.until>?
            AND leases.reason IN (
                \(openers.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", "))))
        """

    /// Notes that the files of a blob are about to change places: at opening its row decides.
    func beginSwap(_ blob: Digest) throws(StoreError) {
        _ = try connection.withLock { connection throws(StoreError) in
            try connection.run("INSERT OR IGNORE INTO swaps VALUES(?)", [SQLValue(blob)])
        }
    }

    /// Blobs whose swap a crash may have cut off.
    func swaps() throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query("SELECT blob FROM swaps ORDER BY blob") {
                row throws(StoreError) in try row.digest(0)
            }
        }
    }

    /// The files are where the row says.
    func endSwap(_ blob: Digest) throws(StoreError) {
        _ = try connection.withLock { connection throws(StoreError) in
            try connection.run("DELETE FROM swaps WHERE blob=?", [SQLValue(blob)])
        }
    }

    /// Notes that a complete blob rests in its coded form; false where it is not complete any more,
    /// or where something that it draws on is not.
    func setCoded(
        _ blob: Digest, stored: UInt64, parents: [CodedHeader.Parent]
    ) throws(StoreError) -> Bool {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for id in [blob] + parents.map(\.id) {
                    let isComplete = try connection.first(
                        "SELECT 1 FROM blobs WHERE id=? AND state>0 AND form<>?",
                        [SQLValue(id), .integer(BlobForm.inPlace.rawValue)]
                    ) { _ in true }
                    if isComplete == nil { return false }
                }
                try connection.run(
                    "UPDATE blobs SET form=?, stored=? WHERE id=?",
                    [
                        .integer(BlobForm.coded.rawValue), SQLValue(stored), SQLValue(blob),
                    ])
                try Self.put(parents, of: blob, connection)
                return true
            }
        }
    }

    static func put(
        _ parents: [CodedHeader.Parent], of blob: Digest, _ connection: SQLiteConnection
    ) throws(StoreError) {
        try connection.run("DELETE FROM coded_parents WHERE blob=?", [SQLValue(blob)])
        for parent in parents {
            try connection.run(
                "INSERT INTO coded_parents VALUES(?, ?, ?)",
                [SQLValue(blob), SQLValue(parent.id), SQLValue(parent.cost)])
        }
    }

    /// Notes that a complete blob rests as it is.
    func setRaw(_ blob: Digest, size: UInt64) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try connection.run(
                    "UPDATE blobs SET form=0, stored=? WHERE id=? AND state>0",
                    [
                        SQLValue(Self.storedBytes(fileBytes: size, size: size)),
                        SQLValue(blob),
                    ])
                try connection.run("DELETE FROM coded_parents WHERE blob=?", [SQLValue(blob)])
            }
        }
    }

    /// Notes that coding a blob was tried and would not save enough.
    func noteTried(_ blob: Digest, version: Int) throws(StoreError) {
        _ = try connection.withLock { connection throws(StoreError) in
            try connection.run(
                "UPDATE blobs SET tried=? WHERE id=?", [SQLValue(version), SQLValue(blob)])
        }
    }

    /// Blobs that draw on another one.
    func codedChildren(of parent: Digest) throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT blob FROM coded_parents WHERE parent=? ORDER BY blob", [SQLValue(parent)]
            ) { row throws(StoreError) in try row.digest(0) }
        }
    }

    /// Most decodes that a group of a blob may cost so that what draws on it stays within its
    /// bound; nil where nothing does.
    func costBound(of blob: Digest) throws(StoreError) -> Int? {
        try connection.withLock { connection throws(StoreError) in
            try connection.first(
                "SELECT min(cost) FROM coded_parents WHERE parent=?", [SQLValue(blob)]
            ) { $0.isNull(0) ? nil : Int($0.integer(0)) } ?? nil
        }
    }

    /// Whether one blob draws on another, at any distance.
    func draws(_ blob: Digest, on other: Digest) throws(StoreError) -> Bool {
        try connection.withLock { connection throws(StoreError) in
            try connection.first(
                """
                WITH RECURSIVE chain(id) AS (SELECT ?1 UNION
                    SELECT parent FROM coded_parents JOIN chain ON chain.id=coded_parents.blob)
                SELECT 1 FROM chain WHERE id=?2 LIMIT 1
                """, [SQLValue(blob), SQLValue(other)]
            ) { _ in true } ?? false
        }
    }

    /// Complete plain blobs that were not used since `since`, largest first: those of layers that
    /// are here, of no contract, without a lease, and not tried in vain by this `version`.
    func codable(
        usedBefore since: UInt64, now: UInt64, version: Int
    ) throws(StoreError) -> [BlobEntry] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT \(BlobEntry.columns) FROM blobs WHERE state=1 AND form=0 AND size>?
                AND tried<? AND \(Self.isUnopened)
                AND NOT EXISTS(SELECT 1 FROM hold_blobs WHERE hold_blobs.blob=blobs.id)
                AND EXISTS(SELECT 1 FROM layer_blobs WHERE layer_blobs.blob=blobs.id)
                AND NOT EXISTS(
                    SELECT 1 FROM layer_blobs JOIN layers ON layers.id=layer_blobs.layer
                    WHERE layer_blobs.blob=blobs.id AND max(layers.used, layers.added)>=?)
                ORDER BY size DESC, id
                """,
                [
                    SQLValue(BlobCoder.blockBytes), SQLValue(version), SQLValue(now),
                    SQLValue(since),
                ], Self.readBlob)
        }
    }

    /// What the blobs of a layer take that are here; shared ones count for each layer.
    public func stored(of layer: Digest) throws(StoreError) -> BlobAccount {
        try connection.withLock { connection throws(StoreError) in
            var account = BlobAccount()
            let row = try connection.first(
                """
                SELECT count(*), coalesce(sum(size), 0), coalesce(sum(stored), 0) FROM blobs
                WHERE state>0 AND id IN (SELECT blob FROM layer_blobs WHERE layer=?)
                """, [SQLValue(layer)]
            ) { ($0.number(0), $0.number(1), $0.number(2)) }
            if let row { (account.blobs, account.plain, account.stored) = row }
            return account
        }
    }

    /// Layers whose tensors are likely close to those of another, the nearest first: what it came
    /// from, what it needs, and of those that came before it those of its name, over the same base,
    /// and with one of its tensors.
    func relatives(of layer: Digest, limit: Int) throws(StoreError) -> [Digest] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT id, min(rank) FROM (
                    SELECT target.layer AS id, CASE relation WHEN 'EVOLVED_FROM' THEN 0 ELSE 1 END
                        AS rank FROM nodes AS source JOIN edges ON edges.source=source.number
                        JOIN nodes AS target ON target.number=edges.target
                        WHERE source.layer=?1 AND relation IN ('EVOLVED_FROM', 'DEPENDS_ON')
                    UNION ALL SELECT other.id, 2 FROM layers AS own JOIN layers AS other
                        ON other.name=own.name AND other.publisher=own.publisher
                        AND other.added<own.added WHERE own.id=?1
                    UNION ALL SELECT other.id, 3 FROM layers AS own JOIN layers AS other
                        ON other.base_weights=own.base_weights
                        AND other.added<own.added WHERE own.id=?1
                    UNION ALL SELECT other.layer, 4 FROM layer_tensors AS own
                        JOIN layer_tensors AS other ON other.hash=own.hash
                        JOIN layers AS mine ON mine.id=own.layer
                        JOIN layers AS theirs ON theirs.id=other.layer
                        AND theirs.added<mine.added WHERE own.layer=?1
                ) WHERE id<>?1 AND id IN (SELECT id FROM layers)
                GROUP BY id ORDER BY 2, id LIMIT ?2
                """, [SQLValue(layer), SQLValue(limit)]
            ) { row throws(StoreError) in try row.digest(0) }
        }
    }
}
