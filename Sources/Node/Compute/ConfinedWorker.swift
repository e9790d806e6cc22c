import Host
import Learn

/// What every process of this program does first that computes on what strangers wrote: it opens
/// no home, holds no key, has bounded memory, writes no file and, where the kernel lets it, has no
/// network.
enum ConfinedWorker {
    /// Longest line that it says.
    static let lineBytesMax = 16 << 20
    /// Memory beside that of the computation: program, tokenizer, tables.
    static let memoryBeside: UInt64 = 1 << 30
    /// Such a process writes no file.
    private static let fileBytes: UInt64 = 1 << 20

    /// Leaves what is not needed, and reads the request, of at most `limit` bytes, from standard
    /// input. To be called first of all, while this process has one thread.
    static func begin(
        _ what: String, parent: Int32, limit: Int
    ) throws(Failure) -> [UInt8] {
        _ = Confinement.leaveNetwork()
        guard Confinement.endWithParent(parent) else {
            throw Failure(.busy, "the process that began this \(what) has ended")
        }
        Confinement.lowerPriority()
        let input = "/proc/self/fd/0"
        return try JobFolder.onDisk(input) { () throws(SystemError) in
            try File(input, .readAtOnce).readAll(limit: limit)
        }
    }

    /// Limits this process to the memory that was allowed, or else to what there is; that many
    /// bytes.
    static func limit(_ what: String, memory: UInt64?) throws(Failure) -> UInt64 {
        guard let budget = memory ?? Machine.availableMemory else {
            throw Failure(
                .quota, "how much memory there is cannot be told", remedy: "say --memory SIZE")
        }
        let (most, isOverflow) = budget.addingReportingOverflow(memoryBeside)
        do throws(SystemError) {
            try Confinement.narrow(
                fileBytes: fileBytes, memoryBytes: isOverflow ? nil : most)
        } catch {
            throw Failure(.internal, "the \(what) cannot be confined", why: error.description)
        }
        return budget
    }
}
