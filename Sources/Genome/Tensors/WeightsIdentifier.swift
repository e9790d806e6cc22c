import Wire

/// The name of a set of weights: a Merkle root over the rows of its tensor table. Equal weights
/// have equal ids whatever files, shards and order hold them; configuration is not part of it.
///
/// With P the bytes `plasmid-weights-v1`: a leaf is BLAKE3(P 00 row), an inner node
/// BLAKE3(P 01 left right), no tensors BLAKE3(P 02). Rows in table order; the left half of n rows
/// is the largest power of two below n, as in RFC 6962 §2.1, so that a single tensor can be proven
/// to belong to it.
public enum WeightsIdentifier {
    private static let prefix = Array("plasmid-weights-v1".utf8)

    /// The weights id of a table.
    public static func identifier(of table: TensorTable) -> Digest {
        let leaves = table.rows.map { Blake3.hash(prefix + [0] + $0.encoded) }
        guard !leaves.isEmpty else { return Blake3.hash(prefix + [2]) }
        return root(of: leaves[...])
    }

    private static func root(of nodes: ArraySlice<Digest>) -> Digest {
        if nodes.count == 1, let only = nodes.first { return only }
        var leftCount = 1
        while leftCount * 2 < nodes.count { leftCount *= 2 }
        let left = root(of: nodes.prefix(leftCount))
        let right = root(of: nodes.dropFirst(leftCount))
        return Blake3.hash(prefix + [1] + left.bytes + right.bytes)
    }
}
