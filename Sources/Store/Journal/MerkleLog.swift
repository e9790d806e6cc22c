import Wire

/// The Merkle tree of an append-only log (RFC 6962 §2.1, SHA-256), kept as the unfinished right
/// edge: at most 255 hashes for each level of tiles.
struct MerkleLog: Equatable, Sendable {
    /// Hashes in a full tile: the tree is cut into levels of eight (C2SP tlog-tiles).
    static let tileWidth = 256

    /// A tile that just became full.
    struct Tile: Equatable, Sendable {
        let level: Int
        let index: UInt64
        let hashes: [Digest]
    }

    /// Number of entries.
    private(set) var count: UInt64 = 0
    /// `edge[level]`: the hashes of the last, unfinished tile of that level.
    private(set) var edge: [[Digest]] = []

    /// The hash of an entry.
    static func leafHash(_ entry: [UInt8]) -> Digest { Sha256.hash([0] + entry) }

    /// The hash of a node above two others.
    static func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
        Sha256.hash([1] + left.bytes + right.bytes)
    }

    /// Adds an entry; the tiles that it made full, lowest level first.
    mutating func append(_ entry: [UInt8]) -> [Tile] {
        count += 1
        var full: [Tile] = []
        var hash = Self.leafHash(entry)
        var level = 0
        while true {
            if edge.count == level { edge.append([]) }
            edge[level].append(hash)
            guard edge[level].count == Self.tileWidth else { return full }
            let hashes = edge[level]
            let index = (count >> UInt64(8 * (level + 1))) - 1
            full.append(Tile(level: level, index: index, hashes: hashes))
            hash = Self.root(perfect: hashes[...])
            edge[level] = []
            level += 1
        }
    }

    /// The unfinished tiles that are not empty.
    var partialTiles: [Tile] {
        edge.enumerated().compactMap { level, hashes in
            guard !hashes.isEmpty else { return nil }
            return Tile(level: level, index: count >> UInt64(8 * (level + 1)), hashes: hashes)
        }
    }

    /// The root over all entries; SHA-256 of nothing for none.
    var root: Digest {
        var root: Digest?
        for hashes in edge {
            // The binary digits of the count say where the perfect subtrees end; from the right.
            var end = hashes.count
            while end > 0 {
                let width = 1 << end.trailingZeroBitCount
                let subtree = Self.root(perfect: hashes[end - width..<end])
                root = root.map { Self.nodeHash(subtree, $0) } ?? subtree
                end -= width
            }
        }
        return root ?? Sha256.hash([])
    }

    /// The root of a power of two of hashes.
    static func root(perfect hashes: ArraySlice<Digest>) -> Digest {
        var row = Array(hashes)
        precondition(row.count.nonzeroBitCount == 1)
        while row.count > 1 {
            row = stride(from: 0, to: row.count, by: 2).map { nodeHash(row[$0], row[$0 + 1]) }
        }
        return row[0]
    }
}
