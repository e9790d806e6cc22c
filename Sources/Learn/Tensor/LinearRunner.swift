import CKernels
import Host

/// One linear module to compute in a phase.
struct LinearTask {
    /// The module.
    let linear: Linear
    /// Where its outputs go.
    let out: Rows
    /// What its finished outputs are added to, if anything.
    var residual: Rows?
    /// What the first factor of an adapter reads instead of the module's input: training leaves
    /// elements out there.
    var adapterInput: Rows?
    /// Where the products with the first factor are left for a backward pass, [rows, rank].
    var down: Rows?
}

/// Computes linear modules that share one input, with the adapters of each group of rows.
///
/// A phase has two steps on the team's lanes: all base products and all products with A, then, if
/// there are adapters, the products with B. Lanes take chunks of outputs; no sum is split, so the
/// bits depend neither on lanes nor on chunks.
final class LinearRunner {
    /// Most outputs of a chunk of many rows: measured, 64 to 128 are fastest.
    static let chunkOutputsMax = 128
    /// Chunks for each lane: enough that a slow one does not keep the others waiting.
    static let chunksPerLane = 8
    /// Rows up to which weights come from memory once and their order decides the speed.
    static let fewRows = 4
    /// Chunks for each lane then: a lane reads on where its last line was asked for ahead of time,
    /// so its stretches must be long.
    static let stretchesPerLane = 3

    private let team: Team
    private let profile: Profile
    private let lanes: [Scratch]
    private let input: Scratch
    private let middle: Scratch

    private var products: [Product] = []
    private var uses: [Use] = []
    private var starts: [Int] = []

    /// One product; `task` is what is finished with it, or -1.
    private struct Product {
        let left: Left
        let right: plasmid_right
        let outputs: Int
        let out: Rows
        let task: Int
    }

    /// A factor in use: A x of some rows, packed.
    private struct Use {
        let task: Int
        let factor: Factor
        let rows: Range<Int>
        let down: Rows
        let left: Left
    }

    /// Runs phases on the lanes of `team`.
    init(team: Team, profile: Profile) throws(LearnError) {
        self.team = team
        self.profile = profile
        var lanes: [Scratch] = []
        for _ in 0..<team.lanes { lanes.append(try Scratch()) }
        self.lanes = lanes
        input = try Scratch()
        middle = try Scratch()
    }

    /// Computes `tasks` on `rows` rows of `source`.
    func run(
        _ tasks: [LinearTask], source: Rows, rows: Int, groups: [RowGroup]
    ) throws(LearnError) {
        let reduced = source.width
        let left = try pack(source, tasks, rows: rows, groups: groups)
        try plan(tasks, left: left, rows: rows, reduced: reduced, groups: groups)
        let isAdapted = !uses.isEmpty
        let chunk = chunkOutputs(products.reduce(0) { $0 + $1.outputs }, rows: rows)
        let chunks = count(products.map(\.outputs), chunk)
        let termBytes = Arena.rounded(rows * chunk * 4)
        for lane in lanes { try lane.reserve(Int(PLASMID_PRODUCT_SCRATCH) + termBytes) }
        team.run(chunks) { lane, index in
            let place = self.place(index)
            let product = self.products[place.item]
            let first = place.chunk * chunk
            let end = min(first + chunk, product.outputs)
            self.multiply(product, first..<end, lane)
            if product.task >= 0, !isAdapted {
                Self.finish(tasks[product.task], rows: 0..<rows, first..<end)
            }
        }
        if isAdapted { try expand(tasks, rows: rows, chunk: chunk) }
    }

    // MARK: Planning

    /// The input packed: whole, then group by group if adapters differ, then what single tasks
    /// read instead.
    private func pack(
        _ source: Rows, _ tasks: [LinearTask], rows: Int, groups: [RowGroup]
    ) throws(LearnError) -> [Left] {
        let reduced = source.width
        let whole = Arena.rounded(Arena.leftBytes(rows, reduced, profile))
        let isMixed = groups.count > 1 && groups.contains { $0.factors != nil }
        let replaced = tasks.compactMap(\.adapterInput)
        precondition(replaced.isEmpty || groups.count == 1)
        var bytes = whole * (1 + replaced.count)
        if isMixed {
            for group in groups where group.factors != nil {
                bytes += Arena.rounded(Arena.leftBytes(group.rows.count, reduced, profile))
            }
        }
        try input.reserve(bytes)
        var lefts = [Left(start: input.start, rows: rows, reduced: reduced)]
        pack(source, 0..<rows, into: lefts[0])
        var used = whole
        for group in groups {
            guard isMixed, group.factors != nil else {
                lefts.append(lefts[0])
                continue
            }
            let left = Left(
                start: input.start + used, rows: group.rows.count, reduced: reduced)
            pack(source, group.rows, into: left)
            used += Arena.rounded(Arena.leftBytes(group.rows.count, reduced, profile))
            lefts.append(left)
        }
        for rows in replaced {
            let left = Left(start: input.start + used, rows: lefts[0].rows, reduced: reduced)
            pack(rows, 0..<left.rows, into: left)
            used += whole
            lefts.append(left)
        }
        return lefts
    }

    private func pack(_ source: Rows, _ range: Range<Int>, into left: Left) {
        let tiles = Left.tiles(left.rows)
        let start = source[range.lowerBound]
        let code = profile.code
        // Few rows are packed sooner than a lane wakes up.
        guard left.rows * left.reduced > 65_536 else {
            plasmid_left_pack(
                code, start, source.stride, left.rows, left.reduced, 0, tiles, left.start)
            return
        }
        team.run(tiles) { _, tile in
            plasmid_left_pack(
                code, start, source.stride, left.rows, left.reduced, tile, tile + 1, left.start)
        }
    }

    private func plan(
        _ tasks: [LinearTask], left: [Left], rows: Int, reduced: Int, groups: [RowGroup]
    ) throws(LearnError) {
        products.removeAll(keepingCapacity: true)
        uses.removeAll(keepingCapacity: true)
        for (index, task) in tasks.enumerated() {
            precondition(task.linear.inputs == reduced)
            products.append(
                Product(
                    left: left[0],
                    right: task.linear.weight.right(
                        isTransposed: task.linear.isTransposed),
                    outputs: task.linear.outputs, out: task.out, task: index))
        }
        var bytes = 0
        forEachFactor(tasks, groups) { _, factor, group in
            let rows = group.rows.count
            bytes += Arena.rounded(rows * factor.rank * 4)
            bytes += Arena.rounded(Arena.leftBytes(rows, factor.rank, profile))
        }
        guard bytes > 0 else { return }
        try middle.reserve(bytes)
        var used = 0
        forEachFactor(tasks, groups) { index, factor, group in
            let rows = group.rows.count
            let start = (middle.start + used).assumingMemoryBound(to: Float.self)
            let down =
                tasks[index].down
                ?? Rows(start: start, count: rows, width: factor.rank, stride: factor.rank)
            used += Arena.rounded(rows * factor.rank * 4)
            let packed = Left(start: middle.start + used, rows: rows, reduced: factor.rank)
            used += Arena.rounded(Arena.leftBytes(rows, factor.rank, profile))
            var place = groups.firstIndex { $0.rows == group.rows } ?? 0
            if tasks[index].adapterInput != nil {
                place = groups.count + tasks[..<index].count { $0.adapterInput != nil }
            }
            products.append(
                Product(
                    left: left[place + 1], right: factor.down.right(isTransposed: false),
                    outputs: factor.rank, out: down, task: -1))
            uses.append(
                Use(task: index, factor: factor, rows: group.rows, down: down, left: packed))
        }
    }

    private func forEachFactor(
        _ tasks: [LinearTask], _ groups: [RowGroup], _ body: (Int, Factor, RowGroup) -> Void
    ) {
        for (index, task) in tasks.enumerated() {
            for group in groups where !group.rows.isEmpty {
                guard let factors = group.factors?.factors[task.linear.path] else { continue }
                for factor in factors { body(index, factor, group) }
            }
        }
    }

    /// Outputs of a chunk for a phase of `total` outputs: a multiple of 32.
    private func chunkOutputs(_ total: Int, rows: Int) -> Int {
        let isFew = rows <= Self.fewRows
        let pieces = team.lanes * (isFew ? Self.stretchesPerLane : Self.chunksPerLane)
        let wanted = max((total / pieces + 31) / 32 * 32, 32)
        return isFew ? wanted : min(wanted, Self.chunkOutputsMax)
    }

    /// Number of chunks; leaves the first chunk of each item in `starts`.
    private func count(_ outputs: [Int], _ chunk: Int) -> Int {
        starts.removeAll(keepingCapacity: true)
        var total = 0
        for count in outputs {
            starts.append(total)
            total += (count + chunk - 1) / chunk
        }
        return total
    }

    private func place(_ index: Int) -> (item: Int, chunk: Int) {
        var item = starts.count - 1
        while starts[item] > index { item -= 1 }
        return (item, index - starts[item])
    }
}

extension LinearRunner {
    // MARK: Work of the lanes

    private func multiply(_ product: Product, _ outputs: Range<Int>, _ lane: Int) {
        var right = product.right
        plasmid_product(
            profile.code, product.left.start, product.left.rows, product.left.reduced, &right,
            outputs.lowerBound, outputs.upperBound, product.out.start, product.out.stride,
            lanes[lane].start)
    }

    /// Second step: products with B, added to the base's outputs; then bias and residual.
    private func expand(
        _ tasks: [LinearTask], rows: Int, chunk: Int
    ) throws(LearnError) {
        let uses = uses
        let code = profile.code
        let packing = { (use: Use) in
            plasmid_left_pack(
                code, use.down.start, use.down.stride, use.left.rows, use.left.reduced, 0,
                Left.tiles(use.left.rows), use.left.start)
        }
        if rows > 32 {
            team.run(uses.count) { _, index in packing(uses[index]) }
        } else {
            for use in uses { packing(use) }
        }
        let chunks = count(tasks.map(\.linear.outputs), chunk)
        team.run(chunks) { lane, index in
            let place = self.place(index)
            let task = tasks[place.item]
            let first = place.chunk * chunk
            let range = first..<min(first + chunk, task.linear.outputs)
            for group in Self.runs(of: uses, task: place.item) {
                self.add(uses[group], to: task, range, lane)
            }
            Self.finish(task, rows: 0..<rows, range)
        }
    }

    /// The uses of a task, cut where the rows change.
    private static func runs(of uses: [Use], task: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for (index, use) in uses.enumerated() where use.task == task {
            if let last = runs.last, uses[last.lowerBound].rows == use.rows,
                last.upperBound == index
            {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs
    }

    /// Adds a stack's factors to some outputs of one group of rows.
    private func add(
        _ stack: ArraySlice<Use>, to task: LinearTask, _ outputs: Range<Int>, _ lane: Int
    ) {
        guard let rows = stack.first?.rows else { return }
        let width = outputs.count
        let scratch = lanes[lane].start + Int(PLASMID_PRODUCT_SCRATCH)
        let term = scratch.assumingMemoryBound(to: Float.self)
        for use in stack {
            var right = use.factor.up.right(isTransposed: use.factor.isUpTransposed)
            plasmid_product(
                profile.code, use.left.start, use.left.rows, use.left.reduced, &right,
                outputs.lowerBound, outputs.upperBound, term - outputs.lowerBound, width,
                lanes[lane].start)
            for row in rows {
                let offset = (row - rows.lowerBound) * width
                let out = task.out[row] + outputs.lowerBound
                if let bias = use.factor.upBias {
                    plasmid_add_stored(
                        term + offset, bias.data + outputs.lowerBound * bias.element.bytes,
                        bias.element.code, width)
                }
                plasmid_add_scaled(out, use.factor.scale, term + offset, width)
                guard let gain = use.factor.gain else { continue }
                // As PEFT does it, DoRA scales what stands there, earlier adapters included.
                plasmid_multiply_stored(
                    out, gain.data + outputs.lowerBound * gain.element.bytes, gain.element.code,
                    width)
            }
        }
    }

    /// Bias, then residual.
    private static func finish(_ task: LinearTask, rows: Range<Int>, _ outputs: Range<Int>) {
        let bias = task.linear.bias
        let width = outputs.count
        guard bias != nil || task.residual != nil else { return }
        for row in rows {
            let out = task.out[row] + outputs.lowerBound
            if let bias {
                plasmid_add_stored(
                    out, bias.data + outputs.lowerBound * bias.element.bytes, bias.element.code,
                    width)
            }
            if let residual = task.residual {
                plasmid_add(residual[row] + outputs.lowerBound, out, width)
            }
        }
    }
}
