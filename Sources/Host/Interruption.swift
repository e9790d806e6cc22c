import CLinux
import Glibc

/// SIGINT, SIGTERM and SIGHUP as a wish that long work looks at between two of its parts.
///
/// The first signal is only noted. A second one, before the first was answered, ends the process
/// at once: whoever asks twice does not want to wait for the end of a part.
public final class Interruption: Sendable {
    private let asked = Lock<Int32?>(nil)
    /// Readable once for each signal that was noted.
    private let wake: Descriptor

    /// Watches from now on. Make it before the threads that compute: the signals are blocked in
    /// this thread and in those it starts later.
    public convenience init() throws(SystemError) {
        let signals = try Signals()
        try self.init { try? signals.wait() }
    }

    /// Watches for what `next` waits for.
    init(_ next: @escaping @Sendable () -> Int32?) throws(SystemError) {
        let number = plasmid_eventfd()
        guard number >= 0 else { throw .last("eventfd") }
        let wake = Descriptor(owning: number)
        self.wake = wake
        let asked = asked
        try Thread("signals") {
            while let signal = next() {
                let isSecond = asked.withLock { asked in
                    defer { asked = signal }
                    return asked != nil
                }
                if isSecond { Machine.exit(128 + signal) }
                var one: UInt64 = 1
                _ = Glibc.write(wake.number, &one, 8)
            }
        }.detach()
    }

    /// The signal that waits for an answer.
    public var signal: Int32? { asked.withLock { $0 } }

    /// Whether one waits.
    public var isAsked: Bool { signal != nil }

    /// Whether the signal that waits is Ctrl-C, which may mean a part of the work only; the
    /// others mean the process.
    public var isForThisPart: Bool { signal == SIGINT }

    /// The signal is answered; the next one is a first one again.
    public func answer() {
        asked.withLock { $0 = nil }
    }

    /// Waits until `descriptor` has bytes or has ended, or a signal waits; false for a signal.
    public func wait(for descriptor: Int32) -> Bool {
        var list = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.number, events: Int16(POLLIN), revents: 0),
        ]
        while !isAsked {
            list[0].revents = 0
            // A descriptor that cannot be waited for is read at once.
            guard poll(&list, 2, -1) >= 0 || errno == EINTR else { return true }
            if list[0].revents != 0 { return !isAsked }
            var count: UInt64 = 0
            _ = Glibc.read(wake.number, &count, 8)
        }
        return false
    }
}
