import Foundation
import Testing

@testable import Host

@Suite("A folder")
struct DirectoryTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `is made with all above it, twice without harm, never over a file`() throws {
        try Directory.create(scratch("a/b/c"), mode: 0o700)
        try Directory.create(scratch("a/b/c"))
        #expect(try File.facts(of: scratch("a/b")).mode == 0o700)
        try scratch.file("file", [1])
        #expect(throws: SystemError("mkdir", scratch("file"), code: ENOTDIR)) {
            try Directory.create(scratch("file"))
        }
        #expect(throws: SystemError.self) { try Directory.create(scratch("file/below")) }
    }

    @Test func `lists its names in byte order with their kinds`() throws {
        try scratch.file("b", [])
        try scratch.file("a", [])
        try scratch.file("Z", [])
        try Directory.create(scratch("é"))
        try Directory.link(scratch("link"), to: "nowhere")
        let entries = try Directory.list(scratch.path)
        #expect(entries.map(\.name) == ["Z", "a", "b", "link", "é"])
        #expect(entries.map(\.kind) == [.file, .file, .file, .link, .folder])
        #expect(throws: SystemError.self) { try Directory.list(scratch("none")) }
    }

    @Test func `leaves out what goes while it is listed`() throws {
        for index in 0..<40 { try scratch.file("stays\(index)", []) }
        let place = scratch("comes and goes")
        let isOver = Lock(false)
        let other = try Thread("other") {
            while !isOver.withLock({ $0 }) {
                _ = try? File(place, .create)
                try? Directory.removeFile(place)
            }
        }
        defer {
            isOver.withLock { $0 = true }
            other.join()
        }
        for _ in 0..<500 {
            let count = try Directory.list(scratch.path).count
            #expect(count == 40 || count == 41)
        }
    }

    @Test func `renames over another name, or only to a free one`() throws {
        try scratch.file("a", [1])
        try scratch.file("b", [2])
        #expect { try Directory.renameNew(scratch("a"), to: scratch("b")) } throws: { error in
            (error as? SystemError)?.isExisting == true
        }
        try Directory.rename(scratch("a"), to: scratch("b"))
        #expect(try File(scratch("b"), .read).readAll(limit: 9) == [1])
        try Directory.renameNew(scratch("b"), to: scratch("c"))
        #expect(Directory.exists(scratch("c")) && !Directory.exists(scratch("b")))
        try Directory.sync(scratch.path)
    }

    @Test func `removes a tree but nothing that its links point to`() throws {
        try Directory.create(scratch("tree/deep"))
        try scratch.file("tree/deep/file", [1])
        try scratch.file("outside", [1])
        try Directory.link(scratch("tree/link"), to: scratch("outside"))
        try Directory.removeTree(scratch("tree"))
        #expect(!Directory.exists(scratch("tree")))
        #expect(Directory.exists(scratch("outside")))
        try Directory.removeTree(scratch("outside"))
        #expect(throws: SystemError.self) { try Directory.removeFile(scratch("outside")) }
    }

    @Test func `reads and resolves links`() throws {
        try Directory.create(scratch("a"))
        try Directory.link(scratch("link"), to: "a/../a")
        #expect(try Directory.readLink(scratch("link")) == "a/../a")
        let root = try Directory.resolve(scratch.path)
        #expect(try Directory.resolve(scratch("link")) == "\(root)/a")
        try Directory.link(scratch("dangling"), to: "none")
        #expect(Directory.exists(scratch("dangling")))
        #expect(throws: SystemError.self) { try Directory.resolve(scratch("dangling")) }
    }

    @Test func `knows its file system`() throws {
        let space = try Directory.space(at: scratch.path)
        #expect(space.total > 0 && space.free <= space.total)
        #expect(try Directory.filesystemType(at: "/proc") == 0x9fa0)
        #expect(throws: SystemError.self) { try Directory.space(at: scratch("none")) }
    }
}
