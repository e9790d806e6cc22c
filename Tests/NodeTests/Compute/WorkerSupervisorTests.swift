import Learn
import Testing

@testable import Node

@Suite("Following a worker")
struct WorkerSupervisorTests {
    private typealias Supervisor = WorkerSupervisor<ReplayNews>

    private func follow(
        _ script: String, input: [UInt8] = [], _ patience: Supervisor.Patience = .init(silence: 60),
        tell: (ReplayNews) -> Void = { _ in }
    ) throws -> ReplayCheck {
        try Supervisor(
            "replay", ["-c", script], program: "/bin/sh", input: input, patience: patience
        ).follow(tell)
    }

    private func failure(
        _ script: String, _ patience: Supervisor.Patience = .init(silence: 60)
    ) -> Failure? {
        #expect(throws: Failure.self) { _ = try follow(script, patience) }
    }

    @Test func `gives the news, and the last word among whatever else is said`() throws {
        let extent = ReplayCheck.Extent(steps: 4..<9, whole: 20, shortest: 3)
        let check = ReplayCheck(.differs, "other bits", extent)
        let lines = [ReplayNews.begun(extent).line, "noise", ReplayNews.ended(check).line]
        var told = 0
        let found = try follow(
            "cat", input: Array((lines.joined(separator: "\n") + "\n").utf8)
        ) { news in
            guard case .begun(extent) = news else {
                Issue.record("other news")
                return
            }
            told += 1
        }
        #expect(found == check && told == 1)
        let refused = Failure(.quota, "too little", why: "memory", remedy: "more")
        let said = #expect(throws: Failure.self) {
            _ = try follow("cat", input: Array(ReplayNews.failed(refused).line.utf8) + [0x0a])
        }
        #expect(said == refused)
    }

    @Test func `says of a crash what ended it, and that it is no fault of the layer`() throws {
        let crash = try #require(failure("echo 'no room left' >&2; echo more >&2; kill -SEGV $$"))
        #expect(crash.why == "signal 11, no room left")
        #expect(try ReplayCheck(crash).verdict == .notDone)
        #expect(failure("exit 3")?.why == "exit code 3")
        #expect(failure("echo '{\"event\":\"ended\"'")?.why == "exit code 0")
    }

    @Test(.timeLimit(.minutes(1)))
    func `ends what goes on without a word`() throws {
        let endless = try #require(failure("while :; do :; done", .init(silence: 1)))
        #expect(endless.why == "no word for 1 seconds")
        #expect(try ReplayCheck(endless).verdict == .notDone)
        let mute = failure("exec >/dev/null; while :; do echo; done", .init(silence: 1))
        #expect(mute?.why == "no word for 1 seconds")
    }

    @Test(.timeLimit(.minutes(1)))
    func `ends what always has a word and never a last one`() throws {
        let extent = ReplayCheck.Extent(steps: 4..<9, whole: 20, shortest: 3)
        let line = ReplayNews.begun(extent).line
        let talker = failure(
            "while :; do echo '\(line)'; sleep 0.1; done", .init(silence: 60, whole: 1))
        #expect(talker?.why == "not done in 1 seconds")
    }

    @Test(.timeLimit(.minutes(1)))
    func `ends what never ends its line, before it fills the memory`() throws {
        let endless = failure("exec tr '\\0' x </dev/zero")
        #expect(endless?.code == .quota && endless?.why == "signal 9")
    }

    @Test func `names a program that cannot be started`() {
        let failure = #expect(throws: Failure.self) {
            _ = try Supervisor(
                "replay", [], program: "/nowhere/program", input: [],
                patience: .init(silence: 1))
        }
        #expect(failure?.code == .internal)
    }
}
