import Learn
import Testing

@testable import Node

@Suite("Following a replay")
struct ReplaySupervisorTests {
    private func follow(
        _ script: String, input: [UInt8] = [], silence: UInt64 = 60,
        tell: (ReplayNews) -> Void = { _ in }
    ) throws -> ReplayCheck {
        try ReplaySupervisor("/bin/sh", ["-c", script], input: input, silence: silence)
            .follow(tell)
    }

    private func failure(_ script: String, silence: UInt64 = 60) -> Failure? {
        #expect(throws: Failure.self) { _ = try follow(script, silence: silence) }
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
        let endless = try #require(failure("while :; do :; done", silence: 1))
        #expect(endless.why == "no step for 1 seconds")
        #expect(try ReplayCheck(endless).verdict == .notDone)
        let mute = failure("exec >/dev/null; while :; do echo; done", silence: 1)
        #expect(mute?.why == "no step for 1 seconds")
    }

    @Test func `names a program that cannot be started`() {
        let failure = #expect(throws: Failure.self) {
            _ = try ReplaySupervisor("/nowhere/program", [], input: [])
        }
        #expect(failure?.code == .internal)
    }
}
