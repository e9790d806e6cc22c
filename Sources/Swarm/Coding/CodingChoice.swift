import Wire

/// Whether groups are asked of a peer coded: only where what comes over the line is what they wait
/// for, and as long as it brings something.
///
/// The rate is measured, not guessed from the address: it falls where the line, the peer's disk or
/// its limits are slow. Two things show that coding was the wrong choice: groups that come hardly
/// shorter, and groups that come slower than before, as from a slow processor.
struct CodingChoice: Sendable {
    /// What is asked for coded.
    enum Level: Equatable, Sendable {
        case nothing
        /// Groups that may be coded against a parent.
        case deltas
        /// Those and the others.
        case all
    }

    private(set) var level = Level.nothing
    /// Bytes a second before the first coded group.
    private var before: UInt64 = 0
    /// Monotonic nanoseconds before which it is not tried again.
    private var notBefore: UInt64 = 0
    /// What came since coded groups come, or since the last look.
    private var window: Window?
    private var isTrial = false

    private struct Window {
        let began: UInt64
        /// Bytes of groups, and of them over the line.
        var plain: UInt64 = 0
        var wire: UInt64 = 0
        /// The same of groups that were asked for coded, and their number.
        var askedPlain: UInt64 = 0
        var askedWire: UInt64 = 0
        var groups = 0
    }

    /// Bytes a second over the line below which weights are asked for coded: one core codes bf16 at
    /// 1.2 GB/s and decodes it at 2.9 (docs/performance.md), so that 60 MB/s cost the peer a
    /// twentieth of a core and bring 1.5 times as much; faster lines are local networks, whose
    /// machines have better to do.
    static let denseRateMax: UInt64 = 60_000_000
    /// The same for groups that may be coded against a parent: a fine-tune comes in a tenth of its
    /// bytes or less, which even a line of 1 Gbit/s (118 MB/s) gains by.
    static let deltaRateMax: UInt64 = 150_000_000
    /// Coded groups of a look, and its nanoseconds at least: groups come in bunches.
    static let windowGroups = 8
    static let windowSpan = 500 * Span.millisecond
    /// Part of the bytes that coding must save, as a divisor.
    static let savingMin: UInt64 = 16
    /// Nanoseconds for which coding is left alone where it brought nothing: what is fetched, and
    /// who else uses processor and line, may be another by then.
    static let pause = 60 * Span.second

    /// Whether a group is asked for coded; `hasParents` where it may be coded against one.
    func isWanted(hasParents: Bool) -> Bool {
        level == .all || level == .deltas && hasParents
    }

    /// A group of `plain` bytes came in `wire` bytes over the line; `wasAsked` where it could have
    /// come coded. `rate` are the bytes a second that come from the peer, as far as they are known.
    mutating func arrived(
        plain: UInt64, wire: UInt64, wasAsked: Bool, rate: UInt64?, at now: UInt64
    ) {
        guard level != .nothing else {
            if let rate, now >= notBefore { begin(rate) }
            return
        }
        guard var open = window else {
            if wasAsked { window = Window(began: now) }
            return
        }
        open.plain += plain
        open.wire += wire
        if wasAsked {
            open.askedPlain += plain
            open.askedWire += wire
            open.groups += 1
        }
        window = open
        let span = now - min(now, open.began)
        if open.groups >= Self.windowGroups, span >= Self.windowSpan { look(open, span, at: now) }
    }

    private mutating func begin(_ rate: UInt64) {
        guard rate < Self.deltaRateMax else { return }
        level = rate < Self.denseRateMax ? .all : .deltas
        before = rate
        window = nil
        isTrial = true
    }

    private mutating func look(_ window: Window, _ span: UInt64, at now: UInt64) {
        let isShorter = window.askedWire <= window.askedPlain - window.askedPlain / Self.savingMin
        let isSlower = isTrial && Span.rate(of: window.plain, in: span) < before - before / 10
        let most = level == .all ? Self.denseRateMax : Self.deltaRateMax
        if !isShorter || isSlower {
            level = .nothing
            notBefore = now + Self.pause
        } else if Span.rate(of: window.wire, in: span) > most {
            // The line is faster than it was.
            level = .nothing
        }
        self.window = Window(began: now)
        isTrial = false
    }
}
