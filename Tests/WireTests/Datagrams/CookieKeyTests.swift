import Testing
import Wire

@Suite struct CookieKeyTests {
    private let second: UInt64 = 1_000_000_000

    @Test func `cookies are those of Judges/datagrams.py`() throws {
        let rows = try #require(
            try VectorFile.object("datagrams.json")["cold"] as? [[String: Any]])
        for row in rows {
            let key = CookieKey(try VectorFile.bytes(row["secret"]))
            let (port, seconds) = (row["port"] as? Int ?? 0, row["seconds"] as? Int ?? 0)
            let place = try #require(
                Endpoint(bytes: try VectorFile.bytes(row["seen"]), port: UInt16(port)))
            let cookie = key.cookie(for: place, at: UInt64(seconds) * second)
            #expect(cookie == (try VectorFile.bytes(row["made"])))
        }
    }

    @Test func `a cookie is good for two to four minutes, for one address and one node`() throws {
        let key = CookieKey([UInt8](repeating: 1, count: 32))
        let place = try #require(Endpoint(bytes: [9, 9, 9, 9], port: 5))
        let cookie = key.cookie(for: place, at: 10 * second)
        for at: UInt64 in [0, 119, 120, 239] {
            #expect(key.isCookie(cookie, of: place, at: at * second), "\(at)")
        }
        for at: UInt64 in [240, 1_000] {
            #expect(!key.isCookie(cookie, of: place, at: at * second), "\(at)")
        }
        #expect(!key.isCookie(cookie, of: place.with(port: 6), at: 10 * second))
        let near = try #require(Endpoint(bytes: [9, 9, 9, 8], port: 5))
        #expect(!key.isCookie(cookie, of: near, at: 10 * second))
        let other = CookieKey([UInt8](repeating: 2, count: 32))
        #expect(!other.isCookie(cookie, of: place, at: 10 * second))
        #expect(!key.isCookie([], of: place, at: 10 * second))
    }
}
