import Testing

@testable import Host

@Suite("A program with a deadline")
struct ChildProcessDeadlineTests {
    private func shell(_ text: String) throws -> ChildProcess {
        try ChildProcess("/bin/sh", ["-c", text])
    }

    @Test func `is read to its end, not beyond a limit`() throws {
        let later = Clock.monotonic() + 10_000_000_000
        let program = try shell("printf abc; exit 3")
        #expect(try program.readAll(limit: 3, before: later) == Array("abc".utf8))
        #expect(program.wait(before: later) == 3)
        #expect(program.wait() == 3)
        let talker = try shell("while :; do echo more; done")
        #expect(try talker.readAll(limit: 100, before: later) == nil)
        talker.signal(9)
        #expect(talker.wait(before: later) == 137)
    }

    @Test func `is given up when it hangs`() throws {
        let program = try ChildProcess("/bin/sleep", ["30"])
        #expect(throws: SystemError.self) {
            try program.readAll(limit: 10, before: Clock.monotonic() + 50_000_000)
        }
        #expect(program.wait(before: Clock.monotonic()) == nil)
        program.signal(9)
        program.wait()
    }
}
