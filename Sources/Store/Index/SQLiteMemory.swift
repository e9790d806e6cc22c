import CSQLite

/// Memory of all databases of this process.
public enum SQLiteMemory {
    /// Bytes that SQLite holds: pages that it keeps, statements and connections.
    public static var used: UInt64 { UInt64(clamping: sqlite3_memory_used()) }
}
