import Testing

@testable import Wire

@Suite struct HashTreeTests {
    @Test func `leaves and groups of a blob are counted with a last ragged one`() {
        #expect(HashTree.leafCount(size: 0) == 1)
        #expect(HashTree.leafCount(size: 16_384) == 1)
        #expect(HashTree.leafCount(size: 16_385) == 2)
        #expect(HashTree.groupCount(size: 1 << 20) == 1)
        #expect(HashTree.groupCount(size: 1 << 20 + 1) == 2)
        #expect(HashTree.groupRange(1, size: 1_048_581) == 1_048_576..<1_048_581)
        #expect(HashTree.leaves(ofGroup: 1, size: 1 << 20 + 16_385) == 64..<66)
        #expect(HashTree.groupCount(size: Limits.blobBytesMax) == 1 << 20)
    }

    @Test func `the left subtree is the largest power of two below the total`() {
        #expect([2, 3, 4, 5, 8, 9].map(HashTree.leftCount) == [1, 2, 2, 4, 4, 8])
    }

    @Test func `group values from leaves fold to the blob id`() {
        for size in [0, 1, 16_384, 16_385, 1 << 20, 1 << 20 + 1, 3 << 20, 3 << 20 + 70_000] {
            let bytes = Pattern.bytes(size)
            let count = HashTree.groupCount(size: UInt64(size))
            var values: [UInt8] = []
            for group in 0..<count {
                let range = HashTree.groupRange(group, size: UInt64(size))
                let part = bytes.span.bytes.extracting(
                    Int(range.lowerBound)..<Int(range.upperBound))
                let leaves = HashTree.leafValues(
                    of: part, groupIndex: group, isOnlyGroup: count == 1)
                values += HashTree.groupValue(leafValues: leaves, isOnlyGroup: count == 1).bytes
            }
            #expect(HashTree.root(groupValues: values) == Blake3.hash(bytes), "\(size) bytes")
        }
    }
}
