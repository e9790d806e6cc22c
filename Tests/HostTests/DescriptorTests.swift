import Foundation
import Testing

@testable import Host

@Suite("A descriptor")
struct DescriptorTests {
    /// Whether the number still means the file.
    private func isOpen(_ number: Int32, as facts: FileFacts) -> Bool {
        var now = stat()
        return fstat(number, &now) == 0 && UInt64(now.st_ino) == facts.inode
            && UInt64(now.st_dev) == facts.device
    }

    @Test func `is closed when its last holder lets go`() throws {
        let scratch = try Scratch()
        var file: File? = try scratch.file("a", [1])
        let facts = try #require(try file?.facts())
        var other = file
        let number = try #require(file?.descriptor.number)
        file = nil
        #expect(isOpen(number, as: facts))
        _ = other
        other = nil
        #expect(!isOpen(number, as: facts))
    }

    @Test func `has a duplicate that outlives it`() throws {
        let scratch = try Scratch()
        let copy = try scratch.file("a", [1, 2]).descriptor.duplicate()
        #expect(try File(copy, path: "copy").readAll(limit: 4) == [1, 2])
        #expect(fcntl(copy.number, F_GETFD) & FD_CLOEXEC != 0)
    }
}
