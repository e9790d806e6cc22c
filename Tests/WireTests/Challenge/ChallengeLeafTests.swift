import Testing

@testable import Wire

@Suite struct ChallengeLeafTests {
    private let blob = Pattern.bytes(40_000)

    private func leaf(_ index: Int, step: Int = 0) throws -> ChallengeLeaf {
        let id = Blake3.hash(blob)
        let layer = try #require(GroupLayer(singleGroup: id, size: UInt64(blob.count)))
        let range = HashTree.leafRange(index, size: UInt64(blob.count))
        let values = HashTree.leafValues(of: blob.span.bytes, groupIndex: 0, isOnlyGroup: true)
        var writer = Writer()
        try RangeProof(range, layer: layer, leafValues: values).write(to: &writer)
        return ChallengeLeaf(
            nonce: Digest(words: (1, 2, 3, 4)), step: step, proof: writer.bytes,
            bytes: Array(blob[Int(range.lowerBound)..<Int(range.upperBound)]))
    }

    @Test func `a leaf with its proof comes back and proves itself`() throws {
        let id = Blake3.hash(blob)
        for index in 0..<3 {
            let leaf = try leaf(index, step: index)
            let bytes = Message.challengeLeaf(leaf).bytes
            #expect(try Message(bytes: bytes) == .challengeLeaf(leaf))
            #expect(leaf.isLeaf(index, of: id, size: 40_000))
            #expect(!leaf.isLeaf((index + 1) % 3, of: id, size: 40_000))
            #expect(!leaf.isLeaf(index, of: leaf.nonce, size: 40_000))
            #expect(!leaf.isLeaf(index, of: id, size: 400_000))
        }
    }

    @Test func `other bytes and longer proofs prove nothing`() throws {
        let id = Blake3.hash(blob)
        let leaf = try leaf(1)
        var bytes = leaf.bytes
        bytes[7] ^= 1
        let others = [
            ChallengeLeaf(nonce: leaf.nonce, step: 0, proof: leaf.proof, bytes: bytes),
            ChallengeLeaf(nonce: leaf.nonce, step: 0, proof: leaf.proof + [0], bytes: leaf.bytes),
            ChallengeLeaf(
                nonce: leaf.nonce, step: 0, proof: leaf.proof, bytes: leaf.bytes.dropLast()),
            ChallengeLeaf(nonce: leaf.nonce, step: 0, proof: [], bytes: leaf.bytes),
        ]
        for other in others { #expect(!other.isLeaf(1, of: id, size: 40_000)) }
    }

    @Test func `what is longer than a leaf, its proof or a chain is refused`() {
        let head = [172] + Digest(words: (1, 2, 3, 4)).bytes
        #expect(throws: WireError.tooLarge("challenge step")) {
            try Message(bytes: head + [20, 0])
        }
        #expect(throws: WireError.tooLarge("proof")) {
            try Message(bytes: head + [0, 0xff, 0x7f] + [UInt8](repeating: 0, count: 16_383))
        }
        #expect(throws: WireError.tooLarge("leaf")) {
            try Message(bytes: head + [0, 0] + [UInt8](repeating: 0, count: 16_385))
        }
    }
}
