import Testing

@testable import Learn

@Suite struct TrainerTests {
    private func trainer(
        _ training: TrainingCase, _ change: (inout TrainingSettings) -> Void = { _ in }
    ) throws -> Trainer {
        var settings = try training.settings("qkvo")
        change(&settings)
        return try training.trainer(settings, start: "qkvo")
    }

    @Test func `a step without a target or with a wrong token is refused`() throws {
        let training = try TrainingCase("qwen3")
        let trainer = try trainer(training)
        let before = trainer.adapterTensors().map(\.values)
        let masked = TrainingExample(tokens: [1, 2, 3], labels: [1, -100, -100])
        #expect(throws: LearnError.training(.noTargets(step: 0))) {
            _ = try trainer.run([[masked]])
        }
        let vocabulary = training.model.architecture.vocabulary
        for wrong in [Int32(vocabulary), -1] {
            let example = TrainingExample(tokens: [1, wrong], labels: [1, 2])
            #expect(
                throws: LearnError.request(.noToken(Int(wrong), vocabulary: vocabulary))
            ) { _ = try trainer.run([[example]]) }
        }
        let label = TrainingExample(tokens: [1, 2], labels: [1, Int32(vocabulary)])
        #expect(throws: LearnError.self) { _ = try trainer.run([[label]]) }
        let long = [Int32](repeating: 1, count: 1_000)
        #expect(throws: LearnError.request(.tooLong(tokens: 1_000, limit: 512))) {
            _ = try trainer.run([[TrainingExample(tokens: long, labels: long)]])
        }
        #expect(trainer.step == 0 && trainer.adapterTensors().map(\.values) == before)
    }

    @Test func `a loss that is no number changes nothing`() throws {
        let training = try TrainingCase("qwen3")
        let trainer = try trainer(training)
        let pair = trainer.adapter.pairs[0]
        pair.down.values[0] = .infinity
        let before = trainer.optimiserTensors().map(\.values)
        #expect(throws: LearnError.training(.notFinite(step: 0))) {
            _ = try trainer.run([[training.examples[0]]])
        }
        #expect(trainer.step == 0 && trainer.optimiserTensors().map(\.values) == before)
    }

    @Test func `a state of other tensors is refused`() throws {
        let training = try TrainingCase("qwen3")
        let trainer = try trainer(training)
        let (factors, means) = (trainer.adapterTensors(), trainer.optimiserTensors())
        try trainer.restore(step: 7, adapter: factors, optimiser: means)
        #expect(trainer.step == 7)
        #expect(throws: LearnError.self) {
            try trainer.restore(step: 1, adapter: Array(factors.dropLast()), optimiser: means)
        }
        var other = factors
        other[0] = TrainedTensor(name: other[0].name, shape: [1], values: [1])
        #expect(throws: LearnError.self) {
            try trainer.restore(step: 1, adapter: other, optimiser: means)
        }
        #expect(trainer.step == 7)
    }

    @Test("gradients are slopes of the loss", arguments: TrainingCase.names)
    func slopes(_ name: String) throws {
        let training = try TrainingCase(name)
        let adapter = name == "gpt2" ? "attention" : "qkvo"
        let trainer = try training.trainer(training.settings(adapter), start: adapter)
        let examples = [training.examples[0], training.examples[3]]
        _ = try trainer.gradients(of: examples)
        for matrix in [trainer.adapter.pairs[0].down, trainer.adapter.pairs[1].up] {
            // Along the gradient itself the slope is its norm, where f32 sees it best.
            let gradient = (0..<matrix.count).map { matrix.gradient[$0] }
            let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            let values = (0..<matrix.count).map { matrix.values[$0] }
            let step = 0.01 / max(norm, 1)
            let losses = try [1.0, -1.0].map { sign in
                for place in 0..<matrix.count {
                    matrix.values[place] =
                        values[place] + Float(sign * step * Double(gradient[place]) / norm)
                }
                let found = try trainer.loss(of: examples)
                return found.sum / Double(found.targets)
            }
            matrix.values.update(from: values, count: matrix.count)
            let slope = (losses[0] - losses[1]) / (2 * step)
            #expect(abs(slope - norm) <= 2e-3 * norm, "\(slope) beside \(norm)")
        }
    }

    @Test func `too little memory is refused with what is needed`() throws {
        let training = try TrainingCase("qwen3")
        let settings = try training.settings("qkvo")
        let error = #expect(throws: LearnError.self) {
            _ = try training.trainer(settings, start: nil, memoryMax: 1_000)
        }
        guard case .weights(.tooMuchMemory(let needed, 1_000))? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        _ = try training.trainer(settings, start: nil, memoryMax: needed)
        #expect(throws: LearnError.request(.tooLong(tokens: 99_999, limit: 256))) {
            _ = try Trainer(training.model, settings, threads: 1, rows: 1, longest: 99_999)
        }
    }

    @Test func `modules are told with rank, scale and shape`() throws {
        let training = try TrainingCase("gpt2")
        let trainer = try training.trainer(training.settings("patterns"), start: nil)
        let module = try #require(trainer.modules.first)
        #expect(module.path.hasSuffix("h.0.attn.c_attn") && module.rank == 2)
        #expect(module.outputs == 3 * module.inputs)
        #expect(trainer.parameters == trainer.adapterTensors().reduce(0) { $0 + $1.values.count })
    }
}
