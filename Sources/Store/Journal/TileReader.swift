import Host
import Wire

/// Hashes of perfect subtrees out of the tiles on the disk, the unfinished ones out of memory.
/// What it gives is not checked: a proof made of it is, before it leaves.
struct TileReader: ~Copyable {
    private let layout: Layout
    private let edge: [[Digest]]
    private let count: UInt64
    private var cached: [String: [Digest]] = [:]

    /// A reader of the tree as it stands in memory.
    init(_ layout: Layout, _ log: MerkleLog) {
        self.layout = layout
        edge = log.edge
        count = log.count
    }

    /// The hash of the subtree of 2^level entries that begins at entry index · 2^level.
    mutating func subtree(_ level: Int, _ index: UInt64) throws(StoreError) -> Digest {
        let (tile, height) = level.quotientAndRemainder(dividingBy: 8)
        let perTile = UInt64(8 - height)
        let hashes = try hashes(tile, index >> perTile)
        let first = Int(index & (1 << perTile - 1)) << height
        let end = first + 1 << height
        guard end <= hashes.count else {
            throw .damaged("the journal's tree in \(layout.journal) (a tile is too short)")
        }
        return MerkleLog.root(perfect: hashes[first..<end])
    }

    private mutating func hashes(_ level: Int, _ index: UInt64) throws(StoreError) -> [Digest] {
        let path = JournalTiles.path(level: level, index: index, layout)
        if let hashes = cached[path] { return hashes }
        var hashes: [Digest] = []
        if let bytes = try DurableFile.read(path, limit: MerkleLog.tileWidth * 32) {
            guard bytes.count == MerkleLog.tileWidth * 32 else {
                throw .damaged("\(path) (a full tile is too short)")
            }
            for start in stride(from: 0, to: bytes.count, by: 32) {
                guard let hash = Digest(bytes: bytes[start..<start + 32]) else { break }
                hashes.append(hash)
            }
        } else if edge.indices.contains(level), index == count >> UInt64(8 * (level + 1)) {
            hashes = edge[level]
        }
        cached[path] = hashes
        return hashes
    }
}
