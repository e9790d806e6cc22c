import Genome
import Learn
import Testing

@testable import Node

@Suite("The work of a step")
struct StepWorkTests {
    @Test func `is counted term by term`() {
        var work = StepWork()
        work.weights = 10
        #expect(work.operations(batch: 1, tokens: 3) == 3 * 4 * 10)
        work.first = 4
        #expect(work.operations(batch: 1, tokens: 3) == 3 * (4 * 10 - 2 * 4))
        work.factors = 2
        #expect(work.operations(batch: 1, tokens: 3) == 96 + 3 * 6 * 2)
        work.head = 6
        #expect(work.operations(batch: 1, tokens: 3) == 132 + 2 * 4 * 6)
        work.queryWidth = 1
        work.windows = [nil]
        #expect(work.operations(batch: 1, tokens: 3) == 180 + 12 * 6)
        #expect(work.operations(batch: 2, tokens: 3) == 504)
    }

    @Test func `has the pairs that are seen`() {
        #expect(StepWork.pairs(4, window: nil) == 10)
        #expect(StepWork.pairs(4, window: 4) == 10)
        #expect(StepWork.pairs(4, window: 9) == 10)
        #expect(StepWork.pairs(4, window: 2) == 1 + 2 + 2 + 2)
        #expect(StepWork.pairs(4, window: 1) == 4)
    }

    @Test func `of a model follows its shapes`() throws {
        let model = try Model(try LayerFiles(folder: LearningSample.base))
        var settings = TrainingSettings()
        settings.targets = .allLinear
        let trainer = try Trainer(model, settings, threads: 1, rows: 8, longest: 8)
        let work = StepWork.count(model, trainer.modules)
        let shape = model.architecture
        let inner = 3 * shape.width * shape.innerWidth
        let outer = 2 * shape.width * (shape.queryWidth + shape.keyWidth)
        #expect(work.weights == Double(shape.blocks * (inner + outer)))
        #expect(work.factors == Double(trainer.parameters))
        #expect(work.head == Double(shape.width * shape.vocabulary))
        #expect(work.windows.count == shape.blocks)
    }
}
