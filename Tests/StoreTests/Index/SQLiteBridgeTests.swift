import Host
import Testing

@testable import Store

@Suite struct SQLiteBridgeTests {
    @Test func `values come back as they were stored`() throws {
        let connection = try SQLiteConnection("\(Scratch().path)/a.db", isSoft: false)
        try connection.execute("CREATE TABLE t(a, b, c, d)")
        try connection.run(
            "INSERT INTO t VALUES(?, ?, ?, ?)",
            [.integer(-5), .text("naïve \"quoted\""), .blob([]), .null])
        let row = try #require(
            try connection.first("SELECT * FROM t") { row in
                (row.integer(0), row.text(1), row.bytes(2), row.isNull(2), row.isNull(3))
            })
        #expect(row.0 == -5 && row.1 == "naïve \"quoted\"" && row.2.isEmpty)
        #expect(!row.3 && row.4)
        #expect(SQLValue(UInt64.max) == .integer(.max))
    }

    @Test func `a transaction that fails leaves nothing`() throws {
        let connection = try SQLiteConnection("\(Scratch().path)/a.db", isSoft: true)
        try connection.execute("CREATE TABLE t(a UNIQUE)")
        #expect(throws: StoreError.self) {
            try connection.transaction { () throws(StoreError) in
                try connection.run("INSERT INTO t VALUES(1)")
                try connection.run("INSERT INTO t VALUES(1)")
            }
        }
        #expect(try connection.first("SELECT count(*) FROM t") { $0.integer(0) } == 0)
        _ = try connection.transaction { () throws(StoreError) in
            try connection.run("INSERT INTO t VALUES(1)")
        }
        #expect(try connection.first("SELECT count(*) FROM t") { $0.integer(0) } == 1)
    }

    @Test func `a file that is no database is damaged`() throws {
        let scratch = Scratch()
        let file = try scratch.file("a.db", Scratch.bytes(8192))
        #expect(throws: StoreError.damaged(file.path)) {
            try SQLiteConnection(file.path, isSoft: false)
        }
    }

    @Test func `connections open while others close`() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/index.db"
        let held = try SQLiteConnection(path, isSoft: true)
        try held.execute("CREATE TABLE t(a INTEGER)")
        let problems = Lock<[String]>([])
        let threads = try (0..<3).map { lane in
            try Thread("opener \(lane)") {
                do {
                    for _ in 0..<300 {
                        let rows = try SQLiteConnection(path, isSoft: true).query(
                            "SELECT count(*) FROM t"
                        ) { $0.integer(0) }
                        guard rows == [0] else { throw StoreError.unusable("rows \(rows)") }
                    }
                } catch {
                    problems.withLock { $0.append("\(error)") }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(problems.withLock { $0 } == [])
    }
}
