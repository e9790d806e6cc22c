import Genome
import Host
import Learn
import Store
import Wire

/// `plasmid jobs`: what runs, what ran, and how to end or go on with it.
enum JobsCommand {
    private static let actions = ["list", "show", "logs", "follow", "cancel", "resume"]
    /// Milliseconds between two looks at a job that is followed.
    private static let lookMilliseconds: UInt64 = 100
    /// Seconds that a cancelled job has to save its state.
    private static let cancelSeconds = 120
    /// Longest log that is shown.
    private static let logBytesMax = 16 << 20

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) -> Int32 {
        let action = try arguments.action(of: actions, or: "list")
        let home = Home.defaultPath()
        guard action != "list" else {
            try list(home, report)
            return 0
        }
        guard let word = arguments.operand(1) else {
            throw Failure(
                .usage, "jobs \(action) needs JOB", remedy: "plasmid jobs list shows them")
        }
        let folder = try JobFolder.find(word, home: home)
        switch action {
        case "show": try show(folder, report)
        case "logs": try logs(folder, report)
        case "follow": return try follow(folder, report)
        case "cancel": try cancel(folder, report)
        default:
            try TrainCommand.resume(
                folder, isDetached: arguments.isGiven("detach"), arguments, report)
        }
        return 0
    }

    // MARK: Looking

    private static func list(_ home: String, _ report: Report) throws(Failure) {
        let jobs = try JobFolder.list(home: home).map(\.job)
        let damaged = try JobFolder.damaged(home: home).map(\.id)
        var object = JSONObject()
        object["jobs"] = .array(
            jobs.map { .object($0.json) }
                + damaged.map { ["job": .string($0), "state": .string(damagedState)] })
        report.done(
            object,
            text: lines(
                jobs, damaged: damaged, now: Int64(Clock.wallMilliseconds()),
                width: Terminal(descriptor: 1).columns))
    }

    /// What stands for the state of a job that cannot be read.
    private static let damagedState = "damaged"

    /// How often states were saved, and how long no step ran because of it.
    static func saving(_ job: Job) -> String {
        "\(job.saves) times, \(Decimals.text(job.savingSeconds, 2)) s in all"
    }

    /// How a job that was followed ended.
    static func ending(_ job: Job) -> String {
        "\(job.state.rawValue) after \(job.step) of \(job.steps) steps"
            + (job.message.isEmpty ? "" : ": \(PlainText.shown(job.message))")
    }

    /// The table of jobs.
    static func lines(
        _ jobs: [Job], damaged: [String] = [], now: Int64, width: Int
    ) -> [String] {
        guard !jobs.isEmpty || !damaged.isEmpty else {
            return ["No job was begun here.", "Begin one with: plasmid train"]
        }
        var table = Table([
            .init("JOB"), .init("NAME", isElastic: true), .init("STATE"),
            .init("STEP", isRight: true), .init("LOSS", isRight: true),
            .init("AGE", isRight: true), .init("LAYER"),
        ])
        for job in jobs {
            table.add([
                job.id, job.name, job.state.rawValue,
                job.steps > 0 ? "\(job.step)/\(job.steps)" : "",
                job.loss.map { TrainBar.loss($0) } ?? "",
                Ages.text((now - job.created) / 1_000), String((job.layer ?? "").prefix(8)),
            ])
        }
        for id in damaged { table.add([id, "", damagedState, "", "", "", ""]) }
        return table.lines(width: width)
    }

    private static func show(_ folder: JobFolder, _ report: Report) throws(Failure) {
        let job = try folder.read()
        var object = job.json
        object["path"] = .string(folder.path)
        let observations = try TrainingLog(folder).observations()
        object["curve"] = .array(TrainingLog.curve(observations))
        object["evaluations"] = .array(TrainingLog.evaluations(observations))
        var lines = [
            "\(job.name), job \(job.id)", "  state   \(job.state.rawValue)",
            "  steps   \(job.step) of \(job.steps)", "  saved   \(saving(job))",
        ]
        if let loss = job.loss { lines.append("  loss    \(TrainBar.loss(loss))") }
        if let run = job.run { lines.append("  run     \(run)") }
        if let layer = job.layer { lines.append("  layer   \(layer)") }
        if !job.message.isEmpty { lines.append("  note    \(PlainText.shown(job.message))") }
        lines.append("  files   \(folder.path)")
        if job.state.isResumable {
            lines.append("  go on with: plasmid jobs resume \(job.id)")
        }
        report.done(object, text: lines)
    }

    private static func logs(_ folder: JobFolder, _ report: Report) throws(Failure) {
        var text = ""
        if Directory.exists(folder.log) {
            let bytes = try folder.bytes(folder.log, limit: logBytesMax)
            text = String(decoding: bytes, as: UTF8.self)
        }
        let lines = text.split(separator: "\n").map { PlainText.shown(String($0)) }
        var object = JSONObject()
        object["job"] = .string(folder.id)
        object["lines"] = .array(lines.map { .string($0) })
        report.done(object, text: lines)
    }

    /// Shows steps as they come until the job is over; exit code 1 if it failed.
    private static func follow(_ folder: JobFolder, _ report: Report) throws(Failure) -> Int32 {
        var tail = TrainingLogTail(folder)
        var display = TrainDisplay(isShown: !report.isJSON)
        defer { display.clear() }
        while true {
            let job = try folder.read()
            for step in try tail.next() {
                display.update(step, of: job.steps, memory: nil)
                if report.isJSON {
                    report.event(Observation.step(step).json, text: [])
                } else if !display.isTerminal {
                    report.event(
                        JSONObject(),
                        text: ["step \(step.step + 1)/\(job.steps) loss \(step.loss)"])
                }
            }
            if !job.state.isActive, job.state != .queued {
                display.clear()
                report.event(job.json, text: [ending(job)])
                return job.state == .failed ? 1 : 0
            }
            Semaphore().wait(milliseconds: lookMilliseconds)
        }
    }

    // MARK: Ending

    private static func cancel(_ folder: JobFolder, _ report: Report) throws(Failure) {
        var job = try folder.read()
        guard job.state.isActive || job.state == .queued else {
            throw Failure(
                .refused, "job \(job.id) does not run", why: "it is \(job.state.rawValue)")
        }
        if folder.isWorkedOn, job.boot == Machine.bootName, job.process > 0 {
            Machine.end(job.process)
        }
        let end = Clock.monotonic() + UInt64(cancelSeconds) * 1_000_000_000
        while folder.isWorkedOn {
            guard Clock.monotonic() < end else {
                throw Failure(
                    .busy, "job \(job.id) has not ended yet", why: "a step takes long",
                    remedy: "it saves its state and ends after it")
            }
            Semaphore().wait(milliseconds: lookMilliseconds)
        }
        guard folder.isThere else {
            var object = JSONObject()
            object["job"] = .string(job.id)
            object["state"] = .string(JobState.stopped.rawValue)
            // Its command removes what never did a step.
            report.done(
                object, text: ["Job \(job.id) ended before its first step; nothing is left of it."])
            return
        }
        job = try folder.read()
        if job.state.isActive || job.state == .queued {
            // Nobody holds the lock, so what it says is not true any more.
            let lock = try folder.take()
            job = try folder.read(isLockOurs: true)
            if job.state == .queued { job.note(.stop) }
            try folder.write(job)
            withExtendedLifetime(lock) {}
        }
        report.done(
            job.json,
            text: [
                "Job \(job.id) is \(job.state.rawValue) after \(job.step) steps.",
                "Go on with: plasmid jobs resume \(job.id)",
            ])
    }
}
