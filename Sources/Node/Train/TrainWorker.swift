import Genome
import Host
import Learn
import Wire

/// The process that trains: started by the command or by a supervisor, it reads a job's folder,
/// says what happens in lines of JSON, and leaves everything that counts on disk. It opens no
/// home, holds no key and, where the kernel lets it, has no network.
struct TrainWorker {
    /// How this process is started: the verb, the job's folder, the process that starts it.
    static let verb = "train-worker"
    /// Memory beside the trainer's own: program, tokenizer, tables.
    private static let memoryBeside: UInt64 = 1 << 30
    /// Bytes of data take so many of memory as text, tokens, labels and order.
    private static let memoryPerDataByte: UInt64 = 16
    /// Room in a file beside twice the optimiser's state: observations.
    private static let fileBeside: UInt64 = 1 << 30

    private let folder: JobFolder
    /// What earlier sessions took.
    private let cost: TrainCost
    private let begun = Clock.monotonic()
    private let isStopAsked = Lock(false)
    /// Whether base and data are still being read, so that there is no state to save.
    private let isPreparing = Lock(true)

    /// Trains; the exit code is 0 if the folder says how it ended.
    static func run(_ path: String, parent: Int32) -> Int32 {
        let worker = TrainWorker(folder: JobFolder(path: path))
        do throws(Failure) {
            try worker.train(parent: parent)
            return 0
        } catch {
            say(.failed(error))
            return error.exitCode
        }
    }

    private init(folder: JobFolder) {
        self.folder = folder
        cost = TrainCost(folder)
    }

    private static func say(_ news: TrainNews) { Machine.write(news.line + "\n", to: 1) }

    private func train(parent: Int32) throws(Failure) {
        // First of all, while this process has one thread.
        let isConfined = Confinement.leaveNetwork()
        guard Confinement.endWithParent(parent) else {
            throw Failure(.busy, "the process that began this training has ended")
        }
        try watchSignals()
        let request = try TrainRequest(folder)
        if request.isDetached { Confinement.lowerPriority() }
        let budget = try confine(request)
        if !isConfined {
            Self.say(.note("the kernel does not let the worker leave the network"))
        }
        let prepared = try TrainPreparation(request.inputs)
        try check(prepared.base, request.inputs.base)
        for note in prepared.notes { Self.say(.note(note.description)) }
        let isNew = try check(prepared.recipe)
        let trainer = try prepared.trainer(threads: request.threads, budget: budget)
        try narrowFiles(trainer)
        isPreparing.withLock { $0 = false }
        // Only now is it sure that there will be steps.
        if isNew { try folder.write(prepared.recipe.bytes, to: folder.recipe) }
        Self.say(
            .ready(
                TrainNews.Ready(
                    run: prepared.recipe.run.hexadecimal, steps: prepared.recipe.steps,
                    parameters: trainer.parameters, memory: trainer.memory.bytes,
                    examples: prepared.plan.examples, tokens: prepared.plan.tokens,
                    confined: isConfined)))
        let (store, ending) = try run(request, prepared, trainer)
        switch ending {
        case .stopped(let step): Self.say(.stopped(step: step))
        case .failed(_, let reason):
            throw Failure(
                .refused, "training failed", why: reason,
                remedy: "the states until then are in \(folder.checkpoints)")
        case .finished(let steps, let result, let early):
            let checks = try TrainResult(folder, prepared, store).write(
                result, trainer, request)
            try saveCost()
            Self.say(
                .trained(
                    TrainNews.Trained(
                        steps: steps, result: result, early: early,
                        peakMemory: TrainCost(folder).peakMemory, checks: checks)))
        }
    }

    /// SIGTERM and SIGINT ask to stop; the state is saved then. Before the first step there is
    /// nothing that the disk has not: the process ends at once, wherever it is.
    private func watchSignals() throws(Failure) {
        let (isStopAsked, isPreparing) = (isStopAsked, isPreparing)
        let step = (try? folder.read(isLockOurs: true).step) ?? 0
        do throws(SystemError) {
            let signals = try Signals()
            try Thread("signals") {
                while (try? signals.wait()) != nil {
                    isStopAsked.withLock { $0 = true }
                    // Held until the end, so that no step begins meanwhile.
                    isPreparing.withLock { isPreparing in
                        guard isPreparing else { return }
                        Self.say(.stopped(step: step))
                        Machine.leave(0)
                    }
                }
            }.detach()
        } catch {
            throw Failure(.internal, "signals cannot be watched", why: error.description)
        }
    }

    /// Limits this process to what the training may take; the trainer's budget.
    private func confine(_ request: TrainRequest) throws(Failure) -> UInt64 {
        let available = Machine.availableMemory
        guard let budget = request.memory ?? available else {
            throw Failure(
                .quota, "how much memory there is cannot be told", remedy: "say --memory SIZE")
        }
        var beside = Self.memoryBeside
        for source in request.inputs.data + request.inputs.evaluation {
            beside += ((try? File.facts(of: source.path).size) ?? 0) * Self.memoryPerDataByte
        }
        let (limit, isOverflow) = budget.addingReportingOverflow(beside)
        do throws(SystemError) {
            try Confinement.narrow(
                fileBytes: UInt64(Int64.max), memoryBytes: isOverflow ? nil : limit)
        } catch {
            throw Failure(.internal, "the worker cannot be confined", why: error.description)
        }
        return budget
    }

    private func narrowFiles(_ trainer: Trainer) throws(Failure) {
        let state = UInt64(trainer.parameters) * 16
        do throws(SystemError) {
            try Confinement.narrow(fileBytes: state + Self.fileBeside, memoryBytes: nil)
        } catch {
            throw Failure(.internal, "the worker cannot be confined", why: error.description)
        }
    }

    /// Holds the base's files against what its manifest says of them.
    private func check(_ found: BaseFacts, _ base: TrainInputs.Part) throws(Failure) {
        guard let known = base.facts else { return }
        var members: [String] = []
        if found.weights != known.weights { members.append("base.weights") }
        if found.graph != known.graph { members.append("base.graph") }
        if found.tokenizer != known.tokenizer { members.append("base.tokenizer") }
        guard members.isEmpty else {
            throw Failure(
                .corrupt, "the base \(base.files.title) is damaged here",
                why: "its files differ from its manifest in \(members.joined(separator: ", "))",
                remedy: "see which with: plasmid verify \((base.layer ?? "").prefix(16))")
        }
    }

    /// Holds the recipe against the one that the job began with; whether there was none.
    private func check(_ recipe: Recipe) throws(Failure) -> Bool {
        guard Directory.exists(folder.recipe) else { return true }
        let bytes = try folder.bytes(folder.recipe, limit: RecipeSchema.bytesMax)
        let before: Recipe
        do throws(GenomeError) {
            before = try Recipe.decode(bytes)
        } catch {
            throw Failure(
                .corrupt, "\(folder.recipe) was changed", why: error.description,
                remedy: "put back what it was, or train anew under another name")
        }
        let members = Recipe.differences(before, recipe)
        guard members.isEmpty else {
            throw Failure(
                LearnError.checkpoint(.otherRecipe(members)), doing: "going on with the training")
        }
        return false
    }

    private func run(
        _ request: TrainRequest, _ prepared: TrainPreparation, _ trainer: Trainer
    ) throws(Failure) -> (CheckpointStore, TrainingRun.Ending) {
        var pace = TrainingRun.Pace()
        pace.parts = request.parts
        pace.steps = request.checkpointSteps
        return try inLearn("training") { () throws(LearnError) in
            let store = try CheckpointStore(folder.checkpoints, run: prepared.recipe.run)
            let log = try LineLog(folder.observations)
            let run = TrainingRun(
                TrainingRun.Parts(
                    recipe: prepared.recipe, accumulate: request.inputs.settings.accumulate,
                    steps: trainer.steps, plan: { prepared.batches($0) },
                    judged: prepared.judged, store: store, log: log), pace: pace)
            let ending = try run.run(
                isStopAsked: { isStopAsked.withLock { $0 } }, tell: { tell($0) })
            return (store, ending)
        }
    }

    private func tell(_ news: TrainingRun.News) {
        switch news {
        case .resumed(let step): Self.say(.resumed(step: step))
        case .observed(.step(let step)):
            Self.say(.step(step, memory: Machine.anonymousMemory ?? 0))
        case .observed(.evaluation(let found)): Self.say(.judged(found))
        case .saving(let step):
            Self.say(.saving(step: step))
            // What it took is told for people; a run does not end because of it.
            _ = try? saveCost(isDurable: false)
        case .saved(let step, let milliseconds):
            Self.say(.saved(step: step, milliseconds: milliseconds))
        case .rolledBack(let step, let to): Self.say(.rolledBack(step: step, to: to))
        }
    }

    /// While steps wait for a state, nobody waits for the disk because of this.
    private func saveCost(isDurable: Bool = true) throws(Failure) {
        try folder.write(
            cost.adding(since: begun).bytes, to: folder.cost, isDurable: isDurable)
    }
}
