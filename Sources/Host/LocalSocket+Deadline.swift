import CLinux
import Glibc

/// Talking to a program that may never answer.
extension LocalSocket {
    /// Writes all bytes before `deadline` (`Clock.monotonic`); ETIMEDOUT when that passed.
    public func write(_ bytes: [UInt8], before deadline: UInt64) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { space in
                plasmid_send(
                    descriptor.number, space.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count > 0 {
                done += count
            } else if count < 0, errno == EAGAIN {
                try descriptor.waitUntil(Int16(POLLOUT), before: deadline)
            } else if count < 0, errno != EINTR {
                throw .last("write")
            }
        }
    }

    /// Reads exactly `count` bytes before `deadline`; nil when the stream ends before.
    public func read(count: Int, before deadline: UInt64) throws(SystemError) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            try descriptor.waitUntil(Int16(POLLIN), before: deadline)
            var space = [UInt8](repeating: 0, count: min(65_536, count - bytes.count))
            let result = Glibc.read(descriptor.number, &space, space.count)
            if result > 0 {
                bytes += space[..<result]
            } else if result == 0 {
                return nil
            } else if errno != EINTR, errno != EAGAIN {
                throw .last("read")
            }
        }
        return bytes
    }
}

extension Descriptor {
    /// Waits until something may be read or written; ETIMEDOUT when `deadline` passed before.
    func waitUntil(_ events: Int16, before deadline: UInt64) throws(SystemError) {
        while true {
            let now = Clock.monotonic()
            guard now < deadline else { throw SystemError("poll", code: ETIMEDOUT) }
            var entry = pollfd(fd: number, events: events, revents: 0)
            let left = Int32(clamping: (deadline - now) / 1_000_000 + 1)
            let count = poll(&entry, 1, left)
            if count > 0 { return }
            if count < 0, errno != EINTR { throw .last("poll") }
        }
    }
}
