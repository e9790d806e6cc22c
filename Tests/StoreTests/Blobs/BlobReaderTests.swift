import Host
import Testing
import Wire

@testable import Store

@Suite struct BlobReaderTests {
    private let bytes = Scratch.bytes(3 << 20 + 12_345)

    private func stored(_ scratch: Scratch) throws -> (Layout, ImportedBlob) {
        let layout = try scratch.home().layout
        return (layout, try BlobImport.run(bytes: bytes, into: layout))
    }

    @Test func `groups and leaf values are those of the bytes`() throws {
        let (layout, blob) = try stored(Scratch())
        let reader = try BlobReader(blob.id, layout: layout)
        let layer = try reader.layer()
        let buffer = Buffer(capacity: HashTree.groupBytes)
        for group in 0..<reader.groupCount {
            let count = try reader.read(group: group, into: buffer)
            let expected = buffer.withSpan(0..<count) {
                layer.leafValues(ifMatching: $0, at: group)
            }
            #expect(try reader.leafValues(ofGroups: group..<group + 1) == expected)
        }
        #expect(try reader.readAll(limit: bytes.count) == bytes)
    }

    @Test func `single leaves are proven by one group's values, and their proofs by the id`()
        throws
    {
        let (layout, blob) = try stored(Scratch())
        let reader = try BlobReader(blob.id, layout: layout)
        let layer = try reader.layer()
        let count = HashTree.leafCount(size: reader.size)
        for index in [0, 1, 63, 64, count - 1] {
            let range = HashTree.leafRange(index, size: reader.size)
            let expected = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
            #expect(try reader.provenLeaf(index, of: layer) == expected)
            let proof = try reader.leafProof(index, of: layer)
            let leaf = ChallengeLeaf(nonce: blob.id, step: 0, proof: proof, bytes: expected)
            #expect(leaf.isLeaf(index, of: blob.id, size: reader.size))
        }
        try Scratch.flip(layout.object(blob.id), at: 16_384 + 5)
        #expect(try reader.provenLeaf(1, of: layer) == nil)
        #expect(try reader.provenLeaf(2, of: layer) != nil)
        // A file that was cut short has no leaf there.
        try File(layout.object(blob.id), .write).resize(to: 1 << 20)
        #expect(try reader.provenLeaf(100, of: layer) == nil)
    }

    @Test func `a damaged group is found and named, the others are sound`() throws {
        let (layout, blob) = try stored(Scratch())
        try Scratch.flip(layout.object(blob.id), at: 2 << 20 + 77)
        let reader = try BlobReader(blob.id, layout: layout)
        #expect(try reader.verify() == [2])
        #expect(throws: StoreError.damaged("blob \(blob.id)")) {
            try reader.readAll(limit: bytes.count)
        }
    }

    @Test func `a damaged or missing tree file is made anew from the bytes`() throws {
        let (layout, blob) = try stored(Scratch())
        let tree = layout.tree(blob.id)
        let good = try File(tree, .read).readAll(limit: 1 << 20)
        try Scratch.flip(tree, at: 100)
        let reader = try BlobReader(blob.id, layout: layout)
        #expect(try reader.verify() == [])
        #expect(try File(tree, .read).readAll(limit: 1 << 20) == good)
        try Directory.removeFile(tree)
        #expect(try reader.verify() == [])
    }

    @Test func `a blob cut short is damaged from there on`() throws {
        let (layout, blob) = try stored(Scratch())
        _ = try? Scratch.flip(layout.object(blob.id), at: 0)
        try Scratch.flip(layout.object(blob.id), at: 0)
        let reader = try BlobReader(blob.id, layout: layout)
        try File(layout.object(blob.id), .write).resize(to: 1 << 20)
        #expect(try reader.verify() == [1, 2, 3])
    }

    @Test func `any range is proven`() throws {
        let (layout, blob) = try stored(Scratch())
        let reader = try BlobReader(blob.id, layout: layout)
        let proof = try reader.proof(of: 1_000_000..<1_100_000)
        let covered = Int(proof.coveredBytes.lowerBound)..<Int(proof.coveredBytes.upperBound)
        try proof.verify(id: blob.id, bytes: Array(bytes[covered]).span.bytes)
        #expect(throws: StoreError.self) { try reader.proof(of: 0..<1 << 30) }
    }

    @Test func `a blob that is not here is missing`() throws {
        let layout = try Scratch().home().layout
        let id = Blake3.hash([1])
        #expect(throws: StoreError.missing("blob \(id)")) {
            try BlobReader(id, layout: layout)
        }
    }
}
