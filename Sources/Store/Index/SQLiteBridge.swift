import CSQLite
import Wire

/// A value that SQLite stores.
enum SQLValue: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    init(_ digest: Digest?) { self = digest.map { .blob($0.bytes) } ?? .null }
    init(_ key: NodeKey?) { self = key.map { .blob($0.bytes) } ?? .null }
    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    init(_ bytes: [UInt8]?) { self = bytes.map { .blob($0) } ?? .null }
    init(_ number: Int) { self = .integer(Int64(number)) }
    init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }

    /// Sizes and times: none of ours reaches 2^63, and what a peer sends beyond it compares as
    /// the largest.
    init(_ number: UInt64) { self = .integer(Int64(clamping: number)) }

    /// Sequences use all 64 bits and are compared in Swift only.
    init(bits number: UInt64) { self = .integer(Int64(bitPattern: number)) }
}

/// The log of changes of a database: its pages after the last commit of a connection, and from how
/// many on a commit writes it back itself.
private struct ChangeLog {
    var pages: Int32 = 0
    var pagesMax = Int32.max
}

/// One connection to a database file with its statements prepared once: the one bridge to SQLite.
///
/// Opened without SQLite's own mutexes: whoever holds the connection is the only one who uses it.
final class SQLiteConnection {
    private let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]
    private let path: String
    private let log: UnsafeMutablePointer<ChangeLog>

    /// Opens or makes the file. `isSoft` trades the last commits before a power failure for
    /// speed; the file stays consistent either way.
    init(_ path: String, isSoft: Bool) throws(StoreError) {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            sqlite3_close(handle)
            throw .unusable("\(path): \(String(cString: sqlite3_errstr(code)))")
        }
        self.handle = handle
        self.path = path
        log = UnsafeMutablePointer<ChangeLog>.allocate(capacity: 1)
        log.initialize(to: ChangeLog())
        sqlite3_extended_result_codes(handle, 1)
        plasmid_sqlite_keep_plans(handle)
        // A person may look into the file with another program for a moment, and whoever closes a
        // connection locks it for a moment too, which the first statement would fail of.
        sqlite3_busy_timeout(handle, 5000)
        try execute("PRAGMA journal_mode=WAL")
        try execute(isSoft ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL")
        try execute("PRAGMA foreign_keys=ON")
        try execute("PRAGMA trusted_schema=OFF")
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close(handle)
        log.deallocate()
    }

    /// Counts the pages of the log from now on. A commit that finds `limit` or more writes it back.
    func countLog(writingBackFrom limit: Int32) {
        log.pointee.pagesMax = limit
        sqlite3_wal_hook(
            handle,
            { context, handle, name, pages in
                guard let log = context?.assumingMemoryBound(to: ChangeLog.self) else {
                    return SQLITE_OK
                }
                log.pointee.pages = pages
                if pages >= log.pointee.pagesMax {
                    sqlite3_wal_checkpoint_v2(
                        handle, name, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                }
                return SQLITE_OK
            }, log)
    }

    /// Pages of the log at the last commit of this connection since it was written back. Its file
    /// says nothing of that: it is begun anew from its start and keeps its size.
    var logPages: Int {
        get { Int(log.pointee.pages) }
        set { log.pointee.pages = Int32(clamping: newValue) }
    }

    /// Runs statements that give no rows and take no values.
    func execute(_ sql: String) throws(StoreError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    /// Runs one statement with values; the number of rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> Int {
        let statement = try bound(sql, values)
        defer { sqlite3_reset(statement) }
        let code = sqlite3_step(statement)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failure() }
        return Int(sqlite3_changes(handle))
    }

    /// Runs one query and turns each row into a result.
    func query<Result>(
        _ sql: String, _ values: [SQLValue] = [],
        _ read: (SQLiteRow) throws(StoreError) -> Result
    ) throws(StoreError) -> [Result] {
        let statement = try bound(sql, values)
        defer { sqlite3_reset(statement) }
        var results: [Result] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return results }
            guard code == SQLITE_ROW else { throw failure() }
            results.append(try read(SQLiteRow(statement: statement, path: path)))
        }
    }

    /// The first row of a query; nil when there is none.
    func first<Result>(
        _ sql: String, _ values: [SQLValue] = [],
        _ read: (SQLiteRow) throws(StoreError) -> Result
    ) throws(StoreError) -> Result? {
        try query(sql, values, read).first
    }

    /// The two numbers of each row of a query, which are small. A row costs a third of what it does
    /// in `query`; a graph has many.
    func pairs(
        _ sql: String, _ values: [SQLValue] = []
    ) throws(StoreError) -> (first: [Int32], second: [Int32]) {
        let statement = try bound(sql, values)
        defer { sqlite3_reset(statement) }
        var (first, second): ([Int32], [Int32]) = ([], [])
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return (first, second) }
            guard code == SQLITE_ROW else { throw failure() }
            first.append(sqlite3_column_int(statement, 0))
            second.append(sqlite3_column_int(statement, 1))
        }
    }

    /// The digests of a query of numbers and digests, each at the place of its number; zeros where
    /// there is none below `count`.
    func digests(
        _ sql: String, count: Int
    ) throws(StoreError) -> [Digest] {
        let statement = try bound(sql, [])
        defer { sqlite3_reset(statement) }
        var all = [Digest](repeating: Digest(words: (0, 0, 0, 0)), count: count)
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return all }
            guard code == SQLITE_ROW else { throw failure() }
            let number = Int(sqlite3_column_int64(statement, 0))
            guard all.indices.contains(number) else { continue }
            all[number] = try SQLiteRow(statement: statement, path: path).digest(1)
        }
    }

    /// Runs `body` as one transaction: all of it or nothing.
    func transaction<Result>(
        _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try execute("BEGIN IMMEDIATE")
        do throws(StoreError) {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // A failed commit may have rolled back already; the first failure is the one to tell.
            sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            throw error
        }
    }

    /// Does something whose commits need not be durable at once. They are with the next one that
    /// must be, or lost with all that follow them.
    func softly<Result>(
        _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try execute("PRAGMA synchronous=NORMAL")
        defer { sqlite3_exec(handle, "PRAGMA synchronous=FULL", nil, nil, nil) }
        return try body()
    }

    /// The row number of the last row inserted.
    var lastRow: Int64 { sqlite3_last_insert_rowid(handle) }

    private func bound(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> OpaquePointer {
        let statement = try prepared(sql)
        precondition(Int(sqlite3_bind_parameter_count(statement)) == values.count, sql)
        for (index, value) in values.enumerated() {
            let position = Int32(index + 1)
            let code =
                switch value {
                case .null: sqlite3_bind_null(statement, position)
                case .integer(let number): sqlite3_bind_int64(statement, position, number)
                case .real(let number): sqlite3_bind_double(statement, position, number)
                case .text(let text):
                    sqlite3_bind_text(
                        statement, position, text, Int32(text.utf8.count),
                        plasmid_sqlite_transient())
                case .blob(let bytes) where bytes.isEmpty:
                    sqlite3_bind_zeroblob(statement, position, 0)
                case .blob(let bytes):
                    sqlite3_bind_blob(
                        statement, position, bytes, Int32(bytes.count),
                        plasmid_sqlite_transient())
                }
            guard code == SQLITE_OK else { throw failure() }
        }
        return statement
    }

    private func prepared(_ sql: String) throws(StoreError) -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        var statement: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        guard sqlite3_prepare_v3(handle, sql, -1, flags, &statement, nil) == SQLITE_OK,
            let statement
        else { throw failure() }
        statements[sql] = statement
        return statement
    }

    private func failure() -> StoreError {
        switch sqlite3_errcode(handle) & 0xff {
        case SQLITE_FULL: .diskFull(path: path, bytes: 0)
        case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged(path)
        default: .unusable("\(path): \(String(cString: sqlite3_errmsg(handle)))")
        }
    }
}

/// The row that a query stands on, column by column from 0.
struct SQLiteRow {
    fileprivate let statement: OpaquePointer
    fileprivate let path: String

    /// A number; 0 for NULL.
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    /// A number with a fraction; 0 for NULL.
    func real(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }

    /// A size, time or sequence as it was stored.
    func number(_ column: Int32) -> UInt64 { UInt64(bitPattern: integer(column)) }

    /// Whether the column holds NULL.
    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(statement, column) == SQLITE_NULL
    }

    /// Text; empty for NULL.
    func text(_ column: Int32) -> String {
        guard let text = sqlite3_column_text(statement, column) else { return "" }
        return String(cString: text)
    }

    /// Bytes; empty for NULL.
    func bytes(_ column: Int32) -> [UInt8] {
        let count = Int(sqlite3_column_bytes(statement, column))
        guard count > 0, let start = sqlite3_column_blob(statement, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// 32 bytes; anything else is damage. Four words at once: by an array of bytes a row costs
    /// 3.5 µs more.
    func digest(_ column: Int32) throws(StoreError) -> Digest {
        guard let start = sqlite3_column_blob(statement, column),
            sqlite3_column_bytes(statement, column) == 32
        else { throw .damaged(path) }
        let words = UnsafeRawBufferPointer(start: start, count: 32)
        func word(_ place: Int) -> UInt64 {
            UInt64(bigEndian: words.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self))
        }
        return Digest(words: (word(0), word(1), word(2), word(3)))
    }

    /// 32 bytes as a key; anything else is damage.
    func nodeKey(_ column: Int32) throws(StoreError) -> NodeKey {
        guard let key = NodeKey(bytes: bytes(column)) else { throw .damaged(path) }
        return key
    }
}
