import Foundation
import Testing

@testable import Host

@Suite("A file")
struct FileTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `is read where it was written and ends where it ends`() throws {
        let file = try scratch.file("a", [1, 2, 3, 4, 5])
        #expect(try file.read(count: 3, offset: 1) == [2, 3, 4])
        #expect(try file.read(count: 9, offset: 3) == [4, 5])
        #expect(try file.read(count: 9, offset: 99).isEmpty)
        try file.write([9], offset: 7)
        #expect(try file.readAll(limit: 8) == [1, 2, 3, 4, 5, 0, 0, 9])
        #expect(throws: SystemError("read", scratch("a"), code: EFBIG)) {
            try file.readAll(limit: 7)
        }
    }

    @Test func `holes are told from bytes, also behind reserved blocks`() throws {
        let file = try scratch.file("sparse", [])
        try file.resize(to: 8 << 20)
        _ = try file.reserve(size: 8 << 20)
        #expect(try file.nextData(from: 0) == nil)
        try file.write([1], offset: 5 << 20)
        try file.syncData()
        #expect(try file.nextData(from: 0) == 5 << 20)
        #expect(try file.nextData(from: 5 << 20) == 5 << 20)
        #expect(try file.nextData(from: 6 << 20) == nil)
        #expect(try file.nextData(from: 9 << 20) == nil)
    }

    @Test func `in memory has no name, can be opened again, and ends with its holder`() throws {
        var file: File? = try File.inMemory("x")
        let path = try #require(file?.path)
        try file?.write([1, 2, 3], offset: 0)
        try file?.sync()
        let again = try File(path, .readAtOnce)
        #expect(try again.facts().kind == .file)
        file = nil
        #expect(try again.readAll(limit: 3) == [1, 2, 3])
    }

    @Test func `goes past the page cache and back where the file system can`() throws {
        let file = try scratch.file("direct", [])
        guard file.setDirect(true) else { return }
        let buffer = Buffer(capacity: 8192)
        buffer.store([UInt8](repeating: 7, count: 8192), at: 0)
        try file.write(buffer, count: 8192, offset: 0)
        #expect(try file.read(into: buffer, count: 4096, offset: 4096) == 4096)
        let error = #expect(throws: SystemError.self) {
            try file.write(buffer, count: 5, offset: 8192)
        }
        #expect(error?.isInvalid == true)
        #expect(file.setDirect(false))
        try file.write(buffer, count: 5, offset: 8192)
        #expect(try file.readAll(limit: 8197) == [UInt8](repeating: 7, count: 8197))
    }

    @Test func `a pipe is opened without a writer when it is not waited for`() throws {
        #expect(mkfifo(scratch("pipe"), 0o600) == 0)
        #expect(try File(scratch("pipe"), .readAtOnce).facts().kind == .other)
    }

    @Test func `moves bytes to and from the middle of a buffer`() throws {
        let file = try scratch.file("a", [1, 2, 3, 4, 5])
        let buffer = Buffer(capacity: 8)
        #expect(try file.read(into: buffer, at: 2, count: 6, offset: 1) == 4)
        #expect(buffer.bytes(2..<6) == [2, 3, 4, 5])
        try file.write(buffer, at: 4, count: 2, offset: 0)
        #expect(try file.read(count: 5, offset: 0) == [4, 5, 3, 4, 5])
    }

    @Test func `is made once by createNew and not through a link where none is wanted`() throws {
        _ = try File(scratch("new"), .createNew)
        #expect { try File(scratch("new"), .createNew) } throws: { error in
            (error as? SystemError)?.isExisting == true
        }
        #expect { try File(scratch("none"), .read) } throws: { error in
            (error as? SystemError)?.isMissing == true
        }
        try Directory.link(scratch("link"), to: "new")
        _ = try File(scratch("link"), .read)
        #expect { try File(scratch("link"), .read, followsLinks: false) } throws: { error in
            (error as? SystemError)?.isLink == true
        }
    }

    @Test func `appends behind what is there`() throws {
        try scratch.file("log", [1])
        let log = try File(scratch("log"), .append)
        try log.write([2], offset: 0)
        #expect(try log.readAll(limit: 9) == [1, 2])
    }

    @Test func `shows size, kind, permissions and changes`() throws {
        let file = try scratch.file("a", [1, 2, 3])
        try file.setMode(0o640)
        let before = try file.facts()
        #expect(before.kind == .file && before.size == 3 && before.mode == 0o640)
        #expect(before.owner == Machine.userNumber)
        #expect(try File.facts(of: scratch("a")) == before)
        try file.resize(to: 9)
        let after = try file.facts()
        #expect(after.size == 9 && after != before && after.inode == before.inode)
        try Directory.link(scratch("l"), to: "a")
        #expect(try File.facts(of: scratch("l")).kind == .link)
        #expect(try File.facts(of: scratch.path).kind == .folder)
        #expect(try File.facts(of: "/dev/null").kind == .other)
    }

    @Test func `is copied whole, also in steps, and never beyond its end`() throws {
        let bytes = (0..<(3 << 20) + 5).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let source = try scratch.file("source", bytes)
        let target = try File(scratch("target"), .createNew)
        try target.copy(from: source, size: UInt64(bytes.count))
        #expect(try target.readAll(limit: 4 << 20) == bytes)
        let short = try File(scratch("short"), .createNew)
        #expect(throws: SystemError.self) { try short.copy(from: source, size: 4 << 20) }
        let clone = try File(scratch("clone"), .createNew)
        if clone.clone(from: source) { #expect(try clone.readAll(limit: 4 << 20) == bytes) }
    }

    @Test func `is reserved and made durable`() throws {
        let file = try scratch.file("a", [1])
        if try file.reserve(size: 1 << 16) { #expect(try file.read(count: 1, offset: 0) == [1]) }
        #expect(try file.reserve(size: 0))
        file.startWriteback(offset: 0, count: 1)
        try file.syncData()
        try file.sync()
    }
}
