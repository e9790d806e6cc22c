import Genome
import Host
import Learn

/// What a job observed, as commands show it.
struct TrainingLog {
    private let folder: JobFolder

    /// The log of a job.
    init(_ folder: JobFolder) { self.folder = folder }

    /// All observations; none before the first step.
    func observations() throws(Failure) -> [Observation] {
        guard Directory.exists(folder.observations) else { return [] }
        return Observation.read(
            try folder.bytes(folder.observations, limit: Observation.fileBytesMax))
    }

    /// The steps.
    func steps() throws(Failure) -> [Observation.Step] { Self.steps(try observations()) }

    /// The steps among observations.
    static func steps(_ observations: [Observation]) -> [Observation.Step] {
        observations.compactMap { if case .step(let step) = $0 { step } else { nil } }
    }

    /// One entry a step, as the contract names it.
    static func curve(_ observations: [Observation]) -> [JSONValue] {
        steps(observations).map { step in
            [
                "step": .integer(Int64(step.step)), "loss": .double(step.loss),
                "lr": .double(step.learningRate), "gradNorm": .double(step.gradientNorm),
            ]
        }
    }

    /// One entry an evaluation.
    static func evaluations(_ observations: [Observation]) -> [JSONValue] {
        observations.compactMap { observation in
            guard case .evaluation(let found) = observation else { return nil }
            return [
                "steps": .integer(Int64(found.steps)), "loss": .double(found.loss),
                "targets": .integer(Int64(found.targets)),
                "correct": .integer(Int64(found.correct)),
            ]
        }
    }

    /// Tokens a second over all steps.
    static func tokensPerSecond(_ observations: [Observation]) -> Double {
        let steps = steps(observations)
        let tokens = steps.reduce(0) { $0 + $1.tokens }
        let seconds = steps.reduce(0) { $0 + $1.milliseconds } / 1_000
        return seconds > 0 ? Double(tokens) / seconds : 0
    }
}
