import Genome
import Host
import Wire

/// Whose readings of licences count here, and what they and publishers said of terms.
extension Index {
    static let licences = """
        CREATE TABLE stewards(key BLOB PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE licence_documents(
            kind TEXT NOT NULL, signer BLOB NOT NULL, subject BLOB NOT NULL,
            place INTEGER NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY(kind, signer, subject)) WITHOUT ROWID;
        CREATE INDEX licence_documents_by_subject ON licence_documents(subject);
        """

    /// Makes a key a steward, or no longer, in the transaction of its journal entry.
    static func setSteward(
        _ key: NodeKey, isTrusted: Bool, _ connection: SQLiteConnection
    ) throws(StoreError) {
        try connection.run(
            isTrusted
                ? "INSERT OR IGNORE INTO stewards VALUES(?)" : "DELETE FROM stewards WHERE key=?",
            [SQLValue(key)])
    }

    /// The keys whose readings of licences and waivers count here.
    public func stewards() throws(StoreError) -> [NodeKey] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query("SELECT key FROM stewards ORDER BY key") {
                row throws(StoreError) in try row.nodeKey(0)
            }
        }
    }

    /// Keeps a signed document unless a newer one of its signer and subject is here.
    static func put(
        _ document: LicenceDocument, bytes: [UInt8], _ connection: SQLiteConnection
    ) throws(StoreError) {
        let place: [SQLValue] = [
            .text(document.kind), SQLValue(document.signer), .blob(document.subject),
        ]
        let known = try connection.first(
            "SELECT place FROM licence_documents WHERE kind=? AND signer=? AND subject=?", place
        ) { $0.number(0) }
        if let known, known >= document.order { return }
        try connection.run(
            "INSERT OR REPLACE INTO licence_documents VALUES(?, ?, ?, ?, ?)",
            place + [SQLValue(bits: document.order), .blob(bytes)])
    }

    /// Every document that is kept, as the envelope it came in.
    public func licenceDocuments() throws(StoreError) -> [(
        document: LicenceDocument, envelope: [UInt8]
    )] {
        try documents("1", [])
    }

    /// What the stub of a layer by one of these keys says; of several the first in order of keys.
    public func stub(of layer: Digest, by keys: Set<NodeKey>) throws(StoreError) -> LicenceStub? {
        for (document, _) in try documents("subject=?", [SQLValue(layer)]) {
            if case .stub(let stub) = document, keys.contains(stub.publisher) { return stub }
        }
        return nil
    }

    private func documents(
        _ condition: String, _ values: [SQLValue]
    ) throws(StoreError) -> [(document: LicenceDocument, envelope: [UInt8])] {
        let kept = try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT bytes FROM licence_documents WHERE \(condition)
                ORDER BY kind, signer, subject
                """, values
            ) { $0.bytes(0) }
        }
        return kept.compactMap { bytes in
            Library.licenceDocument(in: bytes).map { ($0, bytes) }
        }
    }
}
