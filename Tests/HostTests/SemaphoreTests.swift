import Testing

@testable import Host

@Suite("A semaphore")
struct SemaphoreTests {
    @Test func `gives as many permits as it has`() {
        let semaphore = Semaphore(2)
        semaphore.wait()
        #expect(semaphore.wait(milliseconds: 0))
        #expect(!semaphore.wait(milliseconds: 5))
        semaphore.signal()
        #expect(semaphore.wait(milliseconds: 1000))
    }

    @Test func `wakes a thread that waits`() throws {
        let (asked, answered) = (Semaphore(), Semaphore())
        let thread = try Thread("answer") {
            asked.wait()
            answered.signal()
        }
        #expect(!answered.wait(milliseconds: 5))
        asked.signal()
        #expect(answered.wait(milliseconds: 5000))
        thread.join()
    }

    @Test func `waits about as long as it was told`() {
        let begun = Clock.monotonic()
        #expect(!Semaphore().wait(milliseconds: 1030))
        let waited = (Clock.monotonic() - begun) / 1_000_000
        #expect(waited >= 1000 && waited < 20_000)
    }
}
