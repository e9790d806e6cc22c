import Foundation
import Testing

@testable import Host

@Suite("A process that only computes")
struct ConfinementTests {
    @Test func `writes no longer file, holds no more memory and leaves no core`() async {
        await #expect(processExitsWith: .exitCode(11)) {
            try Confinement.narrow(fileBytes: 4096, memoryBytes: 1 << 30)
            let file = try File("/tmp/plasmid-narrow-\(getpid())", .create)
            try Directory.removeFile(file.path)
            var isDiskFull = false
            do throws(SystemError) {
                try file.write([UInt8](repeating: 1, count: 8192), offset: 0)
            } catch {
                isDiskFull = error.isDiskFull
            }
            var isMemoryFull = !Confinement.limitsMemory
            do throws(SystemError) {
                _ = try Memory(count: 2 << 30)
            } catch {
                isMemoryFull = error.code == ENOMEM
            }
            var core = rlimit()
            getrlimit(__rlimit_resource_t(4), &core)
            exit(isDiskFull && isMemoryFull && core.rlim_max == 0 ? 11 : 12)
        }
    }

    @Test func `never widens a limit`() async {
        await #expect(processExitsWith: .exitCode(11)) {
            Machine.limitFileSize(4096)
            try Confinement.narrow(fileBytes: 1 << 40, memoryBytes: nil)
            var size = rlimit()
            getrlimit(__rlimit_resource_t(1), &size)
            exit(size.rlim_max == 4096 ? 11 : 12)
        }
    }

    @Test func `knows whether its parent is there, and takes less of the processor`() async {
        await #expect(processExitsWith: .exitCode(11)) {
            let isThere = Confinement.endWithParent(getppid())
            let isGone = !Confinement.endWithParent(getppid() + 1)
            let before = getpriority(__priority_which_t(0), 0)
            let isLower = Confinement.lowerPriority()
            let after = getpriority(__priority_which_t(0), 0)
            exit(isThere && isGone && isLower && after == min(19, before + 10) ? 11 : 12)
        }
    }

    @Test func `leaves its terminal and reads nothing`() async {
        await #expect(processExitsWith: .exitCode(11)) {
            Confinement.leaveTerminal()
            var byte: UInt8 = 0
            exit(read(0, &byte, 1) == 0 ? 11 : 12)
        }
    }
}
