import Glibc

/// Waiting for a program that may never end or never stop printing.
extension ChildProcess {
    /// All that it prints, if that is at most `limit` bytes; nil for more. ETIMEDOUT when it is
    /// still printing, or has its output open, at `deadline` (`Clock.monotonic`). Not to be mixed
    /// with `readLine`.
    public func readAll(limit: Int, before deadline: UInt64) throws(SystemError) -> [UInt8]? {
        var bytes: [UInt8] = []
        while true {
            try output.waitUntil(Int16(POLLIN), before: deadline)
            var space = [UInt8](repeating: 0, count: 4_096)
            let count = read(output.number, &space, space.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last("read")
            }
            bytes += space[..<count]
            if bytes.count > limit { return nil }
        }
    }

    /// Its exit code as `wait` gives it; nil when it still runs at `deadline`.
    public func wait(before deadline: UInt64) -> Int32? {
        while true {
            let found = code.withLock { code -> Int32? in
                if let code { return code }
                var information = siginfo_t()
                let options = WEXITED | WNOHANG | WNOWAIT
                guard waitid(P_PID, id_t(number), &information, options) == 0,
                    information.si_signo == SIGCHLD
                else { return nil }
                code = reap()
                return code
            }
            if let found { return found }
            guard Clock.monotonic() < deadline else { return nil }
            usleep(5_000)
        }
    }
}
