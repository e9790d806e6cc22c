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
                var status: Int32 = 0
                guard waitpid(number, &status, WNOHANG) == number else { return nil }
                let ended = status & 0x7f
                code = ended == 0 ? status >> 8 & 0xff : 128 + ended
                return code
            }
            if let found { return found }
            guard Clock.monotonic() < deadline else { return nil }
            usleep(5_000)
        }
    }
}
