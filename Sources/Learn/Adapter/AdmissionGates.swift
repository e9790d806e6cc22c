import Genome

/// What can be said of an adapter on its base before anyone relies on it.
///
/// That it opens and binds has been shown by then. These gates look at whether it survives being
/// written, at its size and at its effect. A large or lopsided factor is a signal for a person and
/// proves nothing: some honest adapters are strong, and a careful poisoner's are not.
public struct AdmissionGates {
    /// One gate with its result.
    public struct Check: Sendable {
        /// A number that was found, by the name that a statement gives it.
        public typealias Figure = (metric: String, value: Double, unit: String)

        /// What was looked at.
        public let name: String
        /// Whether it passed; a flag for people does not fail it.
        public let isSound: Bool
        /// Whether a person should look.
        public let isFlagged: Bool
        /// What was found.
        public let detail: String
        /// What was measured.
        public let figures: [Figure]

        init(
            name: String, isSound: Bool, isFlagged: Bool = false, detail: String,
            figures: [Figure] = []
        ) {
            self.name = name
            self.isSound = isSound
            self.isFlagged = isFlagged
            self.detail = detail
            self.figures = figures
        }
    }

    /// Tokens of the fixed prompt: spread over the vocabulary, the same for every model.
    private static let probeTokens = 16
    /// Positions of a sequence that they are run on.
    public static let positions = probeTokens

    private let engine: Engine
    private let adapter: Adapter
    private let stack: AdapterStack

    /// Gates for one adapter, bound alone.
    public init(_ engine: Engine, _ adapter: Adapter, _ stack: AdapterStack) {
        self.engine = engine
        self.adapter = adapter
        self.stack = stack
    }

    /// All gates in order.
    public func run() throws(LearnError) -> [Check] {
        let modules = adapter.facts.modules.count
        let bound = Check(
            name: "bound", isSound: true,
            detail: "\(modules) modules found their places, all numbers finite")
        let vocabulary = engine.model.architecture.vocabulary
        let count = min(Self.probeTokens, engine.model.architecture.positions)
        let prompt = (0..<count).map { ($0 * 7_919 + 13) % vocabulary }
        let adapted = try rows(prompt, stack)
        let sizes = UpdateSizes(engine.model, stack)
        return [
            bound, try rewritten(prompt, adapted), sizes.strength, sizes.spectrum,
            effect(base: try rows(prompt, nil), adapted: adapted),
        ]
    }

    /// Written anew from what was bound and read back it is the same adapter.
    private func rewritten(
        _ prompt: [Int], _ adapted: [[Float]]
    ) throws(LearnError) -> Check {
        let (copy, isSame) = try adapter.rewritten()
        let again = try AdapterStack(
            [AdapterStack.Member(copy, identifier: copy.title)], model: engine.model)
        let isEqual = try rows(prompt, again) == adapted
        return Check(
            name: "rewritten", isSound: isSame && isEqual,
            detail: isSame && isEqual
                ? "written anew and read back: the same factors and the same answers"
                : "written anew and read back \(isSame ? "it answers otherwise" : "it differs")")
    }

    /// Mean divergence (Kullback and Leibler) from the base on a fixed prompt, in nats.
    private func effect(base: [[Float]], adapted: [[Float]]) -> Check {
        let all = Array(0..<engine.model.architecture.vocabulary)
        var divergence = 0.0
        for (left, right) in zip(base, adapted) {
            let first = LogitRow.logProbabilities(left, of: all)
            let second = LogitRow.logProbabilities(right, of: all)
            for (one, two) in zip(first, second) {
                divergence += LogitRow.exponential(one) * (one - two)
            }
        }
        divergence /= Double(base.count)
        let differs = zip(base, adapted).contains { $0 != $1 }
        return Check(
            name: "effect", isSound: differs,
            detail: differs
                ? "moves the base's answers by \(UpdateSizes.shown(divergence)) nats a token"
                : "does not move a single logit of the probe",
            figures: [("effect", divergence, "nats per token")])
    }

    private func rows(_ prompt: [Int], _ stack: AdapterStack?) throws(LearnError) -> [[Float]] {
        let sequence = try engine.makeSequence(capacity: prompt.count, adapters: stack)
        try engine.step([Engine.Part(sequence, prompt, wanted: .all)])
        return prompt.indices.map { engine.result($0) }
    }
}
