import CKernels
import Testing

@testable import Learn

/// The bits of a run depend on base, settings and examples alone.
@Suite(.serialized) struct SameTrainingTests {
    static let cases = ["llama-llama3", "mistral-window", "qwen3", "gpt2"]

    static func settings(
        _ training: TrainingCase, _ profile: Profile
    ) throws -> TrainingSettings {
        var settings = try training.settings("all-linear")
        settings.profile = profile
        settings.dropout = 0.1
        settings.learningRate = 1e-3
        settings.schedule = .cosine
        settings.steps = 3
        settings.seed = 11
        return settings
    }

    /// Three steps of four examples; bits of losses, norms, factors and means.
    static func bits(
        _ training: TrainingCase, _ settings: TrainingSettings, threads: Int = 2,
        rows: Int = 512, memoryMax: UInt64? = nil, micro: Int = 4, restart: Bool = false
    ) throws -> [UInt64] {
        let make = {
            try training.trainer(
                settings, start: nil, threads: threads, rows: rows, memoryMax: memoryMax)
        }
        var trainer = try make()
        if memoryMax != nil { #expect(trainer.memory.keptBlocks < training.model.blocks.count) }
        var bits: [UInt64] = []
        for step in 0..<settings.steps {
            let examples = (0..<4).map { training.examples[(step * 4 + $0) % 12] }
            let batches = stride(from: 0, to: 4, by: micro).map {
                Array(examples[$0..<min($0 + micro, 4)])
            }
            let outcome = try trainer.run(batches)
            bits += [outcome.loss.bitPattern, outcome.gradientNorm.bitPattern]
            guard restart else { continue }
            let (factors, means) = (trainer.adapterTensors(), trainer.optimiserTensors())
            trainer = try make()
            try trainer.restore(step: step + 1, adapter: factors, optimiser: means)
        }
        let tensors = trainer.adapterTensors() + trainer.optimiserTensors()
        return bits + tensors.flatMap { $0.values.map { UInt64($0.bitPattern) } }
    }

    @Test(
        "threads, batches, memory and restarts change no bit", arguments: cases,
        Profile.allCases)
    func ways(_ name: String, _ profile: Profile) throws {
        let training = try TrainingCase(name)
        let settings = try Self.settings(training, profile)
        let expected = try Self.bits(training, settings, threads: 1)
        #expect(Set(expected).count > 1_000)
        for threads in [2, 3, 8] {
            #expect(
                try Self.bits(training, settings, threads: threads) == expected,
                "\(threads) threads")
        }
        for rows in [1, 50, 90] {
            #expect(try Self.bits(training, settings, rows: rows) == expected, "\(rows) rows")
        }
        for micro in [1, 3] {
            #expect(try Self.bits(training, settings, micro: micro) == expected, "by \(micro)")
        }
        #expect(try Self.bits(training, settings, restart: true) == expected, "restarted")
        let smallest = try Trainer.memoryChoice(
            training.model, settings, threads: 2, rows: 1,
            longest: training.examples.map(\.tokens.count).max() ?? 1, memoryMax: nil
        ).smallest
        #expect(
            try Self.bits(training, settings, memoryMax: smallest.bytes) == expected,
            "computed twice")
        var other = settings
        other.seed += 1
        #expect(try Self.bits(training, other) != expected, "another seed")
    }
}

extension KernelsTests {
    /// Training at every level of the kernels.
    @Suite struct TrainingLevelTests {
        @Test(
            "portable, AVX2 and AVX-512 train the same bits", arguments: SameTrainingTests.cases,
            Profile.allCases)
        func levels(_ name: String, _ profile: Profile) throws {
            let training = try TrainingCase(name)
            let settings = try SameTrainingTests.settings(training, profile)
            let all = try Level.here.map { level in
                try level.use { try SameTrainingTests.bits(training, settings) }
            }
            #expect(all.allSatisfy { $0 == all[0] })
        }
    }
}
