import Genome
import Host
import Wire

/// A run from its last checkpoint to its end: steps in the order of the plan, evaluations,
/// checkpoints, early end. Everything it decides follows from the recipe; only when a checkpoint
/// that nobody keeps is written depends on the clock.
///
/// The state after s steps is saved before it is judged, so that a checkpoint has the same bytes
/// whether the run was interrupted or not; a run that goes on from s judges s again.
public final class TrainingRun {
    /// What a run is made of.
    public struct Parts {
        /// The recipe.
        public let recipe: Recipe
        /// Micro-batches of one step.
        public let accumulate: Int
        /// Who computes.
        public let steps: TrainingSteps
        /// The micro-batches of a step.
        public let plan: (Int) -> [[TrainingExample]]
        /// What is judged; may be empty.
        public let judged: [TrainingExample]
        /// Where states are kept.
        public let store: CheckpointStore
        /// Where observations are written.
        public let log: LineLog

        /// Parts.
        public init(
            recipe: Recipe, accumulate: Int, steps: TrainingSteps,
            plan: @escaping (Int) -> [[TrainingExample]], judged: [TrainingExample],
            store: CheckpointStore, log: LineLog
        ) {
            self.recipe = recipe
            self.accumulate = accumulate
            self.steps = steps
            self.plan = plan
            self.judged = judged
            self.store = store
            self.log = log
        }
    }

    /// When states are saved that nobody keeps.
    public struct Pace: Sendable {
        /// K: parts between the milestones that are kept.
        public var parts = CheckpointSchedule.partsDefault
        /// Steps between states; nil to go by the clock.
        public var steps: Int?
        /// Seconds between states, if not by steps; prolonged so that saving takes at most one
        /// part in two hundred of the time.
        public var seconds = 60.0
        /// Nanoseconds from some beginning, by which seconds are told.
        public var now: @Sendable () -> UInt64 = { Clock.monotonic() }

        /// The defaults.
        public init() {}
    }

    /// What a run tells while it goes.
    public enum News: Sendable {
        /// It goes on from a checkpoint.
        case resumed(step: Int)
        /// A step or an evaluation.
        case observed(Observation)
        /// A state is being saved.
        case saving(step: Int)
        /// A state was saved.
        case saved(step: Int, milliseconds: Double)
        /// It went back because a loss was no number.
        case rolledBack(step: Int, to: Int)
    }

    /// How a run ended.
    public enum Ending: Equatable, Sendable {
        /// All is done; `result` is the step whose state is the result.
        case finished(steps: Int, result: Int, early: Bool)
        /// It was asked to stop and can go on from that step.
        case stopped(step: Int)
        /// It cannot go on; the best state until then is kept.
        case failed(step: Int, reason: String)
    }

    /// Times a run goes back before it gives up: a loss that is no number comes again at the same
    /// step unless the machine, and not the recipe, was at fault.
    public static let rollBacksMax = 3
    /// Examples judged in one call, a rule of the arithmetic: sums are taken in this order.
    static let judgedAtOnce = 8

    private let parts: Parts
    private let pace: Pace
    private let schedule: CheckpointSchedule
    private var best: CheckpointState.Best?
    private var step = 0
    private var saved = 0
    private var savedAt: UInt64 = 0
    private var savingTime: UInt64 = 0

    /// A run over its parts.
    public init(_ parts: Parts, pace: Pace) {
        self.parts = parts
        self.pace = pace
        schedule = CheckpointSchedule(steps: parts.recipe.steps, parts: pace.parts)
    }

    /// Runs to the end. `isStopAsked` is looked at between steps and within evaluations.
    public func run(
        isStopAsked: () -> Bool, tell: (News) -> Void
    ) throws(LearnError) -> Ending {
        try begin(tell)
        var troubles: [Int] = []
        while true {
            if isSaveDue { try save(tell) }
            if isStopAsked() { return try stop(tell) }
            let judgement = isJudgedHere ? try judge(isStopAsked, tell) : .done
            if judgement == .stopped { return try stop(tell) }
            if judgement == .done {
                if isPatienceOver(best?.since ?? 0) { return try finish(early: true, tell) }
                if step == parts.recipe.steps { return try finish(early: false, tell) }
                if try advance(tell) { continue }
            }
            if troubles.contains(step) || troubles.count == Self.rollBacksMax {
                try parts.log.sync()
                return .failed(
                    step: step, reason: TrainingFault.notFinite(step: step).description)
            }
            troubles.append(step)
            let failed = step
            try goBack()
            tell(.rolledBack(step: failed, to: step))
        }
    }

    // MARK: States

    private func begin(_ tell: (News) -> Void) throws(LearnError) {
        let steps = try parts.store.steps()
        guard let last = steps.last else {
            try parts.log.keep(before: 0)
            try save(tell)
            return
        }
        for milestone in schedule.milestones where milestone < last {
            guard steps.contains(milestone) else {
                throw .checkpoint(.missing(step: milestone))
            }
        }
        _ = try parts.store.links()
        try goBack()
        tell(.resumed(step: step))
    }

    /// Restores the last checkpoint.
    private func goBack() throws(LearnError) {
        guard let last = try parts.store.steps().last else {
            throw .checkpoint(.missing(step: 0))
        }
        let loaded = try parts.store.load(last)
        let name = CheckpointStore.name(of: last)
        guard loaded.state.cursor == last * parts.accumulate, last <= parts.recipe.steps else {
            throw .checkpoint(.damaged(file: name, "it does not fit the recipe"))
        }
        try parts.steps.restore(last, loaded.adapter, loaded.optimiser)
        step = last
        best = loaded.state.best
        saved = last
        savedAt = pace.now()
        try parts.log.keep(before: last)
    }

    private var isSaveDue: Bool {
        guard step > saved else { return false }
        if schedule.isMilestone(step) { return true }
        if let steps = pace.steps { return step - saved >= steps }
        let rest = max(UInt64(pace.seconds * 1e9), savingTime * 200)
        return pace.now() - savedAt >= rest
    }

    private func save(_ tell: (News) -> Void) throws(LearnError) {
        // From here on no step runs, whatever is done about the news too.
        let begun = pace.now()
        tell(.saving(step: step))
        try parts.log.sync()
        var previous: Digest?
        if let milestone = schedule.milestone(before: step) {
            previous = try parts.store.state(of: milestone).link.state
        }
        _ = try parts.store.save(
            step: step, cursor: step * parts.accumulate, best: best, previous: previous,
            adapter: parts.steps.adapter(), optimiser: parts.steps.optimiser())
        saved = step
        try retain()
        savedAt = pace.now()
        savingTime = savedAt - begun
        tell(.saved(step: step, milliseconds: Double(savingTime) / 1e6))
    }

    private func retain() throws(LearnError) {
        let kept = schedule.milestones + [saved] + (best.map { [$0.step] } ?? [])
        try parts.store.retain(Set(kept))
    }

    // MARK: Steps

    /// One step; false if its loss is no number.
    private func advance(_ tell: (News) -> Void) throws(LearnError) -> Bool {
        let begun = pace.now()
        let outcome: StepOutcome
        do throws(LearnError) {
            outcome = try parts.steps.run(parts.plan(step))
        } catch {
            if case .training(.notFinite) = error { return false }
            throw error
        }
        guard outcome.loss.isFinite, outcome.gradientNorm.isFinite else { return false }
        let observation = Observation.step(
            Observation.Step(
                step: step, loss: outcome.loss, learningRate: outcome.learningRate,
                gradientNorm: outcome.gradientNorm, tokens: outcome.tokens,
                targets: outcome.targets,
                milliseconds: Double((pace.now() - begun) / 1_000) / 1_000))
        try parts.log.append(observation.json)
        step += 1
        tell(.observed(observation))
        return true
    }

    private var isJudgedHere: Bool {
        guard !parts.judged.isEmpty else { return false }
        let every = parts.recipe.evaluationEvery
        return step == parts.recipe.steps || every > 0 && step > 0 && step % every == 0
    }

    /// Whether so many evaluations without progress are enough.
    private func isPatienceOver(_ since: Int) -> Bool {
        parts.recipe.patience > 0 && since >= parts.recipe.patience
    }

    private enum Judgement {
        case done, stopped
        /// The loss is no number.
        case failed
    }

    /// Judges the state.
    private func judge(
        _ isStopAsked: () -> Bool, _ tell: (News) -> Void
    ) throws(LearnError) -> Judgement {
        var (sum, targets, correct) = (0.0, 0, 0)
        for first in stride(from: 0, to: parts.judged.count, by: Self.judgedAtOnce) {
            if isStopAsked() { return .stopped }
            let end = min(first + Self.judgedAtOnce, parts.judged.count)
            let part = try parts.steps.loss(Array(parts.judged[first..<end]))
            sum += part.sum
            targets += part.targets
            correct += part.correct
        }
        let loss = sum / Double(max(1, targets))
        guard loss.isFinite else { return .failed }
        let observation = Observation.evaluation(
            Observation.Evaluation(steps: step, loss: loss, targets: targets, correct: correct))
        try parts.log.append(observation.json)
        tell(.observed(observation))
        // A state that stays was saved before this evaluation, or is now, so that its bytes are the
        // same either way: the best one, and the last one where patience ends here.
        if let standing = best, loss >= standing.loss {
            let since = standing.since + 1
            if isPatienceOver(since), saved != step { try save(tell) }
            best = CheckpointState.Best(step: standing.step, loss: standing.loss, since: since)
            return .done
        }
        if saved != step { try save(tell) }
        best = CheckpointState.Best(step: step, loss: loss, since: 0)
        try retain()
        return .done
    }

    // MARK: Ends

    private func stop(_ tell: (News) -> Void) throws(LearnError) -> Ending {
        if saved != step { try save(tell) }
        return .stopped(step: step)
    }

    private func finish(early: Bool, _ tell: (News) -> Void) throws(LearnError) -> Ending {
        if saved != step { try save(tell) }
        try parts.log.sync()
        let result = parts.recipe.keepsBest ? best?.step ?? step : step
        return .finished(steps: step, result: result, early: early)
    }
}
