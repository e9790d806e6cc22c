import Testing

@testable import Host

@Suite("A lock")
struct LockTests {
    @Test func `lets one thread in at a time`() throws {
        let count = Lock(0)
        let threads = try (0..<4).map { number in
            try Thread("count-\(number)") {
                for _ in 0..<20_000 { count.withLock { $0 += 1 } }
            }
        }
        for thread in threads { thread.join() }
        #expect(count.withLock { $0 } == 80_000)
    }

    @Test func `is free again after an error`() {
        let lock = Lock(1)
        #expect(throws: SystemError.self) {
            try lock.withLock { (state) throws(SystemError) in
                state = 2
                throw SystemError("test", code: 1)
            }
        }
        #expect(lock.withLock { $0 } == 2)
    }
}
