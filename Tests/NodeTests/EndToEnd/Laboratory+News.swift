import Host
import Testing

extension Laboratory {
    /// What `find` finds, looked for whenever there is news, for a minute by the clock: of many
    /// events each ends one wait.
    static func wait<Result>(for news: Semaphore, _ find: () -> Result?) throws -> Result {
        let end = Clock.monotonic() + 60_000_000_000
        while Clock.monotonic() < end {
            if let found = find() { return found }
            news.wait(milliseconds: 50)
        }
        return try #require(find())
    }
}
