/// One leaf that an answer shows, with the proof that it is the blob's.
public struct ChallengeLeaf: Equatable, Sendable {
    /// Longest proof of one leaf: two numbers, its value, and a path of `Limits.proofSiblingsMax`.
    static let proofBytesMax = 10 + 32 + 32 * Limits.proofSiblingsMax

    /// The challenge's nonce.
    public let nonce: Digest
    /// Its place in the chain, from 0.
    public let step: Int
    /// The proof as `RangeProof` writes it.
    public let proof: [UInt8]
    /// The leaf's bytes.
    public let bytes: [UInt8]

    /// A leaf with its proof; both must be within the limits.
    public init(nonce: Digest, step: Int, proof: [UInt8], bytes: [UInt8]) {
        precondition((0..<ChallengeTerms.shownStepsMax).contains(step))
        precondition(proof.count <= Self.proofBytesMax && bytes.count <= HashTree.leafBytes)
        self.nonce = nonce
        self.step = step
        self.proof = proof
        self.bytes = bytes
    }

    /// Whether these are the bytes of leaf `index` of the blob.
    public func isLeaf(_ index: Int, of blob: Digest, size: UInt64) -> Bool {
        var reader = Reader(proof)
        guard let proof = try? RangeProof(reading: &reader, size: size), reader.isAtEnd,
            proof.leaves == index..<index + 1
        else { return false }
        return (try? proof.verify(id: blob, bytes: bytes.span.bytes)) != nil
    }

    func encode(to writer: inout Writer) {
        writer.write(nonce)
        writer.write(UInt8(step))
        writer.writeCounted(proof)
        writer.write(bytes)
    }

    init(from reader: inout Reader) throws(WireError) {
        nonce = try reader.readDigest()
        step = Int(try reader.readUInt8())
        guard step < ChallengeTerms.shownStepsMax else { throw .tooLarge("challenge step") }
        proof = try reader.readCounted(limit: Self.proofBytesMax, "proof")
        guard reader.remaining <= HashTree.leafBytes else { throw .tooLarge("leaf") }
        bytes = try reader.readBytes(reader.remaining)
    }
}
