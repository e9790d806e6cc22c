import Testing

@testable import Host

@Suite("A file lock")
struct FileLockTests {
    @Test func `is held by one until it is let go`() throws {
        let scratch = try Scratch()
        do {
            let lock = try #require(try FileLock.take(scratch("LOCK")))
            #expect(try FileLock.take(scratch("LOCK")) == nil)
            try lock.file.write([7], offset: 0)
        }
        let again = try #require(try FileLock.take(scratch("LOCK")))
        #expect(try again.file.readAll(limit: 9) == [7])
        #expect(throws: SystemError.self) { try FileLock.take(scratch("none/LOCK")) }
    }
}
