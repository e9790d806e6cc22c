import Glibc
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

    @Test func `ends with all that it started, where it is a group`() throws {
        let program = try ChildProcess(
            "/bin/sh", ["-c", "sleep 600 >/dev/null 2>&1 & echo $!"], group: true)
        let later = Clock.monotonic() + 10_000_000_000
        let printed = try #require(try program.readAll(limit: 20, before: later))
        let number = try #require(
            Int32(String(decoding: printed, as: UTF8.self).dropLast()))
        #expect(program.wait(before: later) == 0)
        var line: [UInt8] = [1]
        for _ in 0..<500 where !line.isEmpty {
            usleep(10_000)
            // An ended program that nobody waited for yet has no command line.
            line = (try? File("/proc/\(number)/cmdline", .read).readAll(limit: 4_096)) ?? []
        }
        #expect(line.isEmpty)
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
