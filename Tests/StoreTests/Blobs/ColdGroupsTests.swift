import Glibc
import Host
import Testing
import Wire

@testable import Store

@Suite struct ColdGroupsTests {
    private let scratch: Scratch
    private let file: File
    private let bytes: [UInt8]

    init() throws {
        scratch = Scratch()
        bytes = Scratch.bytes((3 << 20) + 7)
        file = try scratch.file("file", bytes)
        try file.sync()
    }

    private func forget() throws {
        guard posix_fadvise(file.descriptor.number, 0, 0, POSIX_FADV_DONTNEED) == 0 else {
            throw SystemError("posix_fadvise", file.path, code: EIO)
        }
    }

    private func read(_ cold: ColdGroups, _ group: Int) throws -> Bool {
        let buffer = Buffer(capacity: HashTree.groupBytes)
        let range = HashTree.groupRange(group, size: UInt64(bytes.count))
        let count = try cold.read(group: group, range, into: buffer, at: 0)
        if let count {
            let expected = bytes[Int(range.lowerBound)..<Int(range.upperBound)]
            #expect(buffer.bytes(0..<count) == Array(expected))
        }
        return count != nil
    }

    /// Whether this file system can be read past its cache, and forgets when asked.
    private func canBeCold() throws -> Bool {
        try forget()
        return DirectFile(file.path, .read) != nil
            && !file.isCached(offset: 0, count: HashTree.groupBytes)
    }

    @Test func `a cold group comes past the cache once, and leaves it as it was`() throws {
        guard try canBeCold() else { return }
        let cold = try #require(ColdGroups(file, groupCount: 4))
        #expect(try read(cold, 0))
        #expect(!file.isCached(offset: 0, count: HashTree.groupBytes))
        #expect(try !read(cold, 0), "who wants it again is not alone")
        #expect(try read(cold, 2))
        #expect(try !read(cold, 3), "the last one is no whole group")
    }

    @Test func `a group that the cache has comes from there`() throws {
        guard try canBeCold() else { return }
        let cold = try #require(ColdGroups(file, groupCount: 4))
        _ = try file.read(count: HashTree.groupBytes, offset: 1 << 20)
        #expect(file.isCached(offset: 1 << 20, count: HashTree.groupBytes))
        #expect(try !read(cold, 1))
    }

    @Test func `another file under the name is not taken for it`() throws {
        try Directory.rename(file.path, to: "\(scratch.path)/old")
        _ = try scratch.file("file", bytes)
        #expect(ColdGroups(file, groupCount: 4) == nil)
        #expect(ColdGroups(file, groupCount: 1) == nil)
    }

    @Test func `peers get the same bytes as the owner`() throws {
        let layout = try scratch.home().layout
        let blob = try BlobImport.run(bytes: bytes, into: layout)
        let reader = try BlobReader(blob.id, layout: layout)
        let peers = reader.forPeers
        let buffer = Buffer(capacity: HashTree.groupBytes)
        for _ in 0..<2 {
            for group in 0..<4 {
                let own = try reader.read(group: group, into: buffer)
                let expected = buffer.bytes(0..<own)
                let count = try peers.read(group: group, into: buffer)
                #expect(buffer.bytes(0..<count) == expected)
            }
        }
    }
}
