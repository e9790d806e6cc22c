import Foundation
import Host
import Testing
import Wire

@testable import Store

/// Whole coded files that are not what was written: in the head, its tables, the groups, behind
/// their end. Each is refused or its damaged groups are named; none is read as something else.
@Suite struct CodedFileDamageTests {
    private let scratch = Scratch()
    private let layout: Layout

    init() throws { layout = try scratch.home().layout }

    /// A coded file that its test writes otherwise.
    private struct Coded {
        let id: Digest
        let path: String
        let bytes: [UInt8]
        let header: CodedHeader
        let plain: [UInt8]
        let layout: Layout

        var headBytes: Int { header.encode().count }

        /// What is found of such bytes in its place: nil where the file is refused.
        func damaged(_ changed: [UInt8]) throws -> [Int]? {
            try Data(changed).write(to: URL(fileURLWithPath: path))
            guard let reader = try? BlobReader(id, layout: layout) else { return nil }
            let found = try reader.verify()
            if found.isEmpty {
                #expect(try reader.readAll(limit: 8 << 20) == plain)
            }
            return found
        }
    }

    private func coded(blocks: Int) throws -> Coded {
        let base = ModelSample.base(blocks: blocks)
        let child = base.tuned()
        let parent = try base.stored(layout)
        let son = try child.stored(layout)
        _ = try #require(try parent.recode(layout))
        let header = try #require(
            try son.recode(layout, against: [parent.reopened(layout)]))
        let path = layout.coded(son.reader.id)
        chmod(path, 0o600)
        return Coded(
            id: son.reader.id, path: path, bytes: [UInt8](try Data(at: path)), header: header,
            plain: child.bytes, layout: layout)
    }

    @Test(arguments: [UInt8(0x01), 0x80, 0xff])
    func `every byte of a file, changed alone, is found`(mask: UInt8) throws {
        let coded = try coded(blocks: 1)
        #expect(coded.header.groups.count == 1 && coded.bytes.count < 8_000)
        var harmless = 0
        for place in coded.bytes.indices {
            var changed = coded.bytes
            changed[place] ^= mask
            let found = try coded.damaged(changed)
            if place < coded.headBytes {
                #expect(found == nil, "byte \(place) of the head")
            } else if found == [] {
                // Bits that no decoder of zstd looks at; the bytes are the right ones.
                harmless += 1
            } else {
                #expect(found == [0], "byte \(place)")
            }
        }
        #expect(harmless < 20, "\(harmless)")
        #expect(try coded.damaged(coded.bytes) == [])
    }

    @Test func `a file that ends anywhere before its end is refused`() throws {
        let coded = try coded(blocks: 1)
        for count in coded.bytes.indices {
            #expect(try coded.damaged(Array(coded.bytes[..<count])) == nil, "\(count) bytes")
        }
    }

    @Test func `bytes behind the end or before the beginning are refused`() throws {
        let coded = try coded(blocks: 1)
        let tail = Array(coded.bytes[coded.headBytes...])
        for more in [[0], [UInt8](repeating: 0, count: 4_096), tail, coded.bytes] {
            #expect(try coded.damaged(coded.bytes + more) == nil, "\(more.count) more")
            #expect(try coded.damaged(more + coded.bytes) == nil, "\(more.count) before")
        }
        // One cut out, one put in, within the groups.
        let middle = coded.headBytes + tail.count / 2
        var changed = coded.bytes
        changed.remove(at: middle)
        #expect(try coded.damaged(changed) == nil)
        changed.append(0)
        #expect(try coded.damaged(changed) == [0])
        #expect(try coded.damaged([UInt8](repeating: 0, count: coded.bytes.count)) == nil)
    }

    @Test func `a group that is damaged at either end is named, and the others are read`() throws {
        let coded = try coded(blocks: 17)
        #expect(coded.header.groups.count == 3)
        for (index, group) in coded.header.groups.enumerated() {
            let start = Int(coded.header.starts[index])
            for place in [start, start + 1, start + group.length / 2, start + group.length - 1] {
                var changed = coded.bytes
                changed[place] ^= 0xff
                #expect(try coded.damaged(changed) == [index], "byte \(place - start) of \(index)")
            }
            var empty = coded.bytes
            for place in start..<start + group.length { empty[place] = 0 }
            #expect(try coded.damaged(empty) == [index])
        }
    }

    /// The head's sum finds what happens; a head whose sum was made to fit is a liar's.
    @Test func `a head that lies, with a sum that fits, gives no other bytes`() throws {
        let coded = try coded(blocks: 17)
        let honest = coded.header
        let tail = coded.bytes[coded.headBytes...]
        func found(
            id: Digest? = nil, size: UInt64? = nil, parents: [CodedHeader.Parent]? = nil,
            groups: [CodedHeader.Group]? = nil
        ) throws -> [Int]? {
            let header = CodedHeader(
                id: id ?? honest.id, size: size ?? honest.size, parents: parents ?? honest.parents,
                groups: groups ?? honest.groups)
            return try coded.damaged(header.encode() + tail)
        }
        #expect(try found() == [])
        #expect(try found(id: Blake3.hash([1])) == nil)
        #expect(try found(size: honest.size + 1) != [])
        #expect(try found(size: honest.size - 1) != [])
        #expect(try found(size: 1) == nil)
        // A byte of one group counted to the next.
        var groups = honest.groups
        groups[0] = .init(length: groups[0].length - 1, cost: groups[0].cost)
        groups[1] = .init(length: groups[1].length + 1, cost: groups[1].cost)
        #expect(try found(groups: groups) == [0, 1])
        #expect(try found(groups: honest.groups.reversed()) != [])
        #expect(try found(groups: Array(honest.groups.dropLast())) == nil)
        // Groups that cost more than was noted are not read beyond it.
        let cheap = honest.groups.map { CodedHeader.Group(length: $0.length, cost: 1) }
        let parent = try #require(honest.parents.first)
        _ = try found(groups: cheap)
        for wrong in [
            CodedHeader.Parent(id: Blake3.hash([2]), size: parent.size, cost: parent.cost),
            .init(id: parent.id, size: parent.size + 1, cost: parent.cost),
            .init(id: parent.id, size: 1, cost: parent.cost),
        ] {
            #expect(try found(parents: [wrong])?.isEmpty == false, "\(wrong.size)")
        }
        #expect(try found(parents: []) != [])
    }

    @Test func `a parent that is damaged or gone is told by its child, whose file is left`() throws
    {
        let coded = try coded(blocks: 1)
        let parent = layout.coded(try #require(coded.header.parents.first).id)
        let size = try File.facts(of: parent).size
        try Scratch.flip(parent, at: size - 100)
        #expect(try coded.damaged(coded.bytes) == [0])
        try Scratch.flip(parent, at: size - 100)
        #expect(try coded.damaged(coded.bytes) == [])
        try Directory.removeFile(parent)
        #expect(try coded.damaged(coded.bytes) == [0])
        #expect([UInt8](try Data(at: coded.path)) == coded.bytes)
    }
}

extension Data {
    fileprivate init(at path: String) throws {
        try self.init(contentsOf: URL(fileURLWithPath: path))
    }
}
