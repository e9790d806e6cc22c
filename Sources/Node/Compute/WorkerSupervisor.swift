import Genome
import Host
import Wire

/// Follows a process that computes on what strangers wrote to its end, whatever that is: an
/// answer, a crash or silence. What such a process says is a stranger's word too: no line of it is
/// longer than an answer can be.
struct WorkerSupervisor<News: WorkerNews> {
    /// How long it may take.
    struct Patience {
        /// Seconds without a word after which it is ended, so that nothing a stranger wrote keeps
        /// a command for ever.
        var silence: UInt64
        /// Seconds after which it is ended, whatever it says.
        var whole = UInt64.max / 1_000_000_000
    }

    private struct Watch {
        var heard = Clock.monotonic()
        /// What was waited for in vain.
        var verdict = ""
    }

    private let what: String
    private let child: ChildProcess
    private let errors: File
    private let patience: Patience

    /// Starts a program that does `what`, such as "replay", and reads `input`.
    init(
        _ what: String, _ arguments: [String], program: String = "/proc/self/exe",
        input bytes: [UInt8], patience: Patience
    ) throws(Failure) {
        self.what = what
        self.patience = patience
        do throws(SystemError) {
            let input = try File.inMemory("request")
            try input.write(bytes, offset: 0)
            errors = try File.inMemory("errors")
            child = try ChildProcess(program, arguments, input: input, errors: errors)
        } catch {
            throw Failure(.internal, "the \(what) cannot be started", why: error.description)
        }
    }

    /// What it came to; `tell` gets the news on the way. An end without a word is too little of
    /// something here and says nothing of the layer.
    func follow(_ tell: (News) -> Void) throws(Failure) -> News.Answer {
        let watch = Lock(Watch())
        let over = Semaphore()
        let watcher = try self.watcher(watch, over)
        var ending: Result<News.Answer, Failure>?
        while let line = child.readLine(limit: ConfinedWorker.lineBytesMax) {
            guard let news = News(line) else { continue }
            watch.withLock { $0.heard = Clock.monotonic() }
            if let found = news.ending { ending = found } else { tell(news) }
        }
        let code = child.wait()
        over.signal()
        watcher.join()
        if let ending { return try ending.get() }
        let verdict = watch.withLock { $0.verdict }
        guard verdict.isEmpty else {
            throw Failure(
                .quota, "the \(what) was ended", why: verdict,
                remedy: "perhaps its steps are too large for this machine")
        }
        let words = self.words
        throw Failure(
            .quota, "the \(what) ended without a word",
            why: (code > 128 ? "signal \(code - 128)" : "exit code \(code)")
                + (words.isEmpty ? "" : ", " + words),
            remedy: "perhaps there was too little memory for it; the node and the layer are as "
                + "they were")
    }

    private func watcher(_ watch: Lock<Watch>, _ over: Semaphore) throws(Failure) -> Thread {
        let (child, patience, begun) = (child, patience, Clock.monotonic())
        do throws(SystemError) {
            return try Thread("worker watch") {
                while !over.wait(milliseconds: 250) {
                    watch.withLock { watch in
                        let now = Clock.monotonic()
                        if now - watch.heard > patience.silence * 1_000_000_000 {
                            watch.verdict = "no word for \(patience.silence) seconds"
                        } else if now - begun > patience.whole * 1_000_000_000 {
                            watch.verdict = "not done in \(patience.whole) seconds"
                        } else {
                            return
                        }
                        child.signal(9)
                    }
                }
            }
        } catch {
            child.signal(9)
            child.wait()
            throw Failure(.internal, "the \(what) cannot be watched", why: error.description)
        }
    }

    /// The first line of what it wrote about its end.
    private var words: String {
        let bytes = (try? errors.read(count: 512, offset: 0)) ?? []
        return PlainText.shown(String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self))
    }
}
