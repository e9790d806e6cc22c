import CLinux
import Glibc

/// Facts about this process and this machine.
public enum Machine {
    /// This process's number.
    public static var processNumber: Int32 { getpid() }

    /// This user's number.
    public static var userNumber: UInt32 { getuid() }

    /// Cores that this process may use.
    public static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Lets this process open as many files as its owner allows, and says how many that is. Most
    /// systems begin with a thousand, which a layer with many checkpoints passes.
    @discardableResult
    public static func raiseOpenFiles() -> Int { Int(plasmid_raise_open_files()) }

    /// Keeps the calling thread on the last core that it may use; whether that worked.
    @discardableResult
    public static func stayOnLastCore() -> Bool { plasmid_stay_on_last_core() == 0 }

    /// The kernel's name for this boot; a lock file of another boot is stale.
    public static var bootName: String {
        let file = try? File("/proc/sys/kernel/random/boot_id", .read)
        let bytes = (try? file?.read(count: 36, offset: 0)) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The host's name.
    public static var hostName: String {
        var space = [CChar](repeating: 0, count: 256)
        guard gethostname(&space, 255) == 0 else { return "node" }
        let end = space.firstIndex(of: 0) ?? space.count
        return String(decoding: space[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether a process with this number exists.
    public static func isRunning(_ process: Int32) -> Bool {
        kill(process, 0) == 0 || errno == EPERM
    }

    /// Asks a process to end cleanly (SIGTERM).
    public static func end(_ process: Int32) { kill(process, SIGTERM) }

    /// The name of the first processor, as the kernel gives it; nil where it gives none.
    public static var processorName: String? {
        let file = try? File("/proc/cpuinfo", .read)
        let bytes = (try? file?.read(count: 4_096, offset: 0)) ?? []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix("model name") {
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2 ? parts[1].split(separator: " ").joined(separator: " ") : nil
        }
        return nil
    }

    /// An environment variable; nil when it is not set or empty.
    public static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// The folder the command was started in.
    public static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }

    /// Whether a standard stream (1 = output, 2 = errors) is a terminal.
    public static func isTerminal(_ stream: Int32) -> Bool {
        isatty(stream) == 1
    }

    /// Columns of the terminal behind a standard stream; nil where that is unknown.
    public static func terminalColumns(of stream: Int32) -> Int? {
        var size = winsize()
        let answers = ioctl(stream, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return answers ? Int(size.ws_col) : nil
    }

    /// Most memory this process has held, in bytes. The kernel's mark of the program itself comes
    /// first: the figure of `getrusage` outlives `exec` and may be that of the parent.
    public static var peakMemory: UInt64 {
        if let mark = kernelFigure("VmHWM:", in: "/proc/self/status") { return mark }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return UInt64(max(0, usage.ru_maxrss)) * 1024
    }

    /// Limits the size of any file this process writes; for tests of a full disk.
    public static func limitFileSize(_ bytes: UInt64) {
        signal(SIGXFSZ, SIG_IGN)
        _ = plasmid_set_file_size_limit(bytes)
    }

    /// Writes text to a standard stream at once.
    public static func write(_ text: String, to stream: Int32) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { space in
                Glibc.write(stream, space.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count < 0 && errno != EINTR { return }
            done += max(0, count)
        }
    }

    /// Ends this process.
    public static func exit(_ code: Int32) -> Never {
        Glibc.exit(code)
    }

    /// Ends this process at once, whatever its other threads do: nothing is put in order.
    public static func leave(_ code: Int32) -> Never {
        Glibc._exit(code)
    }
}
