import CLinux
import Glibc

/// A program started by this one, with its output readable line by line.
public final class ChildProcess: Sendable {
    /// Its process number.
    public let number: Int32
    let output: Descriptor
    private let pending = Lock([UInt8]())
    /// Its exit code once it was waited for: from then on its number may be another process's.
    let code = Lock<Int32?>(nil)
    /// Whether it and what it starts are one group that is ended as a whole.
    let isGroup: Bool

    /// Starts the program at `path`; `environment` is added to ours. It reads `input`, or what we
    /// read; its errors go to `errors`, or where ours go. A `group` of its own ends with it: no
    /// program that it started outlives it. It gets no signals of the terminal then.
    public init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:],
        input: File? = nil, errors: File? = nil, group: Bool = false
    ) throws(SystemError) {
        isGroup = group
        var ends: [Int32] = [-1, -1]
        // Closed in every other program from the first moment on: one that another thread starts
        // now would keep this output open.
        guard plasmid_pipe(&ends) == 0 else { throw .last("pipe") }
        output = Descriptor(owning: ends[0])
        let written = Descriptor(owning: ends[1])
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, written.number, 1)
        if let input { posix_spawn_file_actions_adddup2(&actions, input.descriptor.number, 0) }
        if let errors { posix_spawn_file_actions_adddup2(&actions, errors.descriptor.number, 2) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        if group {
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
            posix_spawnattr_setpgroup(&attributes, 0)
        }
        var process = pid_t()
        let code = Self.withTexts([path] + arguments) { words in
            Self.withTexts(Self.merged(environment)) { variables in
                posix_spawn(&process, path, &actions, &attributes, words, variables)
            }
        }
        guard code == 0 else { throw SystemError("spawn", path, code: code) }
        number = process
    }

    private static func merged(_ additions: [String: String]) -> [String] {
        var texts: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            let name = text.split(separator: "=").first.map { String($0) } ?? ""
            if additions[name] == nil { texts.append(text) }
            next += 1
        }
        return texts + additions.map { "\($0.key)=\($0.value)" }.sorted()
    }

    private static func withTexts(
        _ texts: [String],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        var pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map(body) ?? EINVAL
        }
    }

    /// The next line of its output; nil at its end. A program that writes more than `limit` bytes
    /// without ending a line has said its last: it is ended.
    public func readLine(limit: Int = .max) -> String? {
        while true {
            let (line, isTooLong) = pending.withLock { pending -> (String?, Bool) in
                guard let end = pending.firstIndex(of: 0x0a) else {
                    return (nil, pending.count > limit)
                }
                defer { pending.removeFirst(end + 1) }
                return (String(decoding: pending[..<end], as: UTF8.self), false)
            }
            if let line { return line }
            guard !isTooLong else {
                signal(SIGKILL)
                return nil
            }
            var space = [UInt8](repeating: 0, count: 65_536)
            let count = read(output.number, &space, space.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return nil }
            pending.withLock { $0 += space[..<count] }
        }
    }

    /// Sends a signal: SIGTERM ends a node cleanly, SIGKILL at once. Nothing is sent once it was
    /// waited for; whether it was sent.
    @discardableResult
    public func signal(_ signal: Int32) -> Bool {
        code.withLock { $0 == nil && kill(isGroup ? -number : number, signal) == 0 }
    }

    /// Waits for its end and gives its exit code; 128 and the signal's number when one ended it.
    @discardableResult
    public func wait() -> Int32 {
        // Waited for without taking its number away, which happens under the lock of `signal`.
        var information = siginfo_t()
        while waitid(P_PID, id_t(number), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        return code.withLock { code in
            if let code { return code }
            let found = reap()
            code = found
            return found
        }
    }

    /// Takes the ended program's number away, under the lock of `code`. What is left of its group
    /// ends before: afterwards the number may be another group's.
    func reap() -> Int32 {
        if isGroup { kill(-number, SIGKILL) }
        var status: Int32 = 0
        while waitpid(number, &status, 0) < 0 && errno == EINTR {}
        let ended = status & 0x7f
        return ended == 0 ? status >> 8 & 0xff : 128 + ended
    }

    /// Processor time that it has used so far, in seconds; 0 when that is unknown.
    public var processorSeconds: Double {
        Double(Clock.processTime(of: number) ?? 0) / 1e9
    }

    /// Most memory that it has held so far, in bytes; 0 when that is unknown.
    public var peakMemory: UInt64 {
        Machine.kernelFigure("VmHWM:", in: "/proc/\(number)/status") ?? 0
    }

    /// Bytes that it has given to the system to write so far; 0 when that is unknown.
    public var bytesWritten: UInt64 { Machine.bytesWritten(by: number) ?? 0 }
}
