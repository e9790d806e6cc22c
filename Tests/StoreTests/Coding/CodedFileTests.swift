import Foundation
import Host
import Testing
import Wire

@testable import Store

@Suite struct CodedFileTests {
    private let scratch = Scratch()
    private let layout: Layout

    init() throws { layout = try scratch.home().layout }

    private func pair() throws -> (parent: TensorBlob, child: TensorBlob, bytes: [UInt8]) {
        let base = ModelSample.base(blocks: 9)
        let child = base.tuned()
        let parent = try base.stored(layout)
        let son = try child.stored(layout)
        _ = try #require(try parent.recode(layout))
        _ = try #require(try son.recode(layout, against: [parent.reopened(layout)]))
        return (parent, son, child.bytes)
    }

    @Test func `a bit that turned anywhere is found, and nothing else is touched`() throws {
        let (_, child, bytes) = try pair()
        let path = layout.coded(child.reader.id)
        let size = try File.facts(of: path).size
        let layer = try child.reader.layer()
        var samples = CodingSamples(3)
        for round in 0..<60 {
            let place = UInt64(samples.below(Int(size)))
            try Scratch.flip(path, at: place)
            if let reader = try? BlobReader(child.reader.id, layout: layout) {
                // The head is sound, so one group is damaged and the others are as they were.
                #expect(try reader.verify().count == 1, "round \(round) at \(place)")
            } else {
                #expect(place < 58 + 41 + 2 * 5 + 32)
            }
            try Scratch.flip(path, at: place)
        }
        let reader = try BlobReader(child.reader.id, layout: layout)
        #expect(try reader.layer() == layer && reader.verify() == [])
        #expect(try reader.readAll(limit: 8 << 20) == bytes)
    }

    @Test func `a file that is cut, longer or another blob's is refused`() throws {
        let (parent, child, _) = try pair()
        let path = layout.coded(child.reader.id)
        let bytes = try File(path, .read).readAll(limit: 8 << 20)
        for changed in [
            Array(bytes.dropLast()), bytes + [0], [], Array(bytes[..<58]), Array(bytes[..<100]),
        ] {
            try Directory.removeFile(path)
            try File(path, .createNew).write(changed, offset: 0)
            #expect(throws: StoreError.self) { try BlobReader(child.reader.id, layout: layout) }
        }
        try Directory.removeFile(path)
        let other = try File(layout.coded(parent.reader.id), .read).readAll(limit: 8 << 20)
        try File(path, .createNew).write(other, offset: 0)
        #expect(throws: StoreError.damaged(path)) {
            try BlobReader(child.reader.id, layout: layout)
        }
    }

    @Test func `files that draw on each other in a ring are refused, not followed`() throws {
        let (one, two) = (Blake3.hash([1]), Blake3.hash([2]))
        let coder = try #require(GroupCoder())
        let zeros = [UInt8](repeating: 0, count: 4_000)
        let group = coder.encode(
            zeros, [CodedSegment(offset: 0, length: 4_000, type: .bf16, parent: 0)],
            parent: zeros)
        for (id, other) in [(one, two), (two, one)] {
            let header = CodedHeader(
                id: id, size: 4_000, parents: [.init(id: other, size: 4_000, cost: 1)],
                groups: [.init(length: group.count, cost: 2)])
            let path = layout.coded(id)
            try Directory.create(Layout.folder(of: path))
            try File(path, .createNew).write(header.encode() + group, offset: 0)
        }
        let file = try CodedFile(one, layout: layout)
        let decoder = try #require(ChainDecoder())
        var bytes: [UInt8] = []
        #expect(throws: StoreError.self) { try decoder.read(0, of: file, into: &bytes) }
        #expect(decoder.decodeCount == CodedHeader.costMax)
    }

    @Test func `a reader goes on when the form of its blob or of a parent changes`() throws {
        let (parent, child, bytes) = try pair()
        let reader = try BlobReader(child.reader.id, layout: layout)
        let buffer = Buffer(capacity: HashTree.groupBytes)
        // The child is made raw, and its parent goes.
        let path = layout.object(child.reader.id)
        try File(path, .createNew).write(bytes, offset: 0)
        try Directory.removeFile(layout.coded(child.reader.id))
        try Directory.removeFile(layout.coded(parent.reader.id))
        let count = try reader.read(group: 1, into: buffer)
        #expect(buffer.bytes(0..<count) == Array(bytes[(1 << 20)...].prefix(count)))
    }
}
