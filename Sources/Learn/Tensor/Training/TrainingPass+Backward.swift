import CKernels
import Host

extension TrainingPass {
    /// The parts of a block in the order of the forward pass.
    private enum Part: Int {
        case inputs, output, inner, down
    }

    /// The backward pass of one block. The gradient of its output stands in `hiddenGradient`, and
    /// that of its input afterwards; in the lowest block it ends where nothing below is trained.
    func backward(_ block: Int, _ batch: Batch, isLowest: Bool) throws(LearnError) {
        let weights = model.blocks[block]
        let record = space.record(block)
        let rows = batch.rows
        let last = isLowest ? lowestPart(block) : nil
        runner.buffers.inner = record.inner
        runner.buffers.activated = space.activated
        runner.activate(rows: rows)
        let inner = space.innerGradients
        try back(
            [weights.down], [space.hiddenGradient], source: space.activated, block, batch,
            out: last == .down ? nil : inner[0])
        guard last != .down else { return }
        activationBackward(record, rows: rows)
        runner.buffers.hidden = record.middle
        runner.normalise(weights.innerNorm, rows: rows)
        try back(
            weights.inner, inner, source: runner.buffers.normed, block, batch,
            out: last == .inner ? nil : space.normedGradient)
        guard last != .inner else { return }
        normBackward(weights.innerNorm, x: record.middle, rows: rows)
        try back(
            [weights.output], [space.hiddenGradient], source: record.mixed, block, batch,
            out: last == .output ? nil : space.mixedGradient)
        guard last != .output else { return }
        try attention.run(
            batch.sequences, block: block, batch: rows,
            AttentionBackward.Operands(
                queries: record.queries, mixed: record.mixed, gradient: space.mixedGradient,
                out: space.inputGradient))
        rotateBack(weights, record, rows: rows)
        runner.buffers.hidden = space.hiddens[block]
        runner.normalise(weights.inputNorm, rows: rows)
        var column = 0
        let gradients = weights.inputs.map { module in
            defer { column += module.outputs }
            return space.inputGradient.columns(column..<column + module.outputs)
        }
        try back(
            weights.inputs, gradients, source: runner.buffers.normed, block, batch,
            out: isLowest ? nil : space.normedGradient)
        guard !isLowest else { return }
        normBackward(weights.inputNorm, x: space.hiddens[block], rows: rows)
    }

    /// The first part of a block that has a pair.
    private func lowestPart(_ block: Int) -> Part {
        let weights = model.blocks[block]
        let has = { (linears: [Linear]) in
            linears.contains { self.adapter.pair($0.path) != nil }
        }
        if has(weights.inputs) { return .inputs }
        if has([weights.output]) { return .output }
        return has(weights.inner) ? .inner : .down
    }

    /// Modules that share one input.
    private func back(
        _ linears: [Linear], _ gradients: [Rows], source: Rows, _ block: Int, _ batch: Batch,
        out: Rows?
    ) throws(LearnError) {
        let downs = space.record(block).downs
        var tasks: [GradientTask] = []
        for (linear, gradient) in zip(linears, gradients) {
            var task = GradientTask(linear: linear, gradient: gradient)
            if let pair = adapter.pair(linear.path) {
                task.pair = pair
                task.down = downs[pair.index % modules]
                task.dropout = dropout(pair, batch)
                task.input = drop(source, pair, batch) ?? source
            }
            tasks.append(task)
        }
        guard out != nil || tasks.contains(where: { $0.pair != nil }) else { return }
        try linear.run(
            tasks, rows: batch.rows, records: batch.sequences.map(\.rows), out: out)
    }

    /// From the gradient of the activation to those of the inner products, in their place.
    private func activationBackward(_ record: BlockRecord, rows: Int) {
        let gradients = space.innerGradients
        let width = model.architecture.innerWidth
        let kind = model.architecture.feedForward
        eachRow(rows) { row, _ in
            let (x, gradient) = (record.inner[0][row], gradients[0][row])
            switch kind {
            case .siluGated:
                plasmid_silu_gate_backward(
                    x, record.inner[1][row], gradient, width, gradient, gradients[1][row])
            case .geluTanh: plasmid_gelu_tanh_backward(x, gradient, width, gradient)
            case .gelu: plasmid_gelu_erf_backward(x, gradient, width, gradient)
            }
        }
    }

    /// Adds what goes through a norm to the gradient of the stream.
    private func normBackward(_ norm: NormWeights, x: Rows, rows: Int) {
        let architecture = model.architecture
        eachRow(rows) { row, scratch in
            norm.applyBackward(
                architecture, x: x[row], gradient: self.space.normedGradient[row],
                scratch: scratch, out: self.space.hiddenGradient[row])
        }
    }

    /// Undoes rotation and goes through the norms of heads, in place.
    private func rotateBack(_ weights: Model.Block, _ record: BlockRecord, rows: Int) {
        let a = model.architecture
        guard a.rotary != nil || weights.headNorms != nil else { return }
        let buffers = runner.buffers
        eachRow(rows) { row, scratch in
            for head in 0..<a.heads + a.keyValueHeads {
                let vector = self.space.inputGradient[row] + head * a.headWidth
                if a.rotary != nil {
                    plasmid_rope_backward(
                        vector, buffers.cosines[row], buffers.sines[row], a.headWidth / 2)
                }
                guard let norms = weights.headNorms, let plain = record.plainInputs else {
                    continue
                }
                let weight = head < a.heads ? norms.query : norms.key
                scratch.update(repeating: 0, count: a.headWidth)
                plasmid_rms_norm_backward(
                    plain[row] + head * a.headWidth, vector, a.headWidth, weight.data,
                    weight.element.code, 0, a.epsilon, scratch)
                vector.update(from: scratch, count: a.headWidth)
            }
        }
    }
}
