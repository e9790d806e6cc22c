import Foundation
import Testing

@testable import Host

@Suite("A child process")
struct ChildProcessTests {
    @Test func `gives its output line by line and its exit code`() throws {
        let child = try ChildProcess(
            "/bin/sh", ["-c", "echo one; echo \"$WORD\"; printf rest; exit 5"],
            environment: ["WORD": "two"])
        #expect(child.readLine() == "one")
        #expect(child.readLine() == "two")
        #expect(child.readLine() == nil)
        #expect(child.wait() == 5)
    }

    @Test func `is ended when a line is longer than it may be`() throws {
        let child = try ChildProcess("/bin/sh", ["-c", "echo one; exec tr '\\0' x </dev/zero"])
        #expect(child.readLine(limit: 1 << 20) == "one")
        #expect(child.readLine(limit: 1 << 20) == nil && child.wait() == 128 + SIGKILL)
    }

    @Test func `reads the file that it was given`() throws {
        let input = try File.inMemory("words")
        try input.write(Array("given\n".utf8), offset: 0)
        let child = try ChildProcess("/bin/cat", [], input: input)
        #expect(child.readLine() == "given")
        #expect(child.readLine() == nil && child.wait() == 0)
    }

    @Test func `replaces a variable that is there and keeps the others`() throws {
        let child = try ChildProcess(
            "/bin/sh", ["-c", "echo \"$HOME $PATH\""], environment: ["HOME": "theirs"])
        let path = try #require(Machine.environment("PATH"))
        #expect(child.readLine() == "theirs \(path)")
        child.wait()
    }

    @Test func `can be ended, and shows its memory before`() throws {
        let child = try ChildProcess("/bin/sleep", ["60"])
        #expect(child.peakMemory > 0)
        #expect(Machine.isRunning(child.number))
        child.signal(SIGKILL)
        #expect(child.wait() == 128 + SIGKILL)
        #expect(child.peakMemory == 0 && child.processorSeconds == 0)
    }

    @Test func `tells the processor time that it has used`() throws {
        let child = try ChildProcess(
            "/bin/sh", ["-c", "n=0; while [ $n -lt 200000 ]; do n=$((n+1)); done; echo; sleep 60"])
        let before = child.processorSeconds
        _ = child.readLine()
        #expect(before >= 0 && child.processorSeconds > before + 0.01)
        child.signal(SIGKILL)
        child.wait()
    }

    @Test func `gets no signal once it was waited for, since its number may be another's`() throws {
        // Not SIGTERM: it stays blocked in a child of a thread that blocks it, as others here do.
        let child = try ChildProcess("/bin/sleep", ["60"])
        #expect(child.signal(SIGKILL))
        #expect(child.wait() == 128 + SIGKILL)
        #expect(!child.signal(SIGKILL))
        #expect(child.wait() == 128 + SIGKILL)
    }

    @Test func `can be ended while another thread waits for it`() throws {
        let child = try ChildProcess("/bin/sleep", ["60"])
        try Thread("signal") {
            usleep(100_000)
            child.signal(SIGKILL)
        }.detach()
        #expect(child.wait() == 128 + SIGKILL)
    }

    @Test func `that cannot be started is an error`() {
        #expect(throws: SystemError("spawn", "/no/such/program", code: ENOENT)) {
            try ChildProcess("/no/such/program", [])
        }
    }
}
