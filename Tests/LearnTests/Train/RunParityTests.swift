import Genome
import Testing

@testable import Learn

/// Fifty steps of AdamW beside PyTorch and PEFT.
@Suite struct RunParityTests {
    private static let runs: [(model: String, index: Int)] = TrainingCase.names.flatMap { name in
        ((try? TrainingCase.file(name)["runs"]?.array?.indices) ?? 0..<0).map { (name, $0) }
    }

    private static func settings(
        _ training: TrainingCase, _ run: JSONValue
    ) throws -> TrainingSettings {
        var settings = try training.settings(try #require(run["adapter"]?.string))
        let schedule = try #require(run["schedule"]?.string)
        settings.schedule = try #require(TrainingSettings.Schedule(rawValue: schedule))
        settings.warmup = Int(try #require(run["warmup"]?.integer))
        settings.learningRate = try #require(run["rate"]?.number)
        settings.weightDecay = try #require(run["decay"]?.number)
        settings.clip = try #require(run["clip"]?.number)
        settings.steps = try #require(run["order"]?.array).count
        return settings
    }

    @Test("fifty steps go as PyTorch's and end where they end", arguments: runs)
    func steps(_ place: (model: String, index: Int)) throws {
        let training = try TrainingCase(place.model)
        let run = try #require(training.json["runs"]?.array?[place.index])
        let trainer = try training.trainer(
            Self.settings(training, run), start: try #require(run["adapter"]?.string),
            isZero: run["start"]?.string == "zero")
        var worst = (early: 0.0, late: 0.0, norm: 0.0)
        let steps = try #require(run["steps"]?.array)
        for (index, order) in try #require(run["order"]?.array).enumerated() {
            let batches = try #require(order.array).map { batch in
                try TrainingCase.integers(batch).map { training.examples[$0] }
            }
            let outcome = try trainer.run(batches)
            let expected = steps[index]
            let rate = try #require(expected["lr"]?.number)
            #expect(abs(outcome.learningRate - rate) <= 1e-12 * rate + 1e-15)
            let off = abs(outcome.loss - (try #require(expected["loss"]?.number)))
            if index < 10 { worst.early = max(worst.early, off) }
            worst.late = max(worst.late, off)
            let norm = try #require(expected["norm"]?.number)
            worst.norm = max(worst.norm, abs(outcome.gradientNorm - norm) / norm)
        }
        let delta = try Self.delta(trainer, run)
        print("run \(place.model) \(run["name"]?.string ?? "") \(worst) delta \(delta)")
        #expect(worst.early <= 1e-4)
        #expect(worst.late <= 1e-3)
        #expect(delta <= 1e-3)
    }

    /// Largest relative Frobenius distance of a module's change.
    private static func delta(_ trainer: Trainer, _ run: JSONValue) throws -> Double {
        var worst = 0.0
        for module in try #require(run["factors"]?.array) {
            let name = try #require(module["module"]?.string)
            let pair = try #require(
                trainer.adapter.pairs.first { "base_model.model.\($0.linear.path)" == name })
            #expect(pair.scale == Float(try #require(module["scale"]?.number)))
            let down = try TrainingCase.floats(try #require(module["a"]?.string))
            let up = try TrainingCase.floats(try #require(module["b"]?.string))
            let own = product(pair.upValues(), pair.downValues(), rank: pair.rank)
            let other = product(up, down, rank: pair.rank)
            let distance = zip(own, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            let delta = try #require(module["delta"]?.number)
            worst = max(worst, Double(pair.scale) * distance.squareRoot() / delta)
        }
        return worst
    }

    /// B A in f64.
    private static func product(_ up: [Float], _ down: [Float], rank: Int) -> [Double] {
        let (rows, columns) = (up.count / rank, down.count / rank)
        var result = [Double](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for inner in 0..<rank {
                let factor = Double(up[row * rank + inner])
                for column in 0..<columns {
                    let other = Double(down[inner * columns + column])
                    result[row * columns + column] += factor * other
                }
            }
        }
        return result
    }
}
