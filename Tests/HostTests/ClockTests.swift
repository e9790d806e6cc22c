import Foundation
import Testing

@testable import Host

@Suite("The clocks")
struct ClockTests {
    @Test func `go on and do not go back`() {
        var last = Clock.monotonic()
        for _ in 0..<1000 {
            let next = Clock.monotonic()
            #expect(next >= last)
            last = next
        }
        Semaphore().wait(milliseconds: 3)
        #expect(Clock.monotonic() - last >= 3_000_000)
    }

    @Test func `agree with the system's time`() {
        let system = UInt64(Date().timeIntervalSince1970 * 1000)
        let ours = Clock.wallMilliseconds()
        #expect(ours >= system && ours - system < 10_000)
    }

    @Test func `count the work of this process`() {
        let before = Clock.processTime()
        var value: UInt64 = 1
        while Clock.processTime() - before < 2_000_000 { value = value &* 3 &+ 1 }
        #expect(value != 0)
        #expect(Clock.processTime() > before)
    }

    @Test func `count the work of a thread apart from that of others`() throws {
        let before = Clock.threadTime()
        let thread = try Thread("other") {
            let before = Clock.threadTime()
            while Clock.threadTime() - before < 50_000_000 {}
        }
        thread.join()
        let own = Clock.threadTime() - before
        #expect(own > 0 && own < 50_000_000)
    }
}
