import Host
import Testing
import Wire

@testable import Store

@Suite struct PublisherCountsTests {
    @Test func `follow what comes and goes, and are written once`() throws {
        let catalogue = try Catalogue(try Scratch().home().layout)
        let (one, two) = (Fixture.key(1).publicKey, Fixture.key(2).publicKey)
        try catalogue.connection.withLock { connection in
            var counts = PublisherCounts()
            for _ in 0..<3 { try counts.change(one, by: 1, connection) }
            try counts.change(two, by: 1, connection)
            try counts.change(one, by: -1, connection)
            #expect(try counts.count(of: one, connection) == 2)
            try counts.write(connection)
            var later = PublisherCounts()
            #expect(try later.count(of: one, connection) == 2)
            #expect(try later.count(of: nil, connection) == 3)
            try later.change(two, by: -1, connection)
            try later.write(connection)
            let rows = try connection.query("SELECT count FROM publishers ORDER BY count") {
                $0.integer(0)
            }
            #expect(rows == [2, 2], "who has none has no row")
        }
    }
}
