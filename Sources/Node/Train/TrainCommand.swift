import Genome
import Host
import Learn
import Wire

/// `plasmid train`: an adapter from a base and data, here or detached from the terminal.
enum TrainCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        // The home is let go before the training begins: others need it meanwhile.
        let (home, request) = try open(arguments, report)
        let folder = try JobFolder.make(
            home: home, name: request.name, request: try request.bytes()
        ).folder
        do throws(Failure) {
            try run(folder, request.isDetached, report)
        } catch {
            // What never did a step leaves nothing behind.
            if !Directory.exists(folder.recipe) { folder.remove() }
            throw error
        }
    }

    private static func open(
        _ arguments: Arguments, _ report: Report
    ) throws(Failure) -> (home: String, TrainRequest) {
        let access = try Access.open(makes: true, report)
        let use = try LayerUse.train(arguments.texts("purpose"))
        let options = TrainOptions(arguments, LazyAccess(access, report, for: use)) { text in
            report.note("note: \(PlainText.shown(text))")
        }
        let request = try options.request()
        try requireTerms(request, access)
        return (access.home, request)
    }

    /// Asks before the training whether its result may bear the terms that it is meant to.
    private static func requireTerms(
        _ request: TrainRequest, _ access: Access
    ) throws(Failure) {
        let inputs = request.inputs
        var object = request.sharing
        object["base"] = inputs.base.facts.map { facts in
            BaseFacts(
                layer: inputs.base.layer.flatMap { Digest(hexadecimal: $0) } ?? facts.layer,
                weights: facts.weights, graph: facts.graph, tokenizer: facts.tokenizer
            ).json
        }
        object["parents"] = .array([inputs.start?.layer].compactMap { $0 }.map { .string($0) })
        object["trainingData"] = .array(
            inputs.data.map { source in
                var data = JSONObject()
                data["name"] = .string(TrainResult.lastName(source.name))
                data["licence"] = request.dataLicence.map { .string($0) }
                return .object(data)
            })
        _ = try access.ask("terms", object)
    }

    /// Goes on with a job.
    static func resume(
        _ folder: JobFolder, isDetached: Bool, _ arguments: Arguments, _ report: Report
    ) throws(Failure) {
        let job = try folder.read()
        guard job.state.isResumable else {
            throw Failure(
                .refused, "job \(job.id) cannot go on", why: "it is \(job.state.rawValue)",
                remedy: job.state.isActive ? "see it with: plasmid jobs follow \(job.id)" : "")
        }
        var request = try TrainRequest(folder)
        if request.isDetached != isDetached {
            request.isDetached = isDetached
            try folder.write(try request.bytes(), to: folder.request)
        }
        try run(folder, isDetached, report)
    }

    private static func run(
        _ folder: JobFolder, _ isDetached: Bool, _ report: Report
    ) throws(Failure) {
        if isDetached { return try detach(folder, report) }
        let job: Job
        do {
            let lock = try folder.take()
            defer { withExtendedLifetime(lock) {} }
            job = try TrainSupervisor(folder, report, isShown: !report.isJSON) { _ in }.run()
        }
        guard job.state == .finished else { throw stopped(job, folder) }
        let (object, text) = try answer(folder, job)
        report.done(object, text: text)
    }

    /// A training that was asked to stop. One without a recipe did nothing and leaves nothing.
    private static func stopped(_ job: Job, _ folder: JobFolder) -> Failure {
        guard Directory.exists(folder.recipe) else {
            return Failure(
                .refused, "training stopped before its first step", why: "it was asked to")
        }
        return Failure(
            .refused, "training stopped after \(job.step) of \(job.steps) steps",
            why: job.message.isEmpty ? "it was asked to; the state is saved" : job.message,
            remedy: "go on with: plasmid jobs resume \(job.id)")
    }

    // MARK: Detached

    /// Starts the process that survives the terminal and waits until the steps begin.
    private static func detach(_ folder: JobFolder, _ report: Report) throws(Failure) {
        let child: ChildProcess
        do throws(SystemError) {
            let log = try File(folder.log, .append)
            child = try ChildProcess(
                "/proc/self/exe", [TrainSupervisor.verb, folder.path], errors: log)
        } catch {
            throw Failure(.internal, "the job cannot be started", why: error.description)
        }
        guard let line = child.readLine(),
            let json = try? JSONParser.parse(
                Array(line.utf8), limits: JSONLimits(bytes: 1 << 20, depth: 6))
        else {
            throw Failure(
                .internal, "the job ended without a word",
                remedy: Directory.exists(folder.recipe)
                    ? "see why with: plasmid jobs logs \(folder.id)" : "")
        }
        if let error = json["error"] { throw Failure(json: error) }
        if json["state"] == .string(JobState.stopped.rawValue) {
            throw stopped(try folder.read(), folder)
        }
        report.done(
            json.object ?? JSONObject(),
            text: [
                "Job \(folder.id) trains on its own: \(json["steps"]?.integer ?? 0) steps.",
                "  see it with   plasmid jobs follow \(folder.id)",
                "  end it with   plasmid jobs cancel \(folder.id)",
            ])
    }

    /// The process that survives the terminal; its exit code.
    static func supervise(_ path: String) -> Int32 {
        Confinement.leaveTerminal()
        let folder = JobFolder(path: path)
        let out = Report(
            isJSON: true, writeOut: { Machine.write($0 + "\n", to: 1) },
            writeError: { Machine.write($0 + "\n", to: 2) })
        let quiet = Report(
            isJSON: false, writeOut: { _ in }, writeError: { Machine.write($0 + "\n", to: 2) })
        let isSaid = Lock(false)
        do throws(Failure) {
            let lock = try folder.take()
            defer { withExtendedLifetime(lock) {} }
            let supervisor = try TrainSupervisor(folder, quiet, isShown: false) { job in
                guard job.state != .failed, !isSaid.withLock({ $0 }) else { return }
                isSaid.withLock { $0 = true }
                out.event(job.json, text: [])
            }
            _ = try supervisor.run()
            return 0
        } catch {
            if isSaid.withLock({ $0 }) { return quiet.failed(error) }
            return out.failed(error)
        }
    }

    // MARK: Answer

    private static func answer(
        _ folder: JobFolder, _ job: Job
    ) throws(Failure) -> (JSONObject, [String]) {
        let observations = try TrainingLog(folder).observations()
        let steps = TrainingLog.steps(observations)
        let cost = TrainCost(folder)
        let (first, last) = (steps.first?.loss ?? 0, steps.last?.loss ?? 0)
        let speed = TrainingLog.tokensPerSecond(observations)
        var object = JSONObject()
        object["job"] = .string(job.id)
        object["layer"] = job.layer.map { .string($0) } ?? .null
        object["run"] = job.run.map { .string($0) } ?? .null
        object["steps"] = .integer(Int64(steps.count))
        object["loss"] = ["first": .double(first), "last": .double(last)]
        object["curve"] = .array(TrainingLog.curve(observations))
        object["evaluations"] = .array(TrainingLog.evaluations(observations))
        object["tokensPerSecond"] = .double(speed)
        object["peakMemory"] = .integer(Int64(clamping: cost.peakMemory))
        object["seconds"] = .double(cost.wallSeconds)
        object["saves"] = .integer(Int64(job.saves))
        object["savingSeconds"] = .double(job.savingSeconds)
        object["path"] = .string(folder.result)
        let text = [
            "Trained \(job.name): \(steps.count) steps, loss \(TrainBar.loss(first)) to "
                + TrainBar.loss(last),
            "  layer  \(job.layer ?? "")",
            "  run    \(job.run ?? "")",
            "  files  \(folder.result)",
            "  \(Int(speed)) tok/s, at most \(Sizes.text(cost.peakMemory)) of memory",
            "Try it with: plasmid chat --layer \((job.layer ?? "").prefix(16))",
        ]
        return (object, text)
    }
}
