import Testing

@testable import Host

@Suite("The thread of a lane")
struct LaneThreadTests {
    @Test func `is waited for by the first who asks, and by nobody again`() throws {
        let thread = LaneThread()
        thread.join()
        let (gate, done) = (Semaphore(), Lock(false))
        try thread.start("lane") {
            gate.wait()
            done.withLock { $0 = true }
        }
        #expect(!done.withLock { $0 })
        gate.signal()
        thread.join()
        #expect(done.withLock { $0 })
        thread.join()
    }
}
