/// Whether a peer takes what is sent to it. One that does not, or takes a byte now and then, holds
/// buffers that others wait for.
struct PeerReading {
    /// Nanoseconds in which it must take something: longer than a disk or a line is usually away.
    static let patience: UInt64 = 60_000_000_000
    /// Bytes that it must take in that time while more wait: a line of 10 kbit/s brings that.
    static let bytesMin: UInt64 = 64 << 10

    /// Monotonic nanoseconds since when bytes have waited without a break, and what it had taken
    /// by then; nil while none wait.
    private var window: (since: UInt64, taken: UInt64)?

    /// Looks at it: `taken` are the bytes that it confirmed so far. Whether it is to be given up.
    mutating func isStuck(at now: UInt64, isWaiting: Bool, taken: @autoclosure () -> UInt64) -> Bool
    {
        guard isWaiting else {
            window = nil
            return false
        }
        guard let window else {
            self.window = (now, taken())
            return false
        }
        guard now - min(now, window.since) >= Self.patience else { return false }
        let count = taken()
        guard count - min(count, window.taken) >= Self.bytesMin else { return true }
        self.window = (now, count)
        return false
    }
}
