import Testing

@testable import Host

@Suite("A local socket with a deadline")
struct LocalSocketDeadlineTests {
    @Test func `gives up on a silent other side, and reads what came`() throws {
        let scratch = try Scratch()
        let listener = try LocalSocket.listen(scratch("socket"))
        let client = try LocalSocket.connect(
            scratch("socket"), before: Clock.monotonic() + 10_000_000_000)
        let server = try listener.accept()
        let soon = Clock.monotonic() + 50_000_000
        let error = #expect(throws: SystemError.self) {
            try client.read(count: 1, before: soon)
        }
        #expect(error?.isTimedOut == true)
        try server.write([1, 2])
        let later = Clock.monotonic() + 10_000_000_000
        #expect(try client.read(count: 2, before: later) == [1, 2])
        try client.write([3], before: later)
        #expect(try server.read(count: 1) == [3])
        // Nobody reads: the buffers fill up and the deadline ends it.
        let much = [UInt8](repeating: 0, count: 8 << 20)
        #expect(throws: SystemError.self) {
            try client.write(much, before: Clock.monotonic() + 50_000_000)
        }
        server.shutdown()
        #expect(try client.read(count: 1, before: later) == nil)
    }
}
