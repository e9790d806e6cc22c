import CKernels
import Host

/// Consecutive positions of one sequence within a batch.
struct SequenceRows {
    /// Its keys and values.
    let cache: KeyValueCache
    /// Rows of the batch.
    let rows: Range<Int>
    /// Position of the first row.
    let position: Int
}

/// Attention of the queries of a batch over the keys of their sequences.
///
/// For each query: scores over all keys it sees, their exact maximum, exponentials, their sum, then
/// the sum of values by absolute key index. Nothing is rescaled on the way, so the bits do not
/// depend on how many queries are computed together.
final class AttentionRunner {
    /// Scores of a tile at most: with the keys they stay in a core's cache.
    private static let tileScoresMax = 65_536
    /// Rows of a tile at most: several tiles of the product kernel.
    private static let tileRowsMax = 96

    private let team: Team
    private let profile: Profile
    private let architecture: Architecture
    private let lanes: [Scratch]
    private var tiles: [Tile] = []

    /// Some queries of one sequence for one key and value head.
    private struct Tile {
        let sequence: Int
        let head: Int
        let rows: Range<Int>
    }

    init(team: Team, profile: Profile, _ architecture: Architecture) throws(LearnError) {
        self.team = team
        self.profile = profile
        self.architecture = architecture
        var lanes: [Scratch] = []
        for _ in 0..<team.lanes { lanes.append(try Scratch()) }
        self.lanes = lanes
    }

    /// Positions of a tile whose queries meet `keys` keys.
    private static func tileRows(_ group: Int, keys: Int) -> Int {
        max(1, min(tileScoresMax / keys, tileRowsMax) / group)
    }

    /// Bytes that a lane takes for a sequence of `tokens`.
    static func laneBytes(_ a: Architecture, _ profile: Profile, tokens: Int) -> Int {
        TilePlan(
            rows: tileRows(a.group, keys: tokens) * a.group, keys: tokens, a, profile
        ).bytes
    }

    /// Attention of one block. `queries` holds for each key and value head, row by row, the
    /// queries that share it; `out` gets the heads side by side.
    func run(
        _ sequences: [SequenceRows], block: Int, queries: Rows, batch: Int, out: Rows
    ) throws(LearnError) {
        let group = architecture.group
        let window = architecture.windows[block]
        tiles.removeAll(keepingCapacity: true)
        var bytes = 0
        for (index, sequence) in sequences.enumerated() where !sequence.rows.isEmpty {
            let keys = sequence.position + sequence.rows.count
            let step = Self.tileRows(group, keys: min(keys, (window ?? keys) + 1_024))
            for head in 0..<architecture.keyValueHeads {
                for first in stride(
                    from: sequence.rows.lowerBound, to: sequence.rows.upperBound,
                    by: step)
                {
                    let rows = first..<min(first + step, sequence.rows.upperBound)
                    tiles.append(Tile(sequence: index, head: head, rows: rows))
                }
            }
            bytes = max(
                bytes, TilePlan(rows: step * group, keys: keys, architecture, profile).bytes)
        }
        for lane in lanes { try lane.reserve(bytes) }
        let tiles = tiles
        team.run(tiles.count) { lane, index in
            let tile = tiles[index]
            self.compute(
                tile, sequences[tile.sequence], block: block, queries: queries, batch: batch,
                out: out, scratch: self.lanes[lane].start)
        }
    }

    private func compute(
        _ tile: Tile, _ sequence: SequenceRows, block: Int, queries: Rows, batch: Int, out: Rows,
        scratch: UnsafeMutableRawPointer
    ) {
        let group = architecture.group
        let width = architecture.headWidth
        let rows = tile.rows.count * group
        let position = sequence.position + tile.rows.lowerBound - sequence.rows.lowerBound
        let end = position + tile.rows.count
        let window = architecture.windows[block]
        let visible = window.map { max(0, position - $0 + 1) } ?? 0
        // Values are summed in blocks of 512 keys from key 0; blocks nobody sees are left out.
        let start = visible / 512 * 512
        let plan = TilePlan(rows: rows, keys: end - start, architecture, profile)
        let cache = sequence.cache
        let source = queries[(tile.head * batch + tile.rows.lowerBound) * group]
        let left = scratch + plan.left
        let scores = (scratch + plan.scores).assumingMemoryBound(to: Float.self)
        let sums = (scratch + plan.sums).assumingMemoryBound(to: Float.self)
        let values = (scratch + plan.values).assumingMemoryBound(to: Float.self)
        let tileCount = Left.tiles(rows)
        let offset = start * width * cache.element.bytes

        plasmid_left_pack(profile.code, source, width, rows, width, 0, tileCount, left)
        var keys = plasmid_right(
            data: cache.keys(block: block, head: tile.head) + offset, stride: width,
            element: cache.element.code, layout: Int32(PLASMID_OUTPUT_ROWS.rawValue))
        plasmid_product(
            profile.code, left, rows, width, &keys, (visible - start) / 32 * 32, end - start,
            scores, plan.stride, scratch)
        let scale = architecture.scoreScales[block]
        let firsts = (scratch + plan.bounds).assumingMemoryBound(to: Int.self)
        let ends = firsts + rows
        for row in 0..<rows {
            let own = position + row / group
            firsts[row] = (window.map { max(0, own - $0 + 1) } ?? 0) - start
            ends[row] = own + 1 - start
        }
        plasmid_softmax_rows(scores, plan.stride, rows, scale, firsts, ends, end - start, sums)
        plasmid_left_pack(
            profile.code, scores, plan.stride, rows, end - start, 0, tileCount, left)
        var right = plasmid_right(
            data: cache.values(block: block, head: tile.head) + offset, stride: width,
            element: cache.element.code, layout: Int32(PLASMID_REDUCED_ROWS.rawValue))
        plasmid_product(
            profile.code, left, rows, end - start, &right, 0, width, values, width, scratch)
        for row in 0..<rows {
            let place =
                out[tile.rows.lowerBound + row / group]
                + (tile.head * group + row % group) * width
            plasmid_divide(values + row * width, sums[row], width, place)
        }
    }
}

/// Where the parts of a tile's scratch stand, in bytes.
private struct TilePlan {
    let stride: Int
    let left: Int
    let scores: Int
    let sums: Int
    let values: Int
    let bounds: Int
    let bytes: Int

    init(rows: Int, keys: Int, _ architecture: Architecture, _ profile: Profile) {
        let width = architecture.headWidth
        stride = (keys + 31) / 32 * 32
        left = Int(PLASMID_PRODUCT_SCRATCH)
        scores = left + Arena.rounded(Arena.leftBytes(rows, max(width, stride), profile))
        sums = scores + Arena.rounded(rows * stride * 4)
        values = sums + Arena.rounded(rows * 4)
        bounds = values + Arena.rounded(rows * width * 4)
        bytes = bounds + Arena.rounded(2 * rows * MemoryLayout<Int>.stride)
    }
}
