import CKernels
import Host

/// Computes the blocks of a model for a batch of rows.
final class BlockRunner {
    private let model: Model
    private let team: Team
    private let profile: Profile
    private let linear: LinearRunner
    private let attention: AttentionRunner
    /// The buffers; `hidden` is the stream. Training puts others in their place, which it keeps.
    var buffers: Activations
    private let rowsMax: Int

    /// Changes a task before it runs, for training.
    typealias Adjustment = (_ task: inout LinearTask, _ source: Rows) -> Void

    init(
        _ model: Model, team: Team, profile: Profile, rows: Int
    ) throws(LearnError) {
        self.model = model
        self.team = team
        self.profile = profile
        rowsMax = rows
        linear = try LinearRunner(team: team, profile: profile)
        attention = try AttentionRunner(team: team, profile: profile, model.architecture)
        buffers = try Activations(model.architecture, rows: rows)
    }

    /// Does `body` for each row, on the lanes if there are many.
    private func eachRow(_ rows: Int, _ body: (Int) -> Void) {
        guard rows > 4 else {
            for row in 0..<rows { body(row) }
            return
        }
        team.run(rows) { _, row in body(row) }
    }

    /// Puts the embeddings of `tokens` into the stream, and the angles of their positions.
    func embed(_ tokens: [Int], positions: [Int]) {
        precondition(tokens.count <= rowsMax && tokens.count == positions.count)
        let width = model.architecture.width
        eachRow(tokens.count) { row in
            let hidden = buffers.hidden[row]
            model.embedding.widen(row: tokens[row], into: hidden)
            if let table = model.positionEmbedding {
                let bytes = table.columns * table.element.bytes
                plasmid_add_stored(
                    hidden, table.data + positions[row] * bytes, table.element.code, width)
            }
            guard let rotary = model.architecture.rotary else { return }
            let cosines = buffers.cosines[row]
            let sines = buffers.sines[row]
            rotary.angles(at: positions[row]) { pair, cosine, sine in
                cosines[pair] = cosine
                sines[pair] = sine
            }
        }
    }

    /// All blocks, one after the other.
    func run(
        _ sequences: [SequenceRows], rows: Int, groups: [RowGroup]
    ) throws(LearnError) {
        for index in model.blocks.indices {
            try attend(index, sequences, rows: rows, groups: groups)
            try feedForward(index, rows: rows, groups: groups)
        }
    }

    /// The first half of a block: attention.
    func attend(
        _ index: Int, _ sequences: [SequenceRows], rows: Int, groups: [RowGroup],
        adjust: Adjustment? = nil
    ) throws(LearnError) {
        let block = model.blocks[index]
        normalise(block.inputNorm, rows: rows)
        var column = 0
        var tasks: [LinearTask] = []
        for module in block.inputs {
            let range = column..<column + module.outputs
            var task = LinearTask(linear: module, out: buffers.inputs.columns(range))
            adjust?(&task, buffers.normed)
            tasks.append(task)
            column = range.upperBound
        }
        try linear.run(tasks, source: buffers.normed, rows: rows, groups: groups)
        for sequence in sequences {
            eachRow(sequence.rows.count) { offset in
                place(sequence, offset, block, index, batch: rows)
            }
        }
        try attention.run(
            sequences, block: index, queries: buffers.queries, batch: rows, out: buffers.mixed)
        var task = LinearTask(
            linear: block.output, out: buffers.outcome, residual: buffers.hidden)
        adjust?(&task, buffers.mixed)
        try linear.run([task], source: buffers.mixed, rows: rows, groups: groups)
    }

    /// Turns one row's queries, keys and values and puts them where attention reads them.
    private func place(
        _ sequence: SequenceRows, _ offset: Int, _ block: Model.Block, _ index: Int, batch: Int
    ) {
        let a = model.architecture
        let row = sequence.rows.lowerBound + offset
        let position = sequence.position + offset
        let start = buffers.inputs[row]
        if let kept = buffers.plainInputs { kept[row].update(from: start, count: kept.width) }
        for head in 0..<a.heads + a.keyValueHeads {
            let vector = start + head * a.headWidth
            if let norms = block.headNorms {
                let weight = head < a.heads ? norms.query : norms.key
                plasmid_rms_norm(
                    vector, a.headWidth, weight.data, weight.element.code, 0, a.epsilon, vector)
            }
            if a.rotary != nil {
                plasmid_rope(vector, buffers.cosines[row], buffers.sines[row], a.headWidth / 2)
            }
        }
        for head in 0..<a.heads {
            let place = ((head / a.group) * batch + row) * a.group + head % a.group
            buffers.queries[place].update(from: start + head * a.headWidth, count: a.headWidth)
        }
        let keys = start + a.queryWidth
        for head in 0..<a.keyValueHeads {
            let cache = sequence.cache
            cache.store(
                keys + head * a.headWidth, at: position, in: cache.keys(block: index, head: head))
            cache.store(
                keys + a.keyWidth + head * a.headWidth, at: position,
                in: cache.values(block: index, head: head))
        }
    }

    /// The second half of a block.
    func feedForward(
        _ index: Int, rows: Int, groups: [RowGroup], adjust: Adjustment? = nil
    ) throws(LearnError) {
        let block = model.blocks[index]
        normalise(block.innerNorm, rows: rows)
        var tasks: [LinearTask] = []
        for (module, out) in zip(block.inner, buffers.inner) {
            var task = LinearTask(linear: module, out: out)
            adjust?(&task, buffers.normed)
            tasks.append(task)
        }
        try linear.run(tasks, source: buffers.normed, rows: rows, groups: groups)
        activate(rows: rows)
        var task = LinearTask(linear: block.down, out: buffers.outcome, residual: buffers.hidden)
        adjust?(&task, buffers.activated)
        try linear.run([task], source: buffers.activated, rows: rows, groups: groups)
    }

    /// The activation between the products of the second half.
    func activate(rows: Int) {
        let width = model.architecture.innerWidth
        let (gate, out) = (buffers.inner[0], buffers.activated)
        eachRow(rows) { row in
            switch model.architecture.feedForward {
            case .siluGated:
                plasmid_silu_gate(gate[row], buffers.inner[1][row], width, out[row])
            case .geluTanh: plasmid_gelu_tanh(gate[row], width, out[row])
            case .gelu: plasmid_gelu_erf(gate[row], width, out[row])
            }
        }
    }

    /// Normalises the stream's rows into `normed`.
    func normalise(_ norm: NormWeights, rows: Int) {
        eachRow(rows) { row in
            norm.apply(model.architecture, from: buffers.hidden[row], to: buffers.normed[row])
        }
    }

    /// Logits of some rows of the stream, in their order; `out` holds as many rows.
    func logits(_ rows: [Int], groups: [RowGroup], out: Rows) throws(LearnError) {
        for (index, row) in rows.enumerated() {
            model.finalNorm.apply(
                model.architecture, from: buffers.hidden[row], to: buffers.normed[index])
        }
        var chosen: [RowGroup] = []
        for group in groups {
            let places = rows.indices.filter { group.rows.contains(rows[$0]) }
            guard let first = places.first, let last = places.last else { continue }
            chosen.append(RowGroup(rows: first..<last + 1, factors: group.factors))
        }
        try linear.run(
            [LinearTask(linear: model.head, out: out)], source: buffers.normed, rows: rows.count,
            groups: chosen)
    }
}
