import Host
import Testing
import Wire

@testable import Store

@Suite struct DirectFileTests {
    private let scratch: Scratch
    private let path: String

    init() throws {
        scratch = Scratch()
        let bytes = [UInt8](repeating: 1, count: HashTree.groupBytes + 5)
        path = try scratch.file("file", bytes).path
    }

    @Test func `whole groups go past the cache, parts and odd places do not`() throws {
        guard let direct = DirectFile(path, .write) else { return }
        let buffer = Buffer(capacity: HashTree.groupBytes + File.directBytes)
        let whole = 0..<UInt64(HashTree.groupBytes)
        #expect(try direct.read(whole, into: buffer, at: 0) == HashTree.groupBytes)
        #expect(buffer.bytes(0..<2) == [1, 1])
        #expect(try direct.read(whole, into: buffer, at: File.directBytes) == whole.count)
        #expect(try direct.read(whole, into: buffer, at: 1) == nil)
        #expect(try direct.read(0..<5, into: buffer, at: 0) == nil)
        #expect(try !direct.write(buffer, at: 0, 0..<5))
        #expect(try direct.write(buffer, at: 0, whole))
        #expect(direct.isUsed)
    }

    @Test func `a disk that takes long has everything through the cache, a busy one not`() throws {
        guard let direct = DirectFile(path, .read) else { return }
        // Solid disks under load.
        for _ in 0..<100 { direct.noteRead(4_000_000) }
        #expect(direct.isUsed)
        for _ in 0..<20 { direct.noteRead(20_000_000) }
        #expect(!direct.isUsed)
        let buffer = Buffer(capacity: HashTree.groupBytes)
        let whole = 0..<UInt64(HashTree.groupBytes)
        #expect(try direct.read(whole, into: buffer, at: 0) == nil)
    }

    @Test func `there is none of what is not there, or a link`() throws {
        #expect(DirectFile("\(scratch.path)/nothing", .read) == nil)
        try Directory.link("\(scratch.path)/link", to: path)
        #expect(DirectFile("\(scratch.path)/link", .read) == nil)
    }
}
