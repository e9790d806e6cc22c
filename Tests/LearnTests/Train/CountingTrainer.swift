import Genome
import Host
import Wire

@testable import Learn

/// A stand-in for the trainer whose whole state is two numbers a person can follow: a step adds
/// the tokens of its examples, and the loss falls with the steps.
final class CountingTrainer {
    private(set) var step = 0
    private var value: Float = 1
    private var mean: Float = 0
    /// Steps whose loss is no number, and how often still.
    var troubles: [Int: Int] = [:]
    /// Losses of evaluations by steps done; else they fall.
    var losses: [Int: Double] = [:]
    /// Called before each step.
    var beforeStep: (Int) -> Void = { _ in }

    var steps: TrainingSteps {
        TrainingSteps(
            run: { batches throws(LearnError) in try self.run(batches) },
            loss: { examples throws(LearnError) in
                let loss = self.losses[self.step] ?? 4 / Double(self.step + 1)
                return (loss * Double(examples.count), examples.count, 1)
            },
            adapter: { [TrainedTensor(name: "a", shape: [1, 2], values: [self.value, 2])] },
            optimiser: { [TrainedTensor(name: "a.means", shape: [1], values: [self.mean])] },
            restore: { step, adapter, optimiser throws(LearnError) in
                self.step = step
                self.value = adapter[0].values[0]
                self.mean = optimiser[0].values[0]
            })
    }

    private func run(_ batches: [[TrainingExample]]) throws(LearnError) -> StepOutcome {
        beforeStep(step)
        if let left = troubles[step], left > 0 {
            troubles[step] = left - 1
            throw .training(.notFinite(step: step))
        }
        let tokens = batches.joined().flatMap(\.tokens)
        let sum = tokens.reduce(Float(0)) { $0 + Float($1) }
        mean = 0.9 * mean + 0.1 * sum
        value = value * 0.75 + mean
        step += 1
        return StepOutcome(
            loss: 5 / Double(step), gradientNorm: Double(sum), learningRate: 0.1,
            tokens: tokens.count, targets: tokens.count - 1)
    }
}

/// A run of the stand-in in a folder.
struct RunBench {
    let scratch: TrainScratch
    let recipe: Recipe
    let trainer = CountingTrainer()

    init(steps: Int, every: Int = 0, patience: Int = 0, keep: String = "last") throws {
        scratch = try TrainScratch()
        recipe = try TrainScratch.recipe(steps: steps, every: every, patience: patience, keep: keep)
    }

    func store() throws -> CheckpointStore {
        try CheckpointStore(scratch.path + "/checkpoints", run: recipe.run)
    }

    func log() throws -> LineLog { try LineLog(scratch.path + "/observations.jsonl") }

    /// Runs, from the last checkpoint if there is one.
    @discardableResult
    func go(
        _ trainer: CountingTrainer? = nil, every: Int? = 1_000_000, parts: Int = 4,
        judged: Int = 0, stopAt: Int? = nil,
        clock: Lock<UInt64>? = nil,
        tell: @escaping (TrainingRun.News) -> Void = { _ in }
    ) throws -> TrainingRun.Ending {
        let trainer = trainer ?? CountingTrainer()
        let examples = (0..<judged).map {
            TrainingExample(tokens: [Int32($0), 1], labels: [0, 1])
        }
        var pace = TrainingRun.Pace()
        pace.parts = parts
        pace.steps = every
        if let clock { pace.now = { clock.withLock { $0 } } }
        let run = TrainingRun(
            TrainingRun.Parts(
                recipe: recipe, accumulate: 2, steps: trainer.steps,
                plan: { step in
                    [
                        [TrainingExample(tokens: [Int32(step), 2], labels: [0, 2])],
                        [TrainingExample(tokens: [3], labels: [3])],
                    ]
                }, judged: examples, store: try store(), log: try log()), pace: pace)
        return try run.run(isStopAsked: { trainer.step == stopAt }, tell: tell)
    }

    /// Every checkpoint's hashes.
    func links() throws -> [CheckpointLink] { try store().links() }

    /// The observations without their times.
    func observed() throws -> [String] {
        Observation.read(try log().bytes()).map { observation in
            var object = observation.json
            object["milliseconds"] = nil
            return String(decoding: CanonicalJSON.write(object), as: UTF8.self)
        }
    }
}

/// A folder that goes with the test.
final class TrainScratch {
    let path: String

    init() throws {
        path = "/tmp/plasmid-train-\(Clock.monotonic())-\(UInt32.random(in: 0...UInt32.max))"
        try Directory.create(path)
    }

    deinit { try? Directory.removeTree(path) }

    static func recipe(
        steps: Int, every: Int = 0, patience: Int = 0, keep: String = "last"
    ) throws -> Recipe {
        var settings = TrainingSettings()
        settings.steps = steps
        settings.accumulate = 2
        var object = JSONObject()
        try settings.write(into: &object)
        let hash = JSONValue.string(Blake3.hash([1]).hexadecimal)
        object["recipe"] = 1
        object["arithmetic"] = "test"
        object["base"] = ["weights": hash, "graph": hash]
        object["data"] = [
            "files": [], "evaluationFiles": [], "examples": hash, "judged": hash,
            "settings": ["a": 1], "unicode": "16",
        ]
        object["evaluation"] = [
            "every": .integer(Int64(every)), "patience": .integer(Int64(patience)),
            "keep": .string(keep),
        ]
        return try Recipe.make(object)
    }

    /// Flips one bit of a file.
    static func flip(_ path: String, at offset: UInt64) throws {
        let file = try File(path, .write)
        var byte = try file.read(count: 1, offset: offset)
        byte[0] ^= 4
        try file.write(byte, offset: offset)
    }
}
