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

    /// Starts the program at `path`; `environment` is added to ours. It reads `input`, or what we
    /// read; its errors go to `errors`, or where ours go.
    public init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:],
        input: File? = nil, errors: File? = nil
    ) throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .last("pipe") }
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        output = Descriptor(owning: ends[0])
        let written = Descriptor(owning: ends[1])
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, written.number, 1)
        posix_spawn_file_actions_addclose(&actions, written.number)
        if let input { posix_spawn_file_actions_adddup2(&actions, input.descriptor.number, 0) }
        if let errors { posix_spawn_file_actions_adddup2(&actions, errors.descriptor.number, 2) }
        var process = pid_t()
        let code = Self.withTexts([path] + arguments) { words in
            Self.withTexts(Self.merged(environment)) { variables in
                posix_spawn(&process, path, &actions, nil, words, variables)
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

    /// The next line of its output; nil at its end.
    public func readLine() -> String? {
        while true {
            let line = pending.withLock { pending -> String? in
                guard let end = pending.firstIndex(of: 0x0a) else { return nil }
                defer { pending.removeFirst(end + 1) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            if let line { return line }
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
        code.withLock { $0 == nil && kill(number, signal) == 0 }
    }

    /// Waits for its end and gives its exit code; 128 and the signal's number when one ended it.
    @discardableResult
    public func wait() -> Int32 {
        // Waited for without taking its number away, which happens under the lock of `signal`.
        var information = siginfo_t()
        while waitid(P_PID, id_t(number), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        return code.withLock { code in
            if let code { return code }
            var status: Int32 = 0
            while waitpid(number, &status, 0) < 0 && errno == EINTR {}
            let ended = status & 0x7f
            let found = ended == 0 ? status >> 8 & 0xff : 128 + ended
            code = found
            return found
        }
    }

    /// Most memory that it has held so far, in bytes; 0 when that is unknown.
    public var peakMemory: UInt64 {
        Machine.kernelFigure("VmHWM:", in: "/proc/\(number)/status") ?? 0
    }
}
