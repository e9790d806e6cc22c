/// The connections over which groups come from one peer: that of the session, and stripes beside
/// it. Each group is asked for over the one that brings it soonest, so that one that is slow, or
/// waits for a lost packet, gets fewer.
struct PeerLines: Sendable {
    /// One of them.
    struct Line: Equatable, Sendable {
        /// Its number; nil for the session's own connection.
        let stripe: SessionNumber?
        /// Bytes asked over it and not answered yet.
        var owed: UInt64 = 0
        /// Monotonic nanoseconds since when it owes the next group.
        var owing: UInt64 = 0
        /// Bytes a second that came while it owed something; nil before that is known.
        private(set) var rate: UInt64?
        /// Bytes that came since `markedAt`.
        private var marked: UInt64 = 0
        private var markedAt: UInt64 = 0

        /// Nanoseconds of the shortest measurement of a rate.
        private static let measureSpan = 100 * Span.millisecond

        init(stripe: SessionNumber?) { self.stripe = stripe }

        mutating func ask(_ bytes: UInt64, at now: UInt64) {
            if owed == 0 { (owing, markedAt, marked) = (now, now, 0) }
            owed += bytes
        }

        mutating func arrived(_ bytes: UInt64, at now: UInt64) {
            owing = now
            marked += bytes
            let span = now - min(now, markedAt)
            guard span >= Self.measureSpan else { return }
            let sample = Span.rate(of: marked, in: span)
            rate = rate.map { ($0 + sample) / 2 } ?? sample
            (marked, markedAt) = (0, now)
        }
    }

    private(set) var all = [Line(stripe: nil)]

    /// Part of the fastest one's rate that each is given credit for, as a divisor: one that was
    /// measured while it found its speed must be asked to be measured again.
    private static let creditMin: UInt64 = 4

    /// The stripes, in the order in which they came.
    var stripes: [SessionNumber] { all.compactMap(\.stripe) }

    /// A stripe stands.
    mutating func add(_ stripe: SessionNumber) { all.append(Line(stripe: stripe)) }

    /// A stripe is gone; what it owed was taken back.
    mutating func remove(_ stripe: SessionNumber) { all.removeAll { $0.stripe == stripe } }

    /// A group of so many bytes is asked for: the stripe to ask over, nil for the session's own
    /// connection. With `isTail` hardly anything is left to ask for afterwards, and what a slow one
    /// is given is what the end waits for.
    mutating func ask(_ bytes: UInt64, isTail: Bool = false, at now: UInt64) -> SessionNumber? {
        let fastest = all.compactMap(\.rate).max() ?? 1
        let spans = all.map { line in
            let least = isTail ? 1 : fastest / Self.creditMin
            return Span.of(line.owed + bytes, at: max(least, line.rate ?? fastest))
        }
        let soonest = spans.indices.min { spans[$0] < spans[$1] } ?? 0
        all[soonest].ask(bytes, at: now)
        return all[soonest].stripe
    }

    /// A group is asked for over a connection that was chosen already.
    mutating func ask(_ bytes: UInt64, over stripe: SessionNumber?, at now: UInt64) {
        guard let index = all.firstIndex(where: { $0.stripe == stripe }) else { return }
        all[index].ask(bytes, at: now)
    }

    /// A group that was asked for is not expected any more, or came.
    mutating func settle(_ bytes: UInt64, over stripe: SessionNumber?) {
        guard let index = all.firstIndex(where: { $0.stripe == stripe }) else { return }
        all[index].owed -= min(all[index].owed, bytes)
    }

    /// A group of so many bytes came.
    mutating func arrived(_ bytes: UInt64, over stripe: SessionNumber?, at now: UInt64) {
        guard let index = all.firstIndex(where: { $0.stripe == stripe }) else { return }
        all[index].arrived(bytes, at: now)
    }

    /// Those that owe something and brought nothing for so many nanoseconds.
    func silent(for span: UInt64, at now: UInt64) -> [Line] {
        all.filter { $0.owed > 0 && now - min(now, $0.owing) > span }
    }

    /// The fastest one that owes nothing, where another is overdue by half of its time and by what
    /// this one needs for so many bytes: it waits for a lost packet. One that is only slow may be
    /// so because both share a line.
    func idle(
        insteadOf stripe: SessionNumber?, for bytes: UInt64, roundTrip: UInt64, at now: UInt64
    ) -> Line? {
        guard let late = all.first(where: { $0.stripe == stripe }),
            let idle = all.filter({ $0.owed == 0 && $0.rate != nil })
                .max(by: { ($0.rate ?? 0) < ($1.rate ?? 0) })
        else { return nil }
        let span = roundTrip + Span.of(bytes, at: idle.rate ?? 1)
        let due = roundTrip + Span.of(late.owed, at: late.rate ?? idle.rate ?? 1)
        let quiet = now - min(now, late.owing)
        return quiet > due + due / 2 + span ? idle : nil
    }
}
