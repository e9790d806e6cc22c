import Genome

/// One line of what was observed in a run: a step, or an evaluation.
public enum Observation: Equatable, Sendable {
    /// One optimiser step.
    case step(Step)
    /// One evaluation between steps.
    case evaluation(Evaluation)

    /// What a step showed.
    public struct Step: Equatable, Sendable {
        /// Number of the step, from 0.
        public let step: Int
        /// Mean loss before the update, in nats.
        public let loss: Double
        /// Learning rate of the update.
        public let learningRate: Double
        /// Norm of the gradient before the clip.
        public let gradientNorm: Double
        /// Tokens that were read.
        public let tokens: Int
        /// Tokens that were learned.
        public let targets: Int
        /// How long it took.
        public let milliseconds: Double

        /// A step.
        public init(
            step: Int, loss: Double, learningRate: Double, gradientNorm: Double, tokens: Int,
            targets: Int, milliseconds: Double
        ) {
            self.step = step
            self.loss = loss
            self.learningRate = learningRate
            self.gradientNorm = gradientNorm
            self.tokens = tokens
            self.targets = targets
            self.milliseconds = milliseconds
        }
    }

    /// What an evaluation showed.
    public struct Evaluation: Equatable, Sendable {
        /// Steps that were done.
        public let steps: Int
        /// Mean loss in nats.
        public let loss: Double
        /// Tokens that were judged.
        public let targets: Int
        /// Those of them that were the likeliest.
        public let correct: Int

        /// An evaluation.
        public init(steps: Int, loss: Double, targets: Int, correct: Int) {
            self.steps = steps
            self.loss = loss
            self.targets = targets
            self.correct = correct
        }
    }

    /// Whether it is of the time before `steps` steps were done.
    public func isBefore(_ steps: Int) -> Bool {
        switch self {
        case .step(let step): step.step < steps
        case .evaluation(let evaluation): evaluation.steps < steps
        }
    }

    /// The object of the line; every number in it is finite.
    public var json: JSONObject {
        var object = JSONObject()
        switch self {
        case .step(let step):
            object["step"] = .integer(Int64(step.step))
            object["loss"] = .double(step.loss)
            object["learningRate"] = .double(step.learningRate)
            object["gradientNorm"] = .double(step.gradientNorm)
            object["tokens"] = .integer(Int64(step.tokens))
            object["targets"] = .integer(Int64(step.targets))
            object["milliseconds"] = .double(step.milliseconds)
        case .evaluation(let evaluation):
            object["evaluated"] = .integer(Int64(evaluation.steps))
            object["loss"] = .double(evaluation.loss)
            object["targets"] = .integer(Int64(evaluation.targets))
            object["correct"] = .integer(Int64(evaluation.correct))
        }
        return object
    }

    /// The observation of a line's object; nil for anything else.
    public init?(_ json: JSONValue) {
        func count(_ name: String) -> Int? {
            json[name]?.integer.flatMap { $0 >= 0 ? Int($0) : nil }
        }
        guard let loss = json["loss"]?.number, let targets = count("targets") else { return nil }
        if let steps = count("evaluated"), let correct = count("correct") {
            self = .evaluation(
                Evaluation(steps: steps, loss: loss, targets: targets, correct: correct))
            return
        }
        guard let step = count("step"), let rate = json["learningRate"]?.number,
            let norm = json["gradientNorm"]?.number, let tokens = count("tokens"),
            let time = json["milliseconds"]?.number
        else { return nil }
        self = .step(
            Step(
                step: step, loss: loss, learningRate: rate, gradientNorm: norm, tokens: tokens,
                targets: targets, milliseconds: time))
    }
}

extension Observation {
    /// Longest file of observations: a line is about 180 bytes, so three million steps.
    public static let fileBytesMax = 512 << 20
    /// Longest line.
    static let lineBytesMax = 1_024

    /// The observations of a file whose every line is one; nil for any other.
    public static func readAll(_ bytes: [UInt8]) -> [Observation]? {
        let observations = read(bytes)
        let lines = bytes.count { $0 == 0x0a }
        return observations.count == lines && bytes.last ?? 0x0a == 0x0a ? observations : nil
    }

    /// The observations of a file's bytes. Total: a line that is none, such as one that a crash
    /// cut off, ends the reading; what stands before it counts.
    public static func read(_ bytes: [UInt8]) -> [Observation] {
        var observations: [Observation] = []
        for line in bytes.split(separator: 0x0a) {
            let limits = JSONLimits(bytes: lineBytesMax, depth: 2, values: 32)
            guard let value = try? JSONParser.parse(Array(line), limits: limits),
                let observation = Observation(value)
            else { break }
            observations.append(observation)
        }
        return observations
    }
}
