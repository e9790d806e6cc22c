import Genome
import Host
import Testing

@testable import Learn

@Suite("A trained adapter before it counts as finished")
struct ResultCheckTests {
    private let scratch: ScratchFolder
    private let model: Model
    private let example = TrainingExample(
        tokens: [1, 5, 3, 7, 2, 9], labels: [-100, 5, 3, 7, 2, 9])

    init() throws {
        scratch = try ScratchFolder()
        model = try HandModel().open(in: scratch)
    }

    /// A trainer after two steps, its states kept, its files written.
    private func trained(
        _ change: (inout [TrainedTensor]) -> Void = { _ in }
    ) throws -> (Trainer, CheckpointStore, LayerFiles) {
        var settings = TrainingSettings()
        settings.rank = 2
        settings.steps = 2
        settings.learningRate = 0.05
        let trainer = try Trainer(model, settings, threads: 1, rows: 16, longest: 8)
        let store = try CheckpointStore(
            scratch.path + "/c", run: try TrainScratch.recipe(steps: 2).run)
        for step in 0...2 {
            if step > 0 { _ = try trainer.steps.run([[example]]) }
            if step == 1 { continue }
            _ = try store.save(
                step: step, cursor: step, best: nil, previous: nil,
                adapter: trainer.steps.adapter(), optimiser: trainer.steps.optimiser())
        }
        let folder = try scratch.write(
            [(Adapter.configName, settings.adapterConfig(model: model, baseName: "b"))],
            to: "result")
        var tensors = trainer.adapterTensors()
        change(&tensors)
        _ = try TensorBytes.write(tensors, to: folder + "/" + Adapter.weightsName)
        return (trainer, store, try LayerFiles(folder: folder))
    }

    @Test("gives the same loss when it is read back, and by inference")
    func sound() throws {
        let (trainer, store, files) = try trained()
        let checks = try ResultCheck(trainer, store, threads: 1).run(
            files, step: 2, examples: [example])
        #expect(
            checks.map(\.name) == [
                "reloaded", "inferred", "bound", "rewritten", "strength", "spectrum", "effect",
            ])
        #expect(checks.allSatisfy { $0.isSound }, "\(checks.map(\.detail))")
    }

    @Test("is found out when one number in its file is another")
    func altered() throws {
        let (trainer, store, files) = try trained { tensors in
            var values = tensors[0].values
            values[0] += 0.5
            tensors[0] = TrainedTensor(
                name: tensors[0].name, shape: tensors[0].shape, values: values)
        }
        let checks = try ResultCheck(trainer, store, threads: 1).run(
            files, step: 2, examples: [example])
        #expect(!checks[0].isSound && checks[0].name == "reloaded")
    }
}
