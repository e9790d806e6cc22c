import Testing
import Wire

@Suite struct GroupPartTests {
    /// The bytes of a part as a peer sends them.
    private func travelling(_ part: GroupPart, of blob: RangeProofTests.Blob) -> [UInt8] {
        let range = HashTree.groupRange(part.group, size: blob.layer.size)
        let group = Array(blob.bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        return Array(group[part.byteRange]) + part.path(inGroup: group.span.bytes)
    }

    @Test(arguments: [16_385, 50_000, 1 << 20, 1 << 20 + 1, 3_300_000])
    func `any run of leaves is proven by its path, and no other bytes are`(size: Int) throws {
        let blob = try RangeProofTests.Blob(size)
        let size = blob.layer.size
        for _ in 0..<20 {
            let group = Int.random(in: 0..<HashTree.groupCount(size: size))
            let leafCount = HashTree.leaves(ofGroup: group, size: size).count
            let first = Int.random(in: 0..<leafCount)
            let leaves = first..<Int.random(in: first + 1...leafCount)
            let part = try #require(GroupPart(leaves: leaves, ofGroup: group, size: size))
            let bytes = travelling(part, of: blob)
            #expect(bytes.count == part.byteCount)
            let start = (group * HashTree.leavesPerGroup + leaves.lowerBound) * 32
            #expect(
                blob.layer.leafValues(ifMatching: bytes.span.bytes, as: part)
                    == Array(blob.leafValues[start..<start + leaves.count * 32]))
            var bent = bytes
            bent[Int.random(in: bent.indices)] ^= 1
            #expect(blob.layer.leafValues(ifMatching: bent.span.bytes, as: part) == nil)
            let short = Array(bytes.dropLast())
            #expect(blob.layer.leafValues(ifMatching: short.span.bytes, as: part) == nil)
        }
    }

    @Test func `an aligned eighth of a group needs three values`() throws {
        let blob = try RangeProofTests.Blob(2 << 20)
        for first in stride(from: 0, to: 64, by: 8) {
            let part = try #require(
                GroupPart(leaves: first..<first + 8, ofGroup: 1, size: blob.layer.size))
            #expect(part.pathByteCount == 96 && part.byteCount == 131_168)
        }
        let whole = try #require(GroupPart(leaves: 0..<64, ofGroup: 1, size: blob.layer.size))
        #expect(whole.pathByteCount == 0)
        // A part of another place is another part.
        let first = try #require(GroupPart(leaves: 0..<8, ofGroup: 0, size: blob.layer.size))
        let other = try #require(GroupPart(leaves: 8..<16, ofGroup: 0, size: blob.layer.size))
        let bytes = travelling(first, of: blob)
        #expect(blob.layer.leafValues(ifMatching: bytes.span.bytes, as: other) == nil)
    }

    @Test func `leaves that are not there are no part`() {
        #expect(GroupPart(leaves: 0..<1, ofGroup: 0, size: 100) == nil, "the blob itself")
        #expect(GroupPart(leaves: 0..<0, ofGroup: 0, size: 1 << 20) == nil)
        #expect(GroupPart(leaves: 60..<65, ofGroup: 0, size: 2 << 20) == nil)
        #expect(GroupPart(leaves: 0..<1, ofGroup: 2, size: 2 << 20) == nil)
        #expect(GroupPart(leaves: 1..<3, ofGroup: 1, size: 1 << 20 + 20_000) == nil)
        let last = GroupPart(leaves: 1..<2, ofGroup: 1, size: 1 << 20 + 20_000)
        #expect(last?.byteRange.count == 3616)
    }
}
