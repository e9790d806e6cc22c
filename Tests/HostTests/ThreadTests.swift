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
        // SCHED_IDLE of <linux/sched.h>, which Swift does not see.
        let idle: Int32 = 5
        func policy() -> Int32 { sched_getscheduler(0) }
        let before = policy()
        let (inside, further) = Thread.runBehind("behind") { () throws(Never) in
            let further = Lock(Int32(0))
            try? Thread("further") { further.withLock { $0 = policy() } }.join()
            return (policy(), further.withLock { $0 })
        }
        #expect(inside == idle && further == idle && policy() == before)
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
