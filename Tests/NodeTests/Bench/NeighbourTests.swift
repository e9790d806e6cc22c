import Host
import Testing

@testable import Node

@Suite("What goes on beside a measurement", .serialized)
struct NeighbourTests {
    @Test func `a busy core uses a processor until it is stopped, and may begin again`() throws {
        let core = BusyCore()
        for _ in 0..<2 {
            let before = Clock.processTime()
            try core.start()
            Semaphore().wait(milliseconds: 100)
            try core.stop()
            #expect(Clock.processTime() - before > 5_000_000)
        }
        try core.stop()
    }
}
