import Testing

@testable import Host

@Suite("A thread")
struct ThreadTests {
    @Test func `runs to its end under its name`() throws {
        let name = Lock("")
        let thread = try Thread("a-name-longer-than-15") {
            let file = try? File("/proc/thread-self/comm", .read)
            let bytes = (try? file?.read(count: 64, offset: 0)) ?? []
            name.withLock { $0 = String(decoding: bytes, as: UTF8.self) }
        }
        thread.join()
        #expect(name.withLock { $0 } == "a-name-longer-t\n")
    }

    @Test func `ends by itself when it was let go`() throws {
        let done = Semaphore()
        try Thread("alone") { done.signal() }.detach()
        #expect(done.wait(milliseconds: 5000))
    }
}
