import Host
import Wire

/// Why a blob is here: each reason has a quota of its own.
public enum BlobClass: Int64, CaseIterable, Sendable {
    /// Shared by this node, being shared, or found on disk without a reason: never evicted.
    case own = 0
    /// Pinned by the owner, mirrored, or held for another under a contract: never evicted.
    case mirrored = 1
    /// Fetched, and kept for as long as there is room.
    case cache = 2

    /// Its name in settings, JSON and tables.
    public var name: String { "\(self)" }
}

/// How the bytes of a complete blob rest on the disk.
public enum BlobForm: Int64, Sendable {
    /// A plain file of exactly its bytes.
    case raw = 0
    /// Coded groups in fewer bytes.
    case coded = 1
    /// A file of the owner, which stays where it is.
    case inPlace = 2
}

/// What blobs of one class take.
public struct BlobAccount: Equatable, Sendable {
    /// Number of blobs.
    public var blobs: UInt64 = 0
    /// Bytes of their contents.
    public var plain: UInt64 = 0
    /// Bytes that they take on the disk, with their leaf values.
    public var stored: UInt64 = 0

    /// No blobs.
    public init() {}

    static func += (account: inout BlobAccount, other: BlobAccount) {
        account.blobs += other.blobs
        account.plain += other.plain
        account.stored += other.stored
    }
}

/// What all blobs take, by why and how they are here.
public struct BlobAccounts: Equatable, Sendable {
    /// One row of the account.
    public struct Row: Equatable, Sendable {
        /// Why they are here.
        public let blobClass: BlobClass
        /// How they rest; nil for those that are not complete, which count whole.
        public let form: BlobForm?
        /// What they take.
        public let account: BlobAccount
    }

    /// Every row that is not empty.
    public let rows: [Row]
    /// Bytes that are promised to imports that run now, by class.
    public let promised: [BlobClass: UInt64]

    /// The sum of the rows that `isWanted` names.
    public func sum(_ isWanted: (Row) -> Bool = { _ in true }) -> BlobAccount {
        var sum = BlobAccount()
        for row in rows where isWanted(row) { sum += row.account }
        return sum
    }

    /// Bytes that one class may not use again, promised ones included.
    public func used(_ blobClass: BlobClass) -> UInt64 {
        sum { $0.blobClass == blobClass }.stored + (promised[blobClass] ?? 0)
    }

    /// The same of all classes.
    public var used: UInt64 { BlobClass.allCases.reduce(0) { $0 + used($1) } }
}

/// Exact accounts of the bytes on disk, kept by the database itself: triggers on `blobs` move
/// the sums in the transaction of every change, so that no code path can forget them and no
/// question reads a million rows.
extension Index {
    /// Kind of an account beside the forms: blobs that are not complete.
    private static let partialKind: Int64 = 3
    /// Kind of an account beside the forms: bytes promised to imports that run.
    private static let promisedKind: Int64 = 4

    /// The columns and tables of accounts, leases and removals.
    static let accounts =
        """
        ALTER TABLE blobs ADD COLUMN form INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE blobs ADD COLUMN class INTEGER NOT NULL DEFAULT 2;
        ALTER TABLE blobs ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE blobs ADD COLUMN verified INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE layers ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX blobs_by_verified ON blobs(verified) WHERE state>0;
        CREATE INDEX blobs_partial ON blobs(id) WHERE state=0;
        CREATE TABLE leases(
            blob BLOB NOT NULL, reason TEXT NOT NULL, until INTEGER NOT NULL,
            holders INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(blob, reason)) WITHOUT ROWID;
        CREATE TABLE doomed(blob BLOB PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE accounts(
            class INTEGER NOT NULL, kind INTEGER NOT NULL, blobs INTEGER NOT NULL,
            plain INTEGER NOT NULL, stored INTEGER NOT NULL, PRIMARY KEY(class, kind))
            WITHOUT ROWID;
        UPDATE blobs SET verified=added, stored=\(storedSQL),
            class=\(classSQL(isMirrored: "0"));
        INSERT INTO accounts VALUES \(emptyAccounts);
        UPDATE accounts SET (blobs, plain, stored)=(
            SELECT count(*), coalesce(sum(size), 0), coalesce(sum(stored), 0) FROM blobs
            WHERE class=accounts.class AND \(kindSQL("blobs"))=accounts.kind);
        INSERT INTO leases(blob, reason, until)
            SELECT id, 'fetching', (strftime('%s', 'now') + 604800)*1000 FROM blobs WHERE state<2;
        \(trigger("INSERT", adding: ["NEW"], taking: []))
        \(trigger("DELETE", adding: [], taking: ["OLD"]))
        \(trigger("UPDATE", adding: ["NEW"], taking: ["OLD"]))
        """

    private static var emptyAccounts: String {
        BlobClass.allCases.flatMap { blobClass in
            (0...promisedKind).map { "(\(blobClass.rawValue), \($0), 0, 0, 0)" }
        }.joined(separator: ", ")
    }

    private static func kindSQL(_ row: String) -> String {
        "(CASE WHEN \(row).state=0 THEN \(partialKind) ELSE \(row).form END)"
    }

    private static func trigger(
        _ event: String, adding: [String], taking: [String]
    ) -> String {
        let changes = adding.map { ("+", $0) } + taking.map { ("-", $0) }
        let steps = changes.map { sign, row in
            """
            UPDATE accounts SET blobs=blobs\(sign)1, plain=plain\(sign)\(row).size,
                stored=stored\(sign)\(row).stored
                WHERE class=\(row).class AND kind=\(kindSQL(row));
            """
        }
        let name = "account_\(event.lowercased())"
        return """
            CREATE TRIGGER \(name) AFTER \(event) ON blobs BEGIN
            \(steps.joined(separator: "\n")) END;
            """
    }

    /// SQL for the bytes that a blob with plain bytes takes with its leaf values, and one that is
    /// not complete with its group values as well.
    private static let storedSQL = """
        (CASE WHEN state=0
            THEN size + CASE WHEN size>1048576
                THEN 32*((size + 16383)/16384 + (size + 1048575)/1048576) ELSE 0 END
            ELSE size + CASE WHEN size>1048576 THEN 32*((size + 16383)/16384) ELSE 0 END END)
        """

    /// The same number as `storedSQL` gives: what a complete blob takes whose file has
    /// `fileBytes`.
    static func storedBytes(fileBytes: UInt64, size: UInt64) -> UInt64 {
        guard Layout.keepsTree(size: size) else { return fileBytes }
        return fileBytes + UInt64(HashTree.leafCount(size: size) * HashTree.valueBytes)
    }

    /// What a blob that is being fetched takes: all its bytes, leaf values and group values.
    static func storedBytes(partialSize size: UInt64) -> UInt64 {
        guard Layout.keepsTree(size: size) else { return size }
        let values = HashTree.leafCount(size: size) + HashTree.groupCount(size: size)
        return size + UInt64(values * HashTree.valueBytes)
    }

    /// SQL for the class of a blob by what lists it; of one that nothing lists, what it was.
    private static let classSQL = classSQL(
        isMirrored: "EXISTS(SELECT 1 FROM mirror_blobs WHERE mirror_blobs.blob=blobs.id)")

    /// The same, with how it is known that a blob is mirrored: the step that made the classes knew
    /// of no mirrors.
    private static func classSQL(isMirrored: String) -> String {
        """
        (CASE WHEN state=2 OR EXISTS(
                SELECT 1 FROM layer_blobs JOIN layers ON layers.id=layer_blobs.layer
                WHERE layer_blobs.blob=blobs.id AND layers.origin=0) THEN 0
            WHEN EXISTS(
                SELECT 1 FROM layer_blobs JOIN pins ON pins.layer=layer_blobs.layer
                WHERE layer_blobs.blob=blobs.id)
                OR EXISTS(SELECT 1 FROM hold_blobs WHERE hold_blobs.blob=blobs.id)
                OR \(isMirrored) THEN 1
            WHEN EXISTS(SELECT 1 FROM layer_blobs WHERE layer_blobs.blob=blobs.id) THEN 2
            ELSE class END)
        """
    }

    /// Gives the blobs of a layer the class that they have now.
    static func classify(
        blobsOf layer: Digest, _ connection: SQLiteConnection
    ) throws(StoreError) {
        try connection.run(
            """
            UPDATE blobs SET class=\(classSQL)
            WHERE id IN (SELECT blob FROM layer_blobs WHERE layer=?) AND class<>\(classSQL)
            """, [SQLValue(layer)])
    }

    /// The same for single blobs.
    static func classify(
        _ blobs: [Digest], _ connection: SQLiteConnection
    ) throws(StoreError) {
        for blob in blobs {
            try connection.run(
                "UPDATE blobs SET class=\(classSQL) WHERE id=? AND class<>\(classSQL)",
                [SQLValue(blob)])
        }
    }

    /// What everything takes.
    public func accounts() throws(StoreError) -> BlobAccounts {
        try connection.withLock { connection throws(StoreError) in try Self.accounts(connection) }
    }

    static func accounts(_ connection: SQLiteConnection) throws(StoreError) -> BlobAccounts {
        var rows: [BlobAccounts.Row] = []
        var promised: [BlobClass: UInt64] = [:]
        let found = try connection.query(
            "SELECT class, kind, blobs, plain, stored FROM accounts ORDER BY class, kind"
        ) { row in (0..<5).map { row.integer($0) } }
        for row in found {
            guard let blobClass = BlobClass(rawValue: row[0]) else { continue }
            if row[1] == promisedKind {
                promised[blobClass] = UInt64(max(0, row[4]))
                continue
            }
            if row[2] == 0 { continue }
            var account = BlobAccount()
            account.blobs = UInt64(max(0, row[2]))
            account.plain = UInt64(max(0, row[3]))
            account.stored = UInt64(max(0, row[4]))
            rows.append(
                BlobAccounts.Row(
                    blobClass: blobClass, form: BlobForm(rawValue: row[1]), account: account))
        }
        return BlobAccounts(rows: rows, promised: promised)
    }

    /// Promises bytes to an import, or takes back what it no longer needs.
    static func promise(
        _ bytes: Int64, _ blobClass: BlobClass, _ connection: SQLiteConnection
    ) throws(StoreError) {
        try connection.run(
            "UPDATE accounts SET stored=stored+? WHERE class=? AND kind=?",
            [.integer(bytes), .integer(blobClass.rawValue), .integer(promisedKind)])
    }

    /// Forgets what was promised to imports that a crash ended.
    func forgetPromises() throws(StoreError) {
        _ = try connection.withLock { connection throws(StoreError) in
            try connection.run(
                "UPDATE accounts SET stored=0 WHERE kind=?", [.integer(Self.promisedKind)])
        }
    }

    /// The sums as a count of all rows gives them, for a doctor to compare: equal to `accounts`.
    public func countedAccounts() throws(StoreError) -> [BlobAccounts.Row] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT class, \(Self.kindSQL("blobs")), count(*), sum(size), sum(stored)
                FROM blobs GROUP BY 1, 2 ORDER BY 1, 2
                """
            ) { row in
                var account = BlobAccount()
                account.blobs = row.number(2)
                account.plain = row.number(3)
                account.stored = row.number(4)
                return BlobAccounts.Row(
                    blobClass: BlobClass(rawValue: row.integer(0)) ?? .own,
                    form: BlobForm(rawValue: row.integer(1)), account: account)
            }
        }
    }
}
