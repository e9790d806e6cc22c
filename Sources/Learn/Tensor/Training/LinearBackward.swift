import CKernels
import Host

/// One linear module on the way back.
struct GradientTask {
    /// The module.
    let linear: Linear
    /// The gradient of its outputs, [rows, outputs].
    let gradient: Rows
    /// Its trained pair, if it has one.
    var pair: TrainedPair?
    /// What A read: the module's input, or what dropout left of it.
    var input: Rows?
    /// What A gave, [rows, rank].
    var down: Rows?
    /// What was left out of the input.
    var dropout: DropoutPlace?
}

/// Gradients of linear modules that share one input.
///
/// For `y = x Wᵀ + scale · (x Aᵀ) Bᵀ` and a gradient G of y:
///
///     U = scale · G B               [rows, rank]
///     gradient of x = G W + U A     the adapter's term with the mask of dropout
///     gradient of A += Uᵀ x         gradient of B += Gᵀ (scale · x Aᵀ)
///
/// Sums over tokens run record by record: each record's tokens are one product, and the records'
/// products are added in ascending order. So nothing depends on how records are put into batches.
final class LinearBackward {
    /// Outputs of a chunk: as in the forward pass.
    private static let chunkOutputs = 128
    /// Tokens of a chunk of U.
    private static let chunkTokens = 64

    let team: Team
    let profile: Profile
    private let lanes: [Scratch]
    private let space: Scratch

    /// What a lane does: a part of one task.
    private enum Part {
        case packGradient, down, input, downGradient, upGradient
    }

    private struct Work {
        let part: Part
        let task: Int
        let range: Range<Int>
    }

    /// Memory of one task.
    private struct Room {
        /// G packed.
        var gradient: Left?
        /// U as columns, [rank, rows]; and the same for scale · x Aᵀ.
        var columns: [UnsafeMutablePointer<Float>] = []
        /// U, [rows, rank], and packed.
        var rows: UnsafeMutablePointer<Float>?
        var packed: UnsafeMutableRawPointer?
        /// Uᵀ and (scale · x Aᵀ)ᵀ packed record by record.
        var records: [[Left]] = []
        /// Bᵀ packed.
        var up: UnsafeMutableRawPointer?
    }

    init(team: Team, profile: Profile) throws(LearnError) {
        self.team = team
        self.profile = profile
        var lanes: [Scratch] = []
        for _ in 0..<team.lanes { lanes.append(try Scratch()) }
        self.lanes = lanes
        space = try Scratch()
    }

    /// Adds to the gradients of the tasks' pairs, and leaves the gradient of their common input in
    /// `out` if that is wanted.
    func run(
        _ tasks: [GradientTask], rows: Int, records: [Range<Int>], out: Rows?
    ) throws(LearnError) {
        let rooms = try plan(tasks, rows: rows, records: records, wantsInput: out != nil)
        var rankMax = 0
        for task in tasks { rankMax = max(rankMax, task.pair?.rank ?? 0) }
        let termBytes = max(out == nil ? 0 : rows, rankMax) * Self.chunkOutputs * 4
        for lane in lanes { try lane.reserve(Int(PLASMID_PRODUCT_SCRATCH) + termBytes) }
        prepare(tasks, rooms, rows: rows, wantsInput: out != nil)
        pack(tasks, rooms, rows: rows, records: records, wantsInput: out != nil)
        var works: [Work] = []
        if let out {
            works += Self.chunks(.input, task: 0, count: out.width)
        }
        for (index, task) in tasks.enumerated() where task.pair != nil {
            works += Self.chunks(.downGradient, task: index, count: task.linear.inputs)
            works += Self.chunks(.upGradient, task: index, count: task.linear.outputs)
        }
        team.run(works.count) { lane, index in
            let work = works[index]
            let scratch = self.lanes[lane].start
            switch work.part {
            case .input:
                guard let out else { return }
                self.input(tasks, rooms, work.range, rows: rows, out: out, scratch)
            case .downGradient:
                self.downGradient(tasks[work.task], rooms[work.task], work.range, records, scratch)
            case .upGradient:
                self.upGradient(tasks[work.task], rooms[work.task], work.range, records, scratch)
            default: break
            }
        }
    }

    private static func chunks(_ part: Part, task: Int, count: Int) -> [Work] {
        stride(from: 0, to: count, by: chunkOutputs).map { first in
            Work(part: part, task: task, range: first..<min(first + chunkOutputs, count))
        }
    }
}

extension LinearBackward {
    // MARK: Before the sums

    /// Shares out the memory of all tasks.
    private func plan(
        _ tasks: [GradientTask], rows: Int, records: [Range<Int>], wantsInput: Bool
    ) throws(LearnError) -> [Room] {
        let left = { (rows: Int, reduced: Int) in
            Arena.rounded(Arena.leftBytes(rows, reduced, self.profile))
        }
        var bytes = 4_096
        for task in tasks {
            if wantsInput { bytes += left(rows, task.linear.outputs) }
            guard let rank = task.pair?.rank else { continue }
            bytes += 3 * Arena.rounded(rows * rank * 4) + left(rows, rank)
            bytes += left(rank, task.linear.outputs)
            for record in records { bytes += 2 * left(rank, record.count) }
        }
        try space.reserve(bytes)
        var used = 0
        let take = { (count: Int) -> UnsafeMutableRawPointer in
            defer { used += Arena.rounded(count) }
            return self.space.start + used
        }
        return tasks.map { task in
            var room = Room()
            if wantsInput {
                room.gradient = Left(
                    start: take(Arena.leftBytes(rows, task.linear.outputs, profile)), rows: rows,
                    reduced: task.linear.outputs)
            }
            guard let rank = task.pair?.rank else { return room }
            room.columns = (0..<2).map { _ in
                take(rows * rank * 4).assumingMemoryBound(to: Float.self)
            }
            room.rows = take(rows * rank * 4).assumingMemoryBound(to: Float.self)
            room.packed = take(Arena.leftBytes(rows, rank, profile))
            room.up = take(Arena.leftBytes(rank, task.linear.outputs, profile))
            room.records = (0..<2).map { _ in
                records.map { record in
                    Left(
                        start: take(Arena.leftBytes(rank, record.count, profile)), rows: rank,
                        reduced: record.count)
                }
            }
            return room
        }
    }

    /// Packs G, and computes Uᵀ / scale = Bᵀ Gᵀ: few rows, as many outputs as tokens.
    private func prepare(
        _ tasks: [GradientTask], _ rooms: [Room], rows: Int, wantsInput: Bool
    ) {
        var works: [Work] = []
        for (index, task) in tasks.enumerated() {
            if wantsInput {
                for tile in 0..<Left.tiles(rows) {
                    works.append(Work(part: .packGradient, task: index, range: tile..<tile + 1))
                }
            }
            guard let pair = task.pair, let up = rooms[index].up else { continue }
            plasmid_left_pack(
                profile.code, pair.up.values, pair.up.columns, pair.rank, pair.up.columns, 0,
                Left.tiles(pair.rank), up)
            for first in stride(from: 0, to: rows, by: Self.chunkTokens) {
                let end = min(first + Self.chunkTokens, rows)
                works.append(Work(part: .down, task: index, range: first..<end))
            }
        }
        let code = profile.code
        team.run(works.count) { lane, index in
            let work = works[index]
            let (task, room) = (tasks[work.task], rooms[work.task])
            let gradient = task.gradient
            if work.part == .packGradient, let left = room.gradient {
                plasmid_left_pack(
                    code, gradient.start, gradient.stride, rows, left.reduced,
                    work.range.lowerBound, work.range.upperBound, left.start)
                return
            }
            guard let pair = task.pair, let up = room.up else { return }
            var right = Self.right(gradient, PLASMID_OUTPUT_ROWS)
            plasmid_product(
                code, up, pair.rank, pair.up.columns, &right, work.range.lowerBound,
                work.range.upperBound, room.columns[0], rows, self.lanes[lane].start)
        }
    }

    /// Scales U and x Aᵀ and packs them for the products that follow.
    private func pack(
        _ tasks: [GradientTask], _ rooms: [Room], rows: Int, records: [Range<Int>],
        wantsInput: Bool
    ) {
        let code = profile.code
        let adapted = tasks.indices.filter { tasks[$0].pair != nil }
        team.run(adapted.count * 2) { _, index in
            let (task, room) = (tasks[adapted[index / 2]], rooms[adapted[index / 2]])
            guard let pair = task.pair, let place = room.rows, let packed = room.packed else {
                return
            }
            let isUp = index % 2 == 1
            let columns = room.columns[index % 2]
            if isUp, let down = task.down {
                plasmid_transpose(down.start, down.stride, rows, pair.rank, columns, rows)
            }
            plasmid_scale(columns, pair.scale, rows * pair.rank)
            if !isUp, wantsInput {
                plasmid_transpose(columns, rows, pair.rank, rows, place, pair.rank)
                plasmid_left_pack(
                    code, place, pair.rank, rows, pair.rank, 0, Left.tiles(rows), packed)
            }
            for (record, left) in zip(records, room.records[index % 2]) {
                plasmid_left_pack(
                    code, columns + record.lowerBound, rows, pair.rank, record.count, 0,
                    Left.tiles(pair.rank), left.start)
            }
        }
    }

    private static func right(_ rows: Rows, _ layout: plasmid_layout) -> plasmid_right {
        plasmid_right(
            data: UnsafeRawPointer(rows.start), stride: rows.stride, element: Element.float32.code,
            layout: Int32(layout.rawValue))
    }
}

extension LinearBackward {
    // MARK: The sums

    /// Some columns of the gradient of the common input: task by task, base before adapter.
    private func input(
        _ tasks: [GradientTask], _ rooms: [Room], _ range: Range<Int>, rows: Int, out: Rows,
        _ scratch: UnsafeMutableRawPointer
    ) {
        let code = profile.code
        let width = range.count
        let term = (scratch + Int(PLASMID_PRODUCT_SCRATCH)).assumingMemoryBound(to: Float.self)
        for (index, task) in tasks.enumerated() {
            let room = rooms[index]
            guard let left = room.gradient else { return }
            var right = task.linear.weight.right(isTransposed: !task.linear.isTransposed)
            let isFirst = index == 0
            plasmid_product(
                code, left.start, rows, left.reduced, &right, range.lowerBound,
                range.upperBound, isFirst ? out.start : term - range.lowerBound,
                isFirst ? out.stride : width, scratch)
            if !isFirst { add(term, width, to: out, range, rows: rows) }
            guard let pair = task.pair, let packed = room.packed else { continue }
            var down = pair.down.stored.right(isTransposed: true)
            plasmid_product(
                code, packed, rows, pair.rank, &down, range.lowerBound, range.upperBound,
                term - range.lowerBound, width, scratch)
            if let dropout = task.dropout {
                for row in 0..<rows {
                    dropout.apply(
                        row: row, first: range.lowerBound, term + row * width, width,
                        to: term + row * width)
                }
            }
            add(term, width, to: out, range, rows: rows)
        }
    }

    private func add(
        _ term: UnsafeMutablePointer<Float>, _ width: Int, to out: Rows, _ range: Range<Int>,
        rows: Int
    ) {
        for row in 0..<rows {
            plasmid_add(out[row] + range.lowerBound, term + row * width, width)
        }
    }

    private func downGradient(
        _ task: GradientTask, _ room: Room, _ range: Range<Int>, _ records: [Range<Int>],
        _ scratch: UnsafeMutableRawPointer
    ) {
        guard let pair = task.pair, let input = task.input else { return }
        sum(room.records[0], input, range, records, into: pair.down, scratch)
    }

    private func upGradient(
        _ task: GradientTask, _ room: Room, _ range: Range<Int>, _ records: [Range<Int>],
        _ scratch: UnsafeMutableRawPointer
    ) {
        guard let pair = task.pair else { return }
        sum(room.records[1], task.gradient, range, records, into: pair.up, scratch)
    }

    /// Adds to some columns of a gradient, record by record.
    private func sum(
        _ lefts: [Left], _ rows: Rows, _ range: Range<Int>, _ records: [Range<Int>],
        into matrix: TrainedMatrix, _ scratch: UnsafeMutableRawPointer
    ) {
        let width = range.count
        let term = (scratch + Int(PLASMID_PRODUCT_SCRATCH)).assumingMemoryBound(to: Float.self)
        for (left, record) in zip(lefts, records) {
            var right = Self.right(rows, PLASMID_REDUCED_ROWS)
            right.data = UnsafeRawPointer(rows[record.lowerBound])
            plasmid_product(
                profile.code, left.start, left.rows, left.reduced, &right, range.lowerBound,
                range.upperBound, term - range.lowerBound, width, scratch)
            for row in 0..<matrix.rows {
                plasmid_add(
                    matrix.gradient + row * matrix.columns + range.lowerBound, term + row * width,
                    width)
            }
        }
    }
}
