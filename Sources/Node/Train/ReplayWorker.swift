import Genome
import Host
import Learn
import Store
import Wire

/// The process that does steps of a recorded run again: what it reads came from peers, so it is
/// confined. It says what happens in lines of JSON.
struct ReplayWorker {
    /// How this process is started: the verb and the process that starts it.
    static let verb = "replay-worker"
    /// Bytes of data take so many of memory as text, tokens, labels and order.
    private static let memoryPerDataByte: UInt64 = 16

    private let request: ReplayRequest
    private let layout: Layout

    /// Does it again; the exit code is 0 if its last line says what it came to.
    static func run(parent: Int32) -> Int32 {
        do throws(Failure) {
            let bytes = try ConfinedWorker.begin(
                "replay", parent: parent, limit: ReplayRequest.bytesMax)
            say(.ended(try ReplayWorker(try ReplayRequest(bytes)).replay()))
            return 0
        } catch {
            say(.failed(error))
            return error.exitCode
        }
    }

    private init(_ request: ReplayRequest) {
        self.request = request
        layout = Layout(home: request.home)
    }

    private static func say(_ news: ReplayNews) { Machine.write(news.line + "\n", to: 1) }

    private func replay() throws(Failure) -> ReplayCheck {
        let budget = try confine()
        let (record, recipe) = try ReplayRequest.run(request.record, layout)
        let observations = try observations(record, RunStory(record, recipe))
        let stretches = ReplayStretch.cut(record.checkpoints)
        guard let shortest = stretches.map(\.steps.count).min(),
            let whole = ReplayStretch.all(record.checkpoints),
            let drawn = ReplayStretch.drawn(Int.random(in: whole.steps), of: stretches)
        else { return ReplayCheck(.notDone, "the run has one state only") }
        let chosen = request.isAll ? whole : drawn
        try checkFiles(of: record.checkpoints[chosen.links.lowerBound])
        let base: TrainBase
        do throws(Failure) {
            base = try TrainBase(request.inputs.base)
        } catch {
            // Whatever is wrong with it, the layer is not.
            return ReplayCheck(.notDone, "not done: " + ReplayCheck.words(error))
        }
        let prepared = try TrainPreparation(request.inputs, base)
        try Self.compare(recipe, prepared.recipe, request)
        let trainer = try prepared.trainer(threads: request.threads, budget: budget)
        let extent = ReplayCheck.Extent(
            steps: chosen.steps, whole: whole.steps.count, shortest: shortest)
        let sizes = RunReplay.sizes(of: trainer.steps)
        let replay = RunReplay(
            steps: trainer.steps, plan: { prepared.batches($0) }, links: record.checkpoints,
            observations: observations,
            load: { link throws(LearnError) in try load(link, sizes) })
        if case .differs(_, let what) = replay.start(from: recipe.start) {
            return ReplayCheck(.differs, "differs at the start: \(what)")
        }
        Self.say(.begun(extent))
        switch try run(replay, chosen) {
        case .exact: return ReplayCheck(recipe.run, extent, from: recipe.start)
        case .differs(let step, let what):
            return ReplayCheck(.differs, "differs at step \(step): \(what)")
        }
    }

    private func run(
        _ replay: RunReplay, _ stretch: ReplayStretch
    ) throws(Failure) -> RunReplay.Verdict {
        var begun = Clock.monotonic()
        return try inLearn("doing a part of the training again") { () throws(LearnError) in
            try replay.run(stretch) { step, outcome in
                let now = Clock.monotonic()
                let news = Observation.Step(
                    step: step - stretch.steps.lowerBound, loss: outcome.loss,
                    learningRate: outcome.learningRate, gradientNorm: outcome.gradientNorm,
                    tokens: outcome.tokens, targets: outcome.targets,
                    milliseconds: Double(now - begun) / 1e6)
                begun = now
                Self.say(.step(news, memory: Machine.anonymousMemory ?? 0))
            }
        }
    }

    /// Limits this process to what there is; the trainer's budget.
    private func confine() throws(Failure) -> UInt64 {
        let available = try ConfinedWorker.limit("replay", memory: request.memory)
        var data: UInt64 = 0
        for source in request.inputs.data + request.inputs.evaluation {
            let size = (try? File.facts(of: source.path).size) ?? 0
            data += min(size, UInt64(DataLimits.allBytesMax)) * Self.memoryPerDataByte
        }
        // A quarter is for the states that are read and compared.
        let budget = available - available / 4
        return budget > data ? budget - data : 0
    }

    // MARK: Evidence

    private func observations(
        _ record: RunRecord, _ story: RunStory
    ) throws(Failure) -> [Observation] {
        let bytes = try ReplayRequest.object(
            record.observations.blob, "the file of observations",
            limit: story.observationBytesMax, layout)
        guard let observations = Observation.readAll(bytes) else {
            throw Failure(.corrupt, "the observations cannot be read")
        }
        if let why = story.contradiction(observations) {
            throw Failure(.corrupt, "the record contradicts its observations", why: why)
        }
        return observations
    }

    /// Of all states only the first is read: the others are computed and compared by their hashes.
    private func checkFiles(of link: CheckpointLink) throws(Failure) {
        for blob in [link.adapter, link.optimiser] where !Directory.exists(layout.plainPath(blob)) {
            throw Failure(
                .notFound, "the state after \(link.step) steps is not here",
                remedy: "plasmid fetch LAYER --evidence")
        }
    }

    /// Holds the recipe against the one that was made of what is here: unsupported where that is
    /// another base or other data, corrupt where the recipe does not fit its own.
    static func compare(
        _ recorded: Recipe, _ made: Recipe, _ request: ReplayRequest
    ) throws(Failure) {
        var members = Set(Recipe.differences(recorded, made))
        // None of these changes a step, and where the run started is compared with its first state.
        if request.inputs.start == nil { members.remove("start") }
        if request.inputs.evaluation.count < recorded.evaluationFiles.count {
            members.subtract(["data.judged", "data.evaluationFiles"])
        }
        // Earlier recipes named a template that was given, used or not, and none of a base.
        let template = "data.template"
        let isUsed = made.json["data"]?["template"] != nil
        let isNamed = recorded.json["data"]?["template"] != nil
        if !isUsed || !isNamed && !members.contains("data.examples") {
            members.remove(template)
        }
        guard !members.isEmpty else { return }
        let isOurs =
            request.isGiven || members.contains { $0.hasPrefix("base") || $0 == template }
        throw Failure(
            isOurs ? .unsupported : .corrupt,
            isOurs
                ? "base or data here are not those of the training"
                : "the recipe does not fit its data",
            why: "other: \(members.sorted().joined(separator: ", "))")
    }

    private func load(
        _ link: CheckpointLink, _ sizes: (adapter: Int, optimiser: Int)
    ) throws(LearnError) -> RunReplay.Tensors {
        func bytes(_ id: Digest, _ name: String, _ size: Int) throws(LearnError) -> [UInt8] {
            let file = RunEvidence.checkpoint(link.step, name)
            do throws(SystemError) {
                let source = try File(layout.plainPath(id), .read)
                if try source.facts().size == UInt64(size) {
                    return try source.readAll(limit: size)
                }
            } catch {
                throw .checkpoint(.system(path: file, error.reason))
            }
            throw .checkpoint(.damaged(file: file, "it should have \(size) bytes"))
        }
        return try RunReplay.tensors(
            link, adapter: try bytes(link.adapter, Adapter.weightsName, sizes.adapter),
            optimiser: try bytes(link.optimiser, CheckpointStore.optimiserName, sizes.optimiser))
    }
}
