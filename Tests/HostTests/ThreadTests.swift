import Glibc
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

    @Test func `behind others gives what its work gives, with the lowest priority`() throws {
        func niceness() -> Int32 { getpriority(__priority_which_t(0), 0) }
        let before = niceness()
        let (inside, further) = Thread.runBehind("behind") { () throws(Never) in
            let further = Lock(Int32(0))
            try? Thread("further") { further.withLock { $0 = niceness() } }.join()
            return (niceness(), further.withLock { $0 })
        }
        #expect(inside == 19 && further == 19 && niceness() == before)
        #expect(throws: SystemError.self) {
            try Thread.runBehind("behind") { () throws(SystemError) in
                throw SystemError("try", code: 5)
            }
        }
    }

    @Test func `ends by itself when it was let go`() throws {
        let done = Semaphore()
        try Thread("alone") { done.signal() }.detach()
        #expect(done.wait(milliseconds: 5000))
    }
}
