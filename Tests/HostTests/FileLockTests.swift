import Testing

@testable import Host

@Suite("A file lock")
struct FileLockTests {
    @Test func `is held by one until it is let go`() throws {
        let scratch = try Scratch()
        do {
            let lock = try #require(try FileLock.take(scratch("LOCK")))
            #expect(try FileLock.take(scratch("LOCK")) == nil)
            #expect(try FileLock.isTaken(scratch("LOCK")))
            try lock.file.write([7], offset: 0)
        }
        #expect(try !FileLock.isTaken(scratch("LOCK")))
        let again = try #require(try FileLock.take(scratch("LOCK")))
        #expect(try again.file.readAll(limit: 9) == [7])
        #expect(throws: SystemError.self) { try FileLock.take(scratch("none/LOCK")) }
        #expect(try !FileLock.isTaken(scratch("none/LOCK")))
    }

    @Test func `is looked at without turning away who wants it`() throws {
        let scratch = try Scratch()
        let path = scratch("LOCK")
        _ = try FileLock.take(path)
        let isDone = Lock(false)
        let looks = Lock(0)
        try Thread("looks") {
            while !isDone.withLock({ $0 }) {
                _ = try? FileLock.isTaken(path)
                looks.withLock { $0 += 1 }
            }
            looks.withLock { $0 = -1 }
        }.detach()
        while looks.withLock({ $0 }) < 10 {}
        for _ in 0..<2_000 { #expect(try FileLock.take(path) != nil) }
        isDone.withLock { $0 = true }
        while looks.withLock({ $0 }) >= 0 {}
    }
}
