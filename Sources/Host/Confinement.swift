import CLinux
import Glibc

/// What a process that only computes gives up before it begins. Nothing here widens what it had.
public enum Confinement {
    /// Writes no memory to disk when it ends badly, writes no file longer than `fileBytes`, and
    /// holds at most `memoryBytes` of its own. A larger file fails as on a full disk.
    public static func narrow(
        fileBytes: UInt64, memoryBytes: UInt64?
    ) throws(SystemError) {
        signal(SIGXFSZ, SIG_IGN)
        guard plasmid_limit_core() == 0 else { throw .last("setrlimit", "core") }
        guard plasmid_narrow_file_size(fileBytes) == 0 else {
            throw .last("setrlimit", "file size")
        }
        guard let memoryBytes else { return }
        guard plasmid_narrow_data(memoryBytes) == 0 else { throw .last("setrlimit", "data") }
    }

    /// Whether memory can be limited: under a sanitizer it is not.
    public static var limitsMemory: Bool { plasmid_is_sanitized() == 0 }

    /// Leaves every network, also the one of this machine; false where the kernel does not let
    /// it. To be called while the process has one thread.
    public static func leaveNetwork() -> Bool { plasmid_leave_network() == 0 }

    /// Lets others go first; whether that worked.
    @discardableResult
    public static func lowerPriority() -> Bool { plasmid_lower_priority(10) == 0 }

    /// Asks for SIGTERM when the process that started this one ends; false if that one, whose
    /// number is `parent`, has ended already.
    public static func endWithParent(_ parent: Int32) -> Bool {
        plasmid_signal_at_parent_end(SIGTERM) == 0 && getppid() == parent
    }

    /// Leaves the terminal: a session of its own, nothing to read.
    public static func leaveTerminal() {
        setsid()
        let empty = plasmid_open("/dev/null", O_RDONLY, 0)
        guard empty >= 0 else { return }
        dup2(empty, 0)
        close(empty)
    }
}
