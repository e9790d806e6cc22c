import Genome
import Host
import Learn
import Wire

/// Runs a worker for a job and writes down what becomes of it: the command in the foreground, or
/// a process of its own that survives the terminal. What the worker leaves is made a layer here,
/// because only here are the keys.
final class TrainSupervisor {
    /// How the process that survives the terminal is started: the verb and the job's folder.
    static let verb = "train-supervisor"
    /// Seconds that another command may hold the home when the layer is taken in.
    private static let homeSeconds = 60

    private let folder: JobFolder
    private let report: Report
    private var job: Job
    private var display: TrainDisplay
    private let log: File
    private var logSize: UInt64
    private let events: LineLog
    private var trained: TrainNews.Trained?
    private var failure: Failure?
    private var stoppedAt: Int?
    private let isStopAsked = Lock(false)
    /// Called once, when the steps begin or it is clear that they will not.
    private let begun: (Job) -> Void

    /// A supervisor of a job whose lock the caller holds.
    init(
        _ folder: JobFolder, _ report: Report, isShown: Bool, begun: @escaping (Job) -> Void
    ) throws(Failure) {
        self.folder = folder
        self.report = report
        self.begun = begun
        job = try folder.read(isLockOurs: true)
        job.isDetached = try TrainRequest(folder).isDetached
        display = TrainDisplay(isShown: isShown)
        let path = folder.log
        (log, logSize) = try JobFolder.onDisk(path) { () throws(SystemError) in
            let file = try File(path, .append)
            return (file, try file.facts().size)
        }
        let events = folder.events
        self.events = try inLearn("opening \(events)") { () throws(LearnError) in
            try LineLog(events)
        }
    }

    /// Runs the job to its end; the job as it is then.
    func run() throws(Failure) -> Job {
        // Another process may have ended it since somebody looked.
        guard job.state.isResumable else {
            throw Failure(
                .refused, "job \(job.id) cannot go on", why: "it is \(job.state.rawValue)")
        }
        job.note(.begin)
        job.process = Machine.processNumber
        job.boot = Machine.bootName
        job.message = ""
        try folder.write(job)
        let code = try work()
        display.clear()
        if let failure { return try fail(failure) }
        if let stoppedAt { return try stop(after: stoppedAt) }
        guard let trained else {
            return try fail(
                Failure(
                    .internal, "the worker ended without a word",
                    why: code > 128 ? "signal \(code - 128)" : "exit code \(code)",
                    remedy: "if memory ran out say --memory or a smaller --batch"
                        + (Directory.exists(folder.recipe)
                            ? "; then: plasmid jobs resume \(job.id)" : "")))
        }
        return try publish(trained)
    }

    // MARK: The worker

    private func work() throws(Failure) -> Int32 {
        let child: ChildProcess
        let isStopAsked = isStopAsked
        do throws(SystemError) {
            // Before the child is there, so that no signal ends this process without it.
            let signals = try Signals()
            child = try ChildProcess(
                "/proc/self/exe",
                [TrainWorker.verb, folder.path, String(Machine.processNumber)], errors: log)
            try Thread("signals") {
                var count = 0
                while (try? signals.wait()) != nil {
                    count += 1
                    isStopAsked.withLock { $0 = true }
                    // The third time somebody does not want to wait for a state.
                    child.signal(count < 3 ? 15 : 9)
                }
            }.detach()
        } catch {
            throw Failure(.internal, "the worker cannot be started", why: error.description)
        }
        while let line = child.readLine() {
            guard let news = TrainNews(line) else { continue }
            do throws(Failure) {
                try take(news)
            } catch {
                child.signal(15)
                child.wait()
                throw error
            }
        }
        return child.wait()
    }

    private func take(_ news: TrainNews) throws(Failure) {
        switch news {
        case .ready(let ready):
            job.note(.prepared)
            job.run = ready.run
            job.steps = ready.steps
            try folder.write(job)
            write(
                "run \(ready.run): \(ready.examples) examples of \(ready.tokens) tokens, "
                    + "\(ready.parameters) values to train, \(Sizes.text(ready.memory)), "
                    + (ready.confined ? "no network" : "network not taken away"))
            begun(job)
        case .note(let text): note(text)
        case .resumed(let step):
            job.step = step
            try event("resumed", step)
        case .step(let step, let memory):
            job.step = step.step + 1
            job.loss = step.loss
            display.update(step, of: job.steps, memory: memory)
        case .judged(let found):
            write("judged after \(found.steps) steps: loss \(found.loss)")
            display.clear()
            report.note("judged after \(found.steps) steps: loss \(TrainBar.loss(found.loss))")
        case .saving:
            job.note(.save)
            try folder.write(job)
        case .saved(let step, let milliseconds):
            job.note(.saved)
            job.saves += 1
            job.savingSeconds += milliseconds / 1_000
            try folder.write(job)
            write("saved the state after \(step) steps in \(Int(milliseconds)) ms")
        case .rolledBack(let step, let to):
            job.step = to
            try event("rolledBack", step, "to step \(to): the loss was no number")
            display.clear()
            report.note("the loss of step \(step) was no number: back to step \(to)")
        case .stopped(let step): stoppedAt = step
        case .trained(let trained): self.trained = trained
        case .failed(let failure): self.failure = failure
        }
    }

    private func note(_ text: String) {
        write("note: \(text)")
        display.clear()
        report.note("note: \(PlainText.shown(text))")
    }

    private func event(_ kind: String, _ step: Int, _ detail: String = "") throws(Failure) {
        write("\(kind) at step \(step) \(detail)")
        var object = JSONObject()
        object["kind"] = .string(kind)
        object["step"] = .integer(Int64(step))
        object["detail"] = detail.isEmpty ? nil : .string(detail)
        try inLearn("writing \(folder.events)") { () throws(LearnError) in
            try events.append(object)
            try events.sync()
        }
    }

    /// A line of the job's log; what cannot be written is not worth ending a run for.
    private func write(_ text: String) {
        let seconds = Clock.wallMilliseconds() / 1_000
        let line = Array("\(seconds) \(PlainText.shown(text))\n".utf8)
        _ = try? log.write(line, offset: logSize)
        logSize += UInt64(line.count)
    }

    // MARK: Ends

    private func fail(_ failure: Failure) throws(Failure) -> Job {
        job.note(.fail)
        job.message = failure.why.isEmpty ? failure.message : failure.why
        write("failed: \(failure.line)")
        try folder.write(job)
        begun(job)
        throw failure
    }

    private func stop(after step: Int) throws(Failure) -> Job {
        job.step = step
        job.note(.stop)
        try event("stopped", step)
        try folder.write(job)
        begun(job)
        return job
    }

    private func publish(_ trained: TrainNews.Trained) throws(Failure) -> Job {
        job.note(.trained)
        try folder.write(job)
        for check in trained.checks { write("check \(check.name): \(check.detail)") }
        let request = try TrainRequest(folder)
        let end = Clock.monotonic() + UInt64(Self.homeSeconds) * 1_000_000_000
        while true {
            do throws(Failure) {
                let publication = TrainPublication(folder, request, trained)
                job.layer = try publication.publish(report) { note($0) }
                break
            } catch {
                guard error.code == .busy, Clock.monotonic() < end else { return try fail(error) }
                guard !isStopAsked.withLock({ $0 }) else {
                    job.message = "the layer was not made: \(error.message)"
                    return try stop(after: trained.steps)
                }
                Semaphore().wait(milliseconds: 250)
            }
        }
        job.note(.published)
        write("layer \(job.layer ?? "")")
        try folder.write(job)
        return job
    }
}
