import Genome
import Host

/// Follows the process of a replay to its end, whatever that is: an answer, a crash or silence.
struct ReplaySupervisor {
    /// Seconds without a word after which it is ended, so that nothing a stranger wrote keeps a
    /// command for ever. The largest data are read in a quarter of an hour, and whoever trains
    /// here waits for no step this long.
    static let silenceSecondsMax: UInt64 = 2 * 3_600
    /// Bytes of its errors that are shown.
    private static let errorBytesMax = 512

    private struct Watch {
        var heard = Clock.monotonic()
        var isSilent = false
    }

    private let child: ChildProcess
    private let errors: File
    private let silence: UInt64

    /// Starts a program that reads `input`.
    init(
        _ program: String, _ arguments: [String], input bytes: [UInt8],
        silence: UInt64 = silenceSecondsMax
    ) throws(Failure) {
        self.silence = silence
        do throws(SystemError) {
            let input = try File.inMemory("replay")
            try input.write(bytes, offset: 0)
            errors = try File.inMemory("errors")
            child = try ChildProcess(program, arguments, input: input, errors: errors)
        } catch {
            throw Failure(.internal, "the replay cannot be started", why: error.description)
        }
    }

    /// What it came to; `tell` gets the news on the way. An end without a word is too little of
    /// something here and says nothing of the layer.
    func follow(_ tell: (ReplayNews) -> Void) throws(Failure) -> ReplayCheck {
        let watch = Lock(Watch())
        let over = Semaphore()
        let watcher = try self.watcher(watch, over)
        var ending: ReplayNews?
        while let line = child.readLine() {
            guard let news = ReplayNews(line) else { continue }
            watch.withLock { $0.heard = Clock.monotonic() }
            switch news {
            case .ended, .failed: ending = news
            case .begun, .step: tell(news)
            }
        }
        let code = child.wait()
        over.signal()
        watcher.join()
        switch ending {
        case .ended(let check): return check
        case .failed(let failure): throw failure
        default: break
        }
        guard !watch.withLock({ $0.isSilent }) else {
            throw Failure(
                .quota, "the replay was ended", why: "no step for \(silence) seconds",
                remedy: "perhaps its steps are too large for this machine")
        }
        let words = self.words
        throw Failure(
            .quota, "the replay ended without a word",
            why: (code > 128 ? "signal \(code - 128)" : "exit code \(code)")
                + (words.isEmpty ? "" : ", " + words),
            remedy: "perhaps there was too little memory for it")
    }

    private func watcher(_ watch: Lock<Watch>, _ over: Semaphore) throws(Failure) -> Thread {
        let (child, limit) = (child, silence * 1_000_000_000)
        do throws(SystemError) {
            return try Thread("replay watch") {
                while !over.wait(milliseconds: 250) {
                    watch.withLock { watch in
                        guard Clock.monotonic() - watch.heard > limit else { return }
                        watch.isSilent = true
                        child.signal(9)
                    }
                }
            }
        } catch {
            child.signal(9)
            child.wait()
            throw Failure(.internal, "the replay cannot be watched", why: error.description)
        }
    }

    /// The first line of what it wrote about its end.
    private var words: String {
        let bytes = (try? errors.read(count: Self.errorBytesMax, offset: 0)) ?? []
        return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }
}
