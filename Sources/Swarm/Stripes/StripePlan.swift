/// Whether one more connection to a peer is worth while: one is added, what comes is measured, and
/// the next follows only where this one brought at least half of its share.
///
/// One connection is a limit where the system's buffers are smaller than bandwidth times delay,
/// where losses slow each by itself, or where one core seals all of it.
struct StripePlan: Sendable {
    /// The dial under way.
    var dialling: UInt64?
    /// Whether no more are tried in this session: one failed, or brought too little.
    var isSettled = false
    /// Bytes and monotonic nanoseconds where the present measurement began.
    private var mark: (bytes: UInt64, at: UInt64)?
    /// Bytes a second in the measurement before this one, with as many connections.
    private var last: UInt64?
    /// Bytes a second with one connection fewer; nil where that was not measured.
    private var before: UInt64?

    /// Bytes a second from which on, on a local network, one core's cipher and hash may be the
    /// limit.
    static let nearRate: UInt64 = 400_000_000
    /// Connections that are tried where each brings half of its share, and where it brings three
    /// quarters: then each is limited by itself, as by losses. With the session's own.
    static let linesMax = 4
    static let lossyLinesMax = 8
    /// Nanoseconds of a measurement: ten round trips, in which a new connection finds its speed,
    /// and half a second; near a fifth, in which a line that is tried brings eighty groups.
    private static let spanMin = 500 * Span.millisecond
    private static let nearSpan = 200 * Span.millisecond

    /// Whether one more is wanted, with so many `lines` now, over which `received` bytes came in
    /// all.
    mutating func wantsMore(
        lines: Int, received: UInt64, roundTrip: UInt64, at now: UInt64
    ) -> Bool {
        guard !isSettled, dialling == nil else { return false }
        // Over such a way one connection is often not enough: the first stripe is not waited for.
        let isFar = roundTrip >= SessionFacts.farRoundTrip
        guard let mark else {
            self.mark = (received, now)
            return lines == 1 && isFar
        }
        let span = now - min(now, mark.at)
        guard span >= (isFar ? max(Self.spanMin, 10 * roundTrip) : Self.nearSpan) else {
            return false
        }
        let rate = Span.rate(of: received - min(received, mark.bytes), in: span)
        self.mark = (received, now)
        defer { last = rate }
        // A rate that still grows, as it does while a connection finds its speed, says nothing.
        guard let last, rate <= last + last / 8 else { return false }
        guard isFar || rate >= Self.nearRate else { return false }
        guard lines > 1 else {
            before = rate
            return true
        }
        defer { before = rate }
        let quarters: UInt64 = lines < Self.linesMax ? 2 : 3
        isSettled =
            !Self.isGain(lines, quarters: quarters, over: before, rate)
            || lines >= Self.lossyLinesMax
        return !isSettled
    }

    /// A stripe came or went: what is measured begins anew.
    mutating func changed() {
        dialling = nil
        mark = nil
        last = nil
    }

    /// Whether the last of so many lines brought so many quarters of its share.
    private static func isGain(
        _ lines: Int, quarters: UInt64, over before: UInt64?, _ rate: UInt64
    ) -> Bool {
        guard let before else { return true }
        return rate >= before + before / 4 * quarters / UInt64(max(1, lines - 1))
    }
}
