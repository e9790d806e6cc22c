import Host
import Wire

/// A storage receipt as it is kept.
public struct ReceiptEntry: Equatable, Sendable {
    /// The receipt.
    public let receipt: StorageReceipt
    /// Whether it is about what everyone may know of.
    public let isPublic: Bool
}

/// Receipts of storage challenges, in the order in which they were kept: those that this node
/// signed as the verifier, and those about itself.
extension Index {
    static let receiptTable = """
        CREATE TABLE receipts(
            number INTEGER PRIMARY KEY, nonce BLOB NOT NULL, verifier BLOB NOT NULL,
            mirror BLOB NOT NULL, public INTEGER NOT NULL, bytes BLOB NOT NULL,
            UNIQUE(nonce, verifier, mirror));
        CREATE INDEX receipts_by_mirror ON receipts(mirror);
        UPDATE settings SET value=0 WHERE name='applied';
        """

    static func put(
        receipt bytes: [UInt8], isPublic: Bool, _ connection: SQLiteConnection
    ) throws(StoreError) {
        // What does not read was never written by this program.
        guard let terms = try? StorageReceipt(bytes: bytes).terms else { return }
        try connection.run(
            """
            INSERT OR IGNORE INTO receipts(nonce, verifier, mirror, public, bytes)
            VALUES(?, ?, ?, ?, ?)
            """,
            [
                SQLValue(terms.nonce), SQLValue(terms.verifier), SQLValue(terms.mirror),
                .integer(isPublic ? 1 : 0), .blob(bytes),
            ])
    }

    /// The newest `limit` receipts, oldest first; with `mirror` those about it alone, with
    /// `verifier` those that it signed.
    public func receipts(
        verifier: NodeKey? = nil, mirror: NodeKey? = nil, limit: Int = .max
    ) throws(StoreError) -> [ReceiptEntry] {
        var conditions = ["1"]
        var values: [SQLValue] = []
        if let verifier {
            conditions.append("verifier=?")
            values.append(SQLValue(verifier))
        }
        if let mirror {
            conditions.append("mirror=?")
            values.append(SQLValue(mirror))
        }
        values.append(.integer(Int64(clamping: limit)))
        let text = conditions.joined(separator: " AND ")
        let rows = try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT bytes, public FROM receipts WHERE \(text) ORDER BY number DESC LIMIT ?
                """, values
            ) { ($0.bytes(0), $0.integer(1) != 0) }
        }
        return rows.reversed().compactMap { bytes, isPublic in
            guard let receipt = try? StorageReceipt(bytes: bytes) else { return nil }
            return ReceiptEntry(receipt: receipt, isPublic: isPublic)
        }
    }
}
