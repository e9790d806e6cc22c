import Testing

@testable import Store

@Suite struct SQLiteMemoryTests {
    @Test func `a table in memory counts`() throws {
        let connection = try SQLiteConnection(":memory:", isSoft: true)
        let before = SQLiteMemory.used
        try connection.execute("CREATE TABLE bytes(value BLOB)")
        try connection.execute("INSERT INTO bytes VALUES(zeroblob(50000000))")
        // Other tests open and close databases meanwhile, none of this size.
        #expect(SQLiteMemory.used > before + 25_000_000)
    }
}
