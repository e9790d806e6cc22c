import Foundation
import Genome
import Host
import Testing

/// What a command that has ended said.
struct Outcome {
    /// Its exit code; 128 and the signal's number when one ended it.
    let code: Int32
    /// Its standard output.
    let out: String
    /// Its standard error.
    let error: String

    /// The one JSON object that it printed.
    var json: JSONValue {
        (try? JSONParser.parse(Array(out.utf8), limits: JSONLimits(bytes: 64 << 20))) ?? .null
    }

    /// `code` of the error that it printed; nil when it printed none.
    var failure: String? { json["error"]?["code"]?.string }

    /// All that it said of its failure.
    var words: String {
        let parts = ["message", "why", "do"].compactMap { json["error"]?[$0]?.string }
        return parts.joined(separator: " | ")
    }

    /// The lines on standard error that are not empty.
    var errorLines: [String] { error.split(separator: "\n").map { String($0) } }
}

/// A real process, killed at the latest when the test process ends.
final class Program: Sendable {
    private static let running = Lock(Set<pid_t>())
    private static let sweeper: Void = {
        atexit { Program.killAll() }
    }()

    /// Its process number.
    let number: pid_t
    private let outPath: String
    private let errorPath: String
    private let code = Lock<Int32?>(nil)

    /// Starts the program at `path` with its streams in files of `folder`. A value of nil takes
    /// a variable out of the environment.
    init(
        _ path: String, _ arguments: [String], in folder: String,
        environment: [String: String?] = [:]
    ) throws {
        Self.sweeper
        let stem = "\(folder)/\(UUID().uuidString.prefix(8))"
        outPath = "\(stem).out"
        errorPath = "\(stem).error"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outPath, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A test of signals may have blocked some in this thread.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // What a shell starts in the background ignores some, and so would what it starts.
        var ignored = sigset_t()
        sigemptyset(&ignored)
        for signal in [SIGINT, SIGQUIT, SIGHUP] { sigaddset(&ignored, signal) }
        posix_spawnattr_setsigdefault(&attributes, &ignored)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var variables = ProcessInfo.processInfo.environment
        for (name, value) in environment { variables[name] = value }
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        var process = pid_t()
        let failure = posix_spawn(&process, path, &actions, &attributes, words, settings)
        guard failure == 0 else { throw SystemError("spawn", path, code: failure) }
        number = process
        Self.running.withLock { _ = $0.insert(process) }
    }

    /// Whether it has not ended yet.
    var isRunning: Bool { poll() == nil }

    /// What it has written so far.
    var out: String { Self.text(outPath) }

    /// What it has complained so far.
    var error: String { Self.text(errorPath) }

    /// Sends a signal.
    func signal(_ signal: Int32) {
        if isRunning { kill(number, signal) }
    }

    /// Waits for its end; killed when it takes longer than `seconds`.
    @discardableResult
    func wait(seconds: Double = 60) -> Outcome {
        let end = Clock.monotonic() + UInt64(seconds * 1e9)
        while poll() == nil {
            if Clock.monotonic() > end {
                Issue.record("process \(number) did not end: \(out) \(error)")
                signal(SIGKILL)
            }
            usleep(2000)
        }
        return Outcome(code: poll() ?? -1, out: out, error: error)
    }

    private func poll() -> Int32? {
        code.withLock { code in
            if let code { return code }
            var status: Int32 = 0
            guard waitpid(number, &status, WNOHANG) == number else { return nil }
            Self.running.withLock { _ = $0.remove(number) }
            let ended = status & 0x7f
            code = ended == 0 ? status >> 8 & 0xff : 128 + ended
            return code
        }
    }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    private static func killAll() {
        for process in running.withLock({ $0 }) { kill(process, SIGKILL) }
    }
}
