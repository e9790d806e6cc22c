import Wire

/// How many holders of a layer a fetch looks for: a few at first, then more at a time for as long
/// as each step makes it faster. Where this node's own line is full more of them bring nothing, and
/// each takes a session from somebody; where theirs are slow all of them are wanted.
struct SourcePlan: Sendable {
    /// Sessions with holders that it wants now.
    private(set) var wanted = SwarmLimits.holdersDialledMax
    /// When the present look began, and what had come by then.
    private var begun: (time: UInt64, received: UInt64)?
    /// Bytes a second before the last step; nil where none waits to be judged.
    private var before: UInt64?
    /// Monotonic nanoseconds before which no step is taken.
    private var rest: UInt64 = 0

    /// Whether a look is due at a fetch of which so much came.
    func isDue(received: UInt64, at now: UInt64) -> Bool {
        guard let last = begun, received >= last.received else { return true }
        let span = now - min(now, last.time)
        return span >= SourceLimits.window
            && (received - last.received >= SourceLimits.windowBytes
                || span >= SourceLimits.windowMax)
    }

    /// Looks at a fetch that has come so far with so many sources, lacks `missing` bytes and knows
    /// of others whom it might call.
    mutating func look(
        received: UInt64, missing: UInt64, sources: Int, hasOthers: Bool, at now: UInt64
    ) {
        guard isDue(received: received, at: now) else { return }
        defer { begun = (now, received) }
        guard let last = begun, received >= last.received else { return }
        let rate = Span.rate(
            of: received - last.received, in: now - min(now, last.time))
        if let before {
            self.before = nil
            guard rate >= before + before / SourceLimits.gain else {
                rest = now + SourceLimits.rest
                return
            }
        }
        guard hasOthers, now >= rest, sources < SourceLimits.most,
            missing / max(1, rate) >= SourceLimits.secondsLeft
        else { return }
        before = rate
        let step = max(SwarmLimits.holdersDialledMax, sources)
        wanted = min(SourceLimits.most, sources + step)
    }
}

/// Bounds of how many holders are asked, with the reason for each.
enum SourceLimits {
    /// Sessions with holders for one fetch, at most: from there on each brings less than a
    /// sixteenth.
    static let most = 16
    /// A step must make a fetch faster by one part of so many; groups that end in one look and not
    /// in the next make that much of a difference.
    static let gain: UInt64 = 16
    /// What comes is looked at over this long, and until so much came or it took so long.
    static let window = 2 * Span.second
    static let windowBytes: UInt64 = 16 << 20
    static let windowMax = 16 * Span.second
    /// After a step that brought nothing no other is taken for this long.
    static let rest = Span.minute
    /// Where less than this is left a new session would come too late.
    static let secondsLeft: UInt64 = 5
}
