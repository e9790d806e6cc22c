import CKernels
import Host

/// One forward and backward pass over some examples.
///
/// The forward pass is the engine's own; what the backward pass needs of it is kept block by block,
/// or computed a second time.
final class TrainingPass {
    let model: Model
    let team: Team
    let adapter: TrainedAdapter
    let settings: TrainingSettings
    let space: TrainingWorkspace
    let runner: BlockRunner
    let linear: LinearBackward
    let attention: AttentionBackward
    private let head: HeadLoss
    private let groups: [RowGroup]
    /// Modules of one block.
    let modules: Int
    private let scratch: Rows
    private let memory: Memory

    /// Examples that run together, and where they stand in their step.
    struct Batch {
        /// Their tokens one after the other.
        let rows: Int
        /// Rows of each example.
        let sequences: [SequenceRows]
        /// Number of the first token in the step.
        let token: Int
        /// The optimiser's step; nil where nothing is left out.
        let step: Int?
    }

    init(
        _ model: Model, _ adapter: TrainedAdapter, _ settings: TrainingSettings, team: Team,
        _ need: TrainingMemory.Need, _ choice: TrainingMemory
    ) throws(LearnError) {
        self.model = model
        self.adapter = adapter
        self.settings = settings
        self.team = team
        space = try TrainingWorkspace(need, choice)
        runner = try BlockRunner(
            model, team: team, profile: settings.profile, rows: choice.rows)
        linear = try LinearBackward(team: team, profile: settings.profile)
        attention = try AttentionBackward(
            team: team, profile: settings.profile, model.architecture)
        head = try HeadLoss(model, team: team, profile: settings.profile, linear)
        modules = model.blocks.first.map { $0.inputs.count + $0.inner.count + 2 } ?? 0
        groups = [RowGroup(rows: 0..<choice.rows, factors: adapter.stack)]
        var arena = try Arena(
            bytes: Arena.rounded(team.lanes * model.architecture.width * 4))
        scratch = arena.rows(team.lanes, width: model.architecture.width)
        memory = arena.owner
    }

    /// Losses of the examples' targets in their order. With a weight, what it times their sum adds
    /// to the gradients of the trained factors is added there.
    func run(
        _ examples: [TrainingExample], weight: Float?, step: Int?, token: Int
    ) throws(LearnError) -> [HeadLoss.Outcome] {
        let batch = try start(examples, step: step, token: token)
        for block in model.blocks.indices { try forward(block, batch) }
        var targets: [HeadLoss.Target] = []
        for (example, sequence) in zip(examples, batch.sequences) {
            for (place, label) in example.labels.enumerated().dropFirst()
            where label != TrainingExample.masked {
                targets.append(
                    HeadLoss.Target(
                        row: sequence.rows.lowerBound + place - 1, token: Int(label)))
            }
        }
        let gradient = space.hiddenGradient
        if weight != nil { gradient.start.update(repeating: 0, count: batch.rows * gradient.width) }
        let outcomes = try head.run(
            targets, hidden: space.hiddens[model.blocks.count], weight: weight,
            gradient: gradient)
        guard weight != nil else { return outcomes }
        let lowest = adapter.pairs[0].index / modules
        for block in model.blocks.indices.reversed() where block >= lowest {
            if !space.isKept(block) { try forward(block, batch) }
            try backward(block, batch, isLowest: block == lowest)
        }
        return outcomes
    }

    private func start(
        _ examples: [TrainingExample], step: Int?, token: Int
    ) throws(LearnError) -> Batch {
        var tokens: [Int] = []
        var positions: [Int] = []
        var sequences: [SequenceRows] = []
        let caches = space.caches(examples.map(\.tokens.count))
        for (example, cache) in zip(examples, caches) {
            let first = tokens.count
            tokens += example.tokens.map { Int($0) }
            positions += example.tokens.indices
            sequences.append(
                SequenceRows(cache: cache, rows: first..<tokens.count, position: 0))
        }
        runner.buffers.hidden = space.hiddens[0]
        runner.embed(tokens, positions: positions)
        return Batch(rows: tokens.count, sequences: sequences, token: token, step: step)
    }

    /// The forward pass of one block, from its input in `hiddens` to its output there.
    private func forward(_ block: Int, _ batch: Batch) throws(LearnError) {
        let record = space.record(block)
        let (rows, width) = (batch.rows, model.architecture.width)
        let group = [RowGroup(rows: 0..<rows, factors: groups[0].factors)]
        record.middle.start.update(from: space.hiddens[block].start, count: rows * width)
        runner.buffers.hidden = record.middle
        runner.buffers.queries = record.queries
        runner.buffers.plainInputs = record.plainInputs
        runner.buffers.mixed = record.mixed
        runner.buffers.inner = record.inner
        runner.buffers.activated = space.activated
        let adjust: BlockRunner.Adjustment = { task, source in
            self.adjust(&task, source, block: block, batch)
        }
        try runner.attend(block, batch.sequences, rows: rows, groups: group, adjust: adjust)
        let next = space.hiddens[block + 1]
        next.start.update(from: record.middle.start, count: rows * width)
        runner.buffers.hidden = next
        try runner.feedForward(block, rows: rows, groups: group, adjust: adjust)
    }

    /// Gives a module's pair its own input if elements are left out, and keeps what A gives.
    private func adjust(
        _ task: inout LinearTask, _ source: Rows, block: Int, _ batch: Batch
    ) {
        guard let pair = adapter.pair(task.linear.path) else { return }
        task.down = space.record(block).downs[pair.index % modules]
        task.adapterInput = drop(source, pair, batch)
    }

    /// What dropout leaves of a module's input; nil without dropout.
    func drop(_ source: Rows, _ pair: TrainedPair, _ batch: Batch) -> Rows? {
        guard let place = dropout(pair, batch) else { return nil }
        let out = space.dropped[slot(pair)].columns(0..<source.width)
        team.run(batch.rows) { _, row in
            place.apply(row: row, first: 0, source[row], source.width, to: out[row])
        }
        return out
    }

    /// Where a module's numbers stand; nil without dropout.
    func dropout(_ pair: TrainedPair, _ batch: Batch) -> DropoutPlace? {
        guard settings.dropout > 0, let step = batch.step else { return nil }
        return DropoutPlace(
            probability: settings.dropout, seed: settings.seed, module: pair.index, step: step,
            token: batch.token)
    }

    /// Which of the modules that share its input a module is.
    private func slot(_ pair: TrainedPair) -> Int {
        let place = pair.index % modules
        let inputs = model.blocks[0].inputs.count
        if place < inputs { return place }
        return place > inputs && place < modules - 1 ? place - inputs - 1 : 0
    }

    /// Calls `body` for each row on the lanes, with a lane's own room for one row.
    func eachRow(
        _ rows: Int, _ body: (_ row: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
    ) {
        team.run(rows) { lane, row in body(row, self.scratch[lane]) }
    }
}
