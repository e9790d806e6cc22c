import CKernels
import Host

/// Gradients of attention with respect to queries, keys and values.
///
/// The rows of one key and value head are its queries, token by token and within a token head by
/// head; they are taken in blocks of 512. For each block scores, probabilities P and the gradient S
/// of the unscaled scores are computed over all keys it sees, then
///
///     gradient of Q = S K     gradient of K += Sᵀ Q     gradient of V += Pᵀ (that of the output)
///
/// the first summed by absolute key index, the others block after block from +0. What a row does
/// not see is +0, so nothing depends on how the work is cut.
final class AttentionBackward {
    private static let blockRows = 512

    private let team: Team
    private let profile: Profile
    private let architecture: Architecture
    private let lanes: [Scratch]

    /// What one call reads and writes.
    struct Operands {
        /// Rotated queries as the forward pass left them.
        let queries: Rows
        /// The forward pass's output, [rows, heads].
        let mixed: Rows
        /// The gradient of it.
        let gradient: Rows
        /// Gets the gradients of queries, keys and values side by side, before rotation is undone.
        let out: Rows
    }

    init(team: Team, profile: Profile, _ architecture: Architecture) throws(LearnError) {
        self.team = team
        self.profile = profile
        self.architecture = architecture
        var lanes: [Scratch] = []
        for _ in 0..<team.lanes { lanes.append(try Scratch()) }
        self.lanes = lanes
    }

    /// The gradients of one block for whole sequences, which begin at position 0.
    func run(
        _ sequences: [SequenceRows], block: Int, batch: Int, _ operands: Operands
    ) throws(LearnError) {
        let longest = sequences.map(\.rows.count).max() ?? 0
        let bytes = Plan(tokens: longest, architecture, profile).bytes
        for lane in lanes { try lane.reserve(bytes) }
        let heads = architecture.keyValueHeads
        team.run(sequences.count * heads) { lane, index in
            let item = Item(
                sequence: sequences[index / heads], head: index % heads, block: block,
                batch: batch)
            self.compute(item, operands, self.lanes[lane].start)
        }
    }

    /// Bytes of scratch that each lane takes for sequences of `tokens` tokens.
    static func laneBytes(_ architecture: Architecture, _ profile: Profile, tokens: Int) -> Int {
        Plan(tokens: tokens, architecture, profile).bytes
    }

    private struct Item {
        let sequence: SequenceRows
        let head: Int
        let block: Int
        let batch: Int
    }

    private func compute(
        _ item: Item, _ operands: Operands, _ scratch: UnsafeMutableRawPointer
    ) {
        let (group, width) = (architecture.group, architecture.headWidth)
        let tokens = item.sequence.rows.count
        let plan = Plan(tokens: tokens, architecture, profile)
        let room = Room(scratch, plan)
        gather(item, operands, room)
        (room.keys).update(repeating: 0, count: width * tokens)
        (room.values).update(repeating: 0, count: width * tokens)
        for first in stride(from: 0, to: tokens * group, by: Self.blockRows) {
            let rows = first..<min(first + Self.blockRows, tokens * group)
            step(item, operands, rows, room)
        }
        // Sums by columns become rows of keys and values.
        let column = architecture.queryWidth + item.head * width
        let start = operands.out[item.sequence.rows.lowerBound] + column
        plasmid_transpose(room.keys, tokens, width, tokens, start, operands.out.stride)
        plasmid_transpose(
            room.values, tokens, width, tokens, start + architecture.keyWidth,
            operands.out.stride)
    }

    /// The output's gradient as rows of queries, and its product with the output for each.
    private func gather(_ item: Item, _ operands: Operands, _ room: Room) {
        let (group, width) = (architecture.group, architecture.headWidth)
        for token in 0..<item.sequence.rows.count {
            let row = item.sequence.rows.lowerBound + token
            for head in 0..<group {
                let column = (item.head * group + head) * width
                let source = operands.gradient[row] + column
                let place = token * group + head
                (room.gradient + place * width).update(from: source, count: width)
                room.means[place] = Float(
                    plasmid_dot(source, operands.mixed[row] + column, width))
            }
        }
    }
}

extension AttentionBackward {
    /// One block of rows.
    private func step(_ item: Item, _ operands: Operands, _ rows: Range<Int>, _ room: Room) {
        let (group, width) = (architecture.group, architecture.headWidth)
        let window = architecture.windows[item.block]
        let end = (rows.upperBound - 1) / group + 1
        let visible = window.map { max(0, rows.lowerBound / group - $0 + 1) } ?? 0
        let start = visible / 512 * 512
        let count = end - start
        let line = room.plan.stride
        let queries =
            operands.queries[
                (item.head * item.batch + item.sequence.rows.lowerBound) * group
                    + rows.lowerBound]
        let gradient = room.gradient + rows.lowerBound * width
        for (index, row) in rows.enumerated() {
            let own = row / group
            room.firsts[index] = (window.map { max(0, own - $0 + 1) } ?? 0) - start
            room.ends[index] = own + 1 - start
        }
        let cache = item.sequence.cache
        let offset = start * width * cache.element.bytes
        let keys = cache.keys(block: item.block, head: item.head) + offset
        let values = cache.values(block: item.block, head: item.head) + offset
        let seen = (visible - start) / 32 * 32..<count
        score(queries, rows.count, keys, cache.element, seen, into: room.weights, room)
        let scale = architecture.scoreScales[item.block]
        plasmid_softmax_rows(
            room.weights, line, rows.count, scale, room.firsts, room.ends, count, room.sums)
        score(gradient, rows.count, values, cache.element, seen, into: room.slopes, room)
        for index in 0..<rows.count {
            plasmid_softmax_backward(
                room.weights + index * line, room.sums[index], room.slopes + index * line,
                room.means[rows.lowerBound + index], scale, room.firsts[index],
                room.ends[index], count)
        }
        // Queries: sums over keys.
        pack(room.slopes, line, rows.count, count, into: room.left)
        var right = plasmid_right(
            data: keys, stride: width, element: cache.element.code,
            layout: Int32(PLASMID_REDUCED_ROWS.rawValue))
        plasmid_product(
            profile.code, room.left, rows.count, count, &right, 0, width, room.outcome, width,
            room.product)
        for (index, row) in rows.enumerated() {
            let place = operands.out[item.sequence.rows.lowerBound + row / group]
            let column = (item.head * group + row % group) * width
            plasmid_divide(room.outcome + index * width, 1, width, place + column)
        }
        // Keys and values: sums over rows.
        accumulate(queries, room.slopes, rows.count, count, into: room.keys + start, room)
        accumulate(gradient, room.weights, rows.count, count, into: room.values + start, room)
    }

    /// Products of rows with stored keys or values.
    private func score(
        _ rows: UnsafePointer<Float>, _ count: Int, _ stored: UnsafeRawPointer,
        _ element: Element, _ seen: Range<Int>, into out: UnsafeMutablePointer<Float>,
        _ room: Room
    ) {
        let width = architecture.headWidth
        pack(rows, width, count, width, into: room.left)
        var right = plasmid_right(
            data: stored, stride: width, element: element.code,
            layout: Int32(PLASMID_OUTPUT_ROWS.rawValue))
        plasmid_product(
            profile.code, room.left, count, width, &right, seen.lowerBound, seen.upperBound, out,
            room.plan.stride, room.product)
    }

    /// sums[i][key] += Σ over rows of source[row][i] · factors[row][key].
    private func accumulate(
        _ source: UnsafePointer<Float>, _ factors: UnsafePointer<Float>, _ rows: Int,
        _ count: Int, into sums: UnsafeMutablePointer<Float>, _ room: Room
    ) {
        let width = architecture.headWidth
        plasmid_transpose(source, width, rows, width, room.columns, rows)
        pack(room.columns, rows, width, rows, into: room.left)
        var right = plasmid_right(
            data: UnsafeRawPointer(factors), stride: room.plan.stride,
            element: Element.float32.code, layout: Int32(PLASMID_REDUCED_ROWS.rawValue))
        plasmid_product(
            profile.code, room.left, width, rows, &right, 0, count, room.term, count,
            room.product)
        for row in 0..<width {
            plasmid_add(sums + row * room.plan.tokens, room.term + row * count, count)
        }
    }

    private func pack(
        _ source: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ reduced: Int,
        into left: UnsafeMutableRawPointer
    ) {
        plasmid_left_pack(
            profile.code, source, stride, rows, reduced, 0, Left.tiles(rows), left)
    }

    /// How a lane's scratch is cut.
    fileprivate struct Plan {
        let tokens: Int
        let stride: Int
        let sizes: [Int]
        let bytes: Int

        init(tokens: Int, _ a: Architecture, _ profile: Profile) {
            self.tokens = tokens
            let (width, all) = (a.headWidth, tokens * a.group)
            let rows = min(all, blockRows)
            stride = (tokens + 31) / 32 * 32
            let left = max(
                Arena.leftBytes(rows, max(width, stride), profile),
                Arena.leftBytes(width, rows, profile))
            let floats = [
                all * width, all, width * tokens, width * tokens, rows * stride, rows * stride,
                rows, rows * width, width * rows, width * tokens,
            ]
            sizes =
                [Int(PLASMID_PRODUCT_SCRATCH), left, rows * 8, rows * 8] + floats.map { $0 * 4 }
            bytes = sizes.reduce(0) { $0 + Arena.rounded($1) }
        }
    }

    /// The parts of a lane's scratch.
    fileprivate struct Room {
        let plan: Plan
        let product: UnsafeMutableRawPointer
        let left: UnsafeMutableRawPointer
        let firsts: UnsafeMutablePointer<Int>
        let ends: UnsafeMutablePointer<Int>
        /// The output's gradient, [rows, width], and its product with the output.
        let gradient: UnsafeMutablePointer<Float>
        let means: UnsafeMutablePointer<Float>
        /// Gradients of keys and values by columns, [width, tokens].
        let keys: UnsafeMutablePointer<Float>
        let values: UnsafeMutablePointer<Float>
        /// Probabilities and the gradient of scores of a block, [rows, stride].
        let weights: UnsafeMutablePointer<Float>
        let slopes: UnsafeMutablePointer<Float>
        let sums: UnsafeMutablePointer<Float>
        let outcome: UnsafeMutablePointer<Float>
        let columns: UnsafeMutablePointer<Float>
        let term: UnsafeMutablePointer<Float>

        init(_ start: UnsafeMutableRawPointer, _ plan: Plan) {
            self.plan = plan
            var used = 0
            var starts: [UnsafeMutableRawPointer] = []
            for size in plan.sizes {
                starts.append(start + used)
                used += Arena.rounded(size)
            }
            (product, left) = (starts[0], starts[1])
            firsts = starts[2].assumingMemoryBound(to: Int.self)
            ends = starts[3].assumingMemoryBound(to: Int.self)
            let floats = starts.dropFirst(4).map { $0.assumingMemoryBound(to: Float.self) }
            (gradient, means, keys, values) = (floats[0], floats[1], floats[2], floats[3])
            (weights, slopes, sums, outcome) = (floats[4], floats[5], floats[6], floats[7])
            (columns, term) = (floats[8], floats[9])
        }
    }
}
