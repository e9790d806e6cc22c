import Genome
import Host
import Learn

/// A training of one bench case on examples as good as random, which says how long its steps take.
final class TimedTrainer {
    /// What it trains on.
    let model: Model
    /// Operations of a step.
    let operations: Double
    private let trainer: Trainer
    private let examples: [TrainingExample]

    /// A trainer of a case.
    init(
        _ one: TrainBench.Case, base: String, threads: Int, _ report: Report
    ) throws(Failure) {
        let source = try LayerSource.open(base, LazyAccess(report))
        (model, trainer) = try inLearn("preparing to train") { () throws(LearnError) in
            let model = try Model(source.files)
            var settings = TrainingSettings()
            settings.targets = one.targets == "all" ? .allLinear : .names(TrainBench.Case.attention)
            settings.profile = one.profile
            settings.steps = 1_000_000
            settings.schedule = .constant
            settings.learningRate = 1e-4
            let trainer = try Trainer(
                model, settings, threads: threads, rows: one.batch * one.tokens,
                longest: one.tokens)
            return (model, trainer)
        }
        operations = StepWork.count(model, trainer.modules)
            .operations(batch: one.batch, tokens: one.tokens)
        examples = Self.tokens(one, vocabulary: model.architecture.vocabulary).map { tokens in
            TrainingExample(tokens: tokens, labels: tokens)
        }
    }

    /// Seconds of one step.
    func step() throws(Failure) -> Double {
        try inLearn("training") { () throws(LearnError) in
            try BenchCommand.seconds { () throws(LearnError) in
                _ = try trainer.run([examples])
            }
        }
    }

    /// Seconds of each step of at least `count` and at least so many seconds of them.
    func steps(atLeast count: Int, seconds: Double) throws(Failure) -> [Double] {
        var times: [Double] = []
        var sum = 0.0
        while times.count < count || sum < seconds {
            times.append(try step())
            sum += times[times.count - 1]
        }
        return times
    }

    /// Tokens as good as random, the same in every run.
    static func tokens(_ one: TrainBench.Case, vocabulary: Int) -> [[Int32]] {
        var state: UInt64 = 1
        return (0..<one.batch).map { _ in
            (0..<one.tokens).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int32((state >> 33) % UInt64(vocabulary))
            }
        }
    }
}
