/// Checks the data of a proven range as it arrives, leaf after leaf: a wrong byte is found at the
/// end of its own 16 KiB.
public struct RangeVerifier: Sendable {
    private let proof: RangeProof
    private var pending: [UInt8] = []
    private var nextLeaf: Int

    /// A verifier for a proof that is checked against `id` here.
    public init(proof: RangeProof, id: Digest) throws(WireError) {
        try proof.verify(id: id)
        self.proof = proof
        nextLeaf = proof.leaves.lowerBound
    }

    /// Bytes proven so far, from the start of the covered range.
    public var verifiedByteCount: UInt64 {
        guard nextLeaf < proof.leaves.upperBound else { return UInt64(proof.coveredBytes.count) }
        let next = HashTree.leafRange(nextLeaf, size: proof.size).lowerBound
        return next - proof.coveredBytes.lowerBound
    }

    /// Adds the next bytes; refuses a leaf that is not the proven one and bytes after the last.
    public mutating func update(_ bytes: RawSpan) throws(WireError) {
        var start = 0
        while start < bytes.byteCount {
            guard nextLeaf < proof.leaves.upperBound else { throw .trailingBytes }
            let leafBytes = HashTree.leafRange(nextLeaf, size: proof.size).count
            let end = min(start + leafBytes - pending.count, bytes.byteCount)
            let part = bytes.extracting(start..<end)
            start = end
            if pending.isEmpty && part.byteCount == leafBytes {
                try check(part)
            } else {
                pending.append(contentsOf: part)
                guard pending.count == leafBytes else { continue }
                let leaf = pending
                pending.removeAll(keepingCapacity: true)
                try check(leaf.span.bytes)
            }
        }
    }

    /// Refuses the end of the data before the end of the covered range.
    public mutating func finish() throws(WireError) {
        // An empty blob has one leaf and no byte that could complete it.
        if proof.size == 0 && nextLeaf == 0 {
            let nothing: [UInt8] = []
            try check(nothing.span.bytes)
        }
        guard nextLeaf == proof.leaves.upperBound else { throw .truncated }
    }

    private mutating func check(_ leaf: RawSpan) throws(WireError) {
        let value = HashTree.leafValue(
            of: leaf, index: nextLeaf, leafCount: HashTree.leafCount(size: proof.size))
        let expected = HashTree.value(nextLeaf - proof.leaves.lowerBound, in: proof.leafValues)
        guard value[...] == expected else { throw .notAuthentic("leaf") }
        nextLeaf += 1
    }
}
