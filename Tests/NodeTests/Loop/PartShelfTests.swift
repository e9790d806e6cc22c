import Host
import Swarm
import Testing
import Wire

@testable import Node

@Suite("The shelf of parts")
struct PartShelfTests {
    private let shelf = PartShelf()
    private let blob = Blake3.hash([1])

    private func part(_ leaves: Range<Int>, _ group: Int = 0) throws -> GroupPart {
        try #require(GroupPart(leaves: leaves, ofGroup: group, size: 40 << 20))
    }

    /// Keeps leaves whose bytes and values all have the number of the leaf.
    private func keep(_ leaves: Range<Int>, _ group: Int = 0) throws -> PartShelf.Outcome {
        let buffer = Buffer(capacity: HashTree.groupBytes)
        var values: [UInt8] = []
        for leaf in leaves {
            let bytes = [UInt8](repeating: UInt8(leaf), count: HashTree.leafBytes)
            buffer.store(bytes, at: (leaf - leaves.lowerBound) * HashTree.leafBytes)
            values += [UInt8](repeating: UInt8(leaf), count: HashTree.valueBytes)
        }
        return shelf.keep(try part(leaves, group), of: blob, buffer, leafValues: values)
    }

    private func isKept(_ outcome: PartShelf.Outcome) -> Bool {
        if case .kept = outcome { true } else { false }
    }

    @Test func `gives a group once all of it is here, in whatever order it came`() throws {
        #expect(isKept(try keep(32..<64)))
        #expect(isKept(try keep(0..<16)))
        #expect(isKept(try keep(0..<16)), "once more")
        guard case .whole(let buffer, let values) = try keep(16..<32) else {
            Issue.record("it is not whole")
            return
        }
        #expect(buffer.count == 1 << 20)
        for leaf in 0..<64 {
            #expect(buffer[leaf * HashTree.leafBytes] == UInt8(leaf))
            #expect(buffer[(leaf + 1) * HashTree.leafBytes - 1] == UInt8(leaf))
            #expect(values[leaf * 32] == UInt8(leaf) && values[leaf * 32 + 31] == UInt8(leaf))
        }
        #expect(shelf.groups(of: blob) == [0])
        shelf.drop(0, of: blob)
        #expect(shelf.count == 0 && shelf.groups(of: blob).isEmpty)
    }

    @Test func `has room for so many groups, and says when it is full`() throws {
        var count = 0
        while count < 40, isKept(try keep(0..<8, count)) { count += 1 }
        #expect(count >= PartLimits.groupsMax && count < 40)
        guard case .full = try keep(0..<8, count) else {
            Issue.record("there is room")
            return
        }
        #expect(isKept(try keep(8..<16, 3)), "a group that is there has room")
        shelf.drop(3, of: blob)
        #expect(isKept(try keep(0..<8, count)))
        #expect(shelf.bytes == count * HashTree.groupBytes)
    }
}
