import Foundation
import Testing

@testable import Host

@Suite("The machine")
struct MachineTests {
    @Test func `knows this process and others`() {
        #expect(Machine.processNumber == getpid())
        #expect(Machine.isRunning(Machine.processNumber))
        #expect(Machine.isRunning(1))
        #expect(!Machine.isRunning(Int32.max))
        #expect(Machine.userNumber == getuid())
        #expect(Machine.coreCount >= 1)
        #expect(Machine.peakMemory > 1 << 20)
        let resident = Machine.residentMemory ?? 0
        #expect(resident > 1 << 20 && resident <= Machine.peakMemory)
        #expect(Machine.bootName.utf8.count == 36)
        #expect(!Machine.hostName.isEmpty)
        #expect(Machine.processorName?.isEmpty != true)
    }

    @Test func `counts what this process writes`() throws {
        let before = try #require(Machine.bytesWritten())
        let scratch = try Scratch()
        try File(scratch("file"), .createNew)
            .write([UInt8](repeating: 1, count: 70_000), offset: 0)
        #expect(try #require(Machine.bytesWritten()) >= before + 70_000)
        #expect(Machine.bytesWritten(by: .max) == nil)
    }

    @Test func `keeps one thread on one core`() throws {
        let isThere = Lock(false)
        try Thread("one-core") {
            let stays = Machine.stayOnLastCore()
            let file = try? File("/proc/thread-self/status", .read)
            let bytes = (try? file?.read(count: 4_096, offset: 0)) ?? []
            let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                .first { $0.hasPrefix("Cpus_allowed_list:") }
            let core = line?.split(separator: "\t").last.flatMap { Int($0) }
            isThere.withLock { $0 = stays && core != nil }
        }.join()
        #expect(isThere.withLock { $0 })
    }

    @Test func `takes an empty variable for none`() async throws {
        // In a process of its own: a variable that is set while another thread reads them all
        // pulls the list away from under it.
        await #expect(processExitsWith: .success) {
            setenv("PLASMID_TEST_VARIABLE", "x", 1)
            #expect(Machine.environment("PLASMID_TEST_VARIABLE") == "x")
            setenv("PLASMID_TEST_VARIABLE", "", 1)
            #expect(Machine.environment("PLASMID_TEST_VARIABLE") == nil)
            unsetenv("PLASMID_TEST_VARIABLE")
            #expect(Machine.environment("PLASMID_TEST_VARIABLE") == nil)
        }
    }

    @Test func `knows its folder, and a terminal from a file`() throws {
        #expect(Machine.currentFolder == FileManager.default.currentDirectoryPath)
        #expect((Machine.terminalColumns(of: 2) ?? 1) > 0)
        let file = try File("/dev/null", .read)
        #expect(Machine.terminalColumns(of: file.descriptor.number) == nil)
    }

    @Test func `writes whole texts and ends with the code given`() async {
        let result = await #expect(
            processExitsWith: .exitCode(7), observing: [\.standardOutputContent]
        ) {
            Machine.write(String(repeating: "é", count: 70_000), to: 1)
            Machine.exit(7)
        }
        let written = result?.standardOutputContent ?? []
        #expect(String(decoding: written, as: UTF8.self).count { $0 == "é" } == 70_000)
    }

    @Test func `limits the size of files for tests of a full disk`() async {
        await #expect(processExitsWith: .exitCode(9)) {
            Machine.limitFileSize(4096)
            let file = try File("/tmp/plasmid-limit-\(getpid())", .create)
            try Directory.removeFile(file.path)
            do throws(SystemError) {
                try file.write([UInt8](repeating: 1, count: 8192), offset: 0)
            } catch {
                exit(error.isDiskFull ? 9 : 10)
            }
        }
    }
}
