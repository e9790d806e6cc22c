import Wire

/// How fast groups come from a peer, or parts of them, and how many are asked of it at a time.
///
/// The window follows what arrives, not what is hoped for: with `rate` bytes a second and a round
/// trip of `t` it holds rate · (2t + 0.2 s) and a group or part, or two. A window that is too small
/// measures window/t, so it doubles each round trip until the line is full, and stays there.
struct PeerPace: Sendable {
    /// Bytes of what it is asked for: of a group, or of a part.
    private(set) var unit = UInt64(HashTree.groupBytes)
    /// Whether it is asked for two of them at first, and not for more.
    private var isCareful = false
    /// Groups and parts asked of it and not answered yet.
    var asked = 0
    /// Their bytes.
    var askedBytes: UInt64 = 0
    /// Bytes a second that came while something was asked of it; nil before it is known.
    private(set) var rate: UInt64?
    /// Bytes that may be asked of it at a time.
    private(set) var window = windowFirst
    /// Connections over which it brings them.
    private var connections = 1
    /// The last measurement of the rate.
    private var latest: UInt64 = 0
    /// Monotonic nanoseconds of the last group that came; 0 before the first.
    private(set) var delivered: UInt64 = 0
    /// Monotonic nanoseconds since when it owes the next group: its last one, or the question
    /// where it owed nothing.
    private(set) var owing: UInt64 = 0
    /// Mean nanoseconds between groups, and their mean distance from it.
    private(set) var gap: UInt64?
    private(set) var deviation: UInt64 = 0
    /// Bytes that came since `markedAt`: groups come in bunches, and one alone says little.
    private var marked: UInt64 = 0
    private var markedAt: UInt64 = 0

    /// Bytes asked of a peer that nothing is known of: one group on its way while the next is
    /// asked for.
    static let windowFirst = 2 * UInt64(HashTree.groupBytes)
    /// The same of one that is far and alone has them: the first are on their way for as
    /// long as a connection begins slowly, and the line must not wait for the next question
    /// meanwhile (two: 0.65 of 1 Gbit/s at 50 ms over 256 MiB, four: 0.70). Of several peers one
    /// may prove slow or wrong, and four groups of it are twice as much to ask for again.
    static let windowAlone = 4 * UInt64(HashTree.groupBytes)
    /// Bytes asked of one peer at most: 32 MiB cover 2.5 Gbit/s at 100 ms.
    static let windowMax = 32 * UInt64(HashTree.groupBytes)
    /// Groups asked of one peer at most, however small: fewer than a peer answers at a time.
    static let askedMax = 48
    /// Nanoseconds of the shortest measurement of a rate.
    private static let measureSpan = 50 * Span.millisecond
    /// What is asked for beyond two round trips, so that a busy sender always has work.
    private static let reserve = 200 * Span.millisecond

    /// Whether it has brought nothing yet.
    private var isNew: Bool { rate == nil && delivered == 0 }

    /// Whether a group of so many bytes may be asked of it too; with `isAlone` it is far
    /// and nobody else has it.
    func hasRoom(for bytes: UInt64, isAlone: Bool = false) -> Bool {
        let most = isAlone && isNew && !isCareful ? Self.windowAlone : window
        return asked == 0 || asked < Self.askedMax && askedBytes + bytes <= most
    }

    /// From now on it is asked for pieces of so many bytes: what is asked of it at a time, and when
    /// it is late, follow. With `isCareful` two of them are asked for at first.
    mutating func take(unit: UInt64, roundTrip: UInt64?, isCareful: Bool = false) {
        self.isCareful = isCareful
        guard unit != self.unit else { return }
        gap = gap.map { Self.scaled($0, unit, self.unit) }
        deviation = Self.scaled(deviation, unit, self.unit)
        self.unit = unit
        if rate == nil && isCareful { window = 2 * unit }
        narrow(roundTrip: roundTrip)
    }

    /// Its rate is known, and is no more what was hoped for: no more is asked of it than it brings.
    mutating func narrow(roundTrip: UInt64?) {
        if let rate { window = wanted(rate, roundTrip ?? 0) }
    }

    private static func scaled(_ span: UInt64, _ unit: UInt64, _ before: UInt64) -> UInt64 {
        min(span, Span.hour) / before * unit + min(span, Span.hour) % before * unit / before
    }

    /// A group of so many bytes was asked of it.
    mutating func ask(_ bytes: UInt64, at now: UInt64) {
        if asked == 0 {
            owing = now
            markedAt = now
            marked = 0
        }
        asked += 1
        askedBytes += bytes
        // Where it was asked for more at first it is asked for as much again.
        if isNew { window = max(window, min(askedBytes, Self.windowAlone)) }
    }

    /// A group that was asked of it is not expected any more.
    mutating func drop(_ bytes: UInt64) {
        asked = max(0, asked - 1)
        askedBytes -= min(askedBytes, bytes)
    }

    /// A group came; `roundTrip` in nanoseconds where it is known. What grows is not held back by
    /// its past where it is far and alone: of several, the end waits for those that were asked for
    /// too much.
    mutating func arrived(
        _ bytes: UInt64, at now: UInt64, roundTrip: UInt64?, isAlone: Bool = false,
        connections: Int = 1
    ) {
        let span = now - min(now, owing)
        if let known = gap {
            let distance = span > known ? span - known : known - span
            deviation = (deviation * 3 + distance) / 4
            gap = (known * 7 + span) / 8
        } else {
            gap = span
            deviation = span / 2
        }
        owing = now
        delivered = now
        marked += bytes
        let measured = now - min(now, markedAt)
        if measured >= Self.measureSpan {
            let sample = marked * Span.second / measured
            rate = rate.map { ($0 * 3 + sample) / 4 } ?? sample
            latest = sample
            marked = 0
            markedAt = now
        }
        self.connections = connections
        // Until a rate is known each group that comes makes room for two.
        let target =
            rate.map { wanted(isAlone ? max($0, latest) : $0, roundTrip ?? 0) } ?? Self.windowMax
        if window < target {
            window = min(target, window + bytes)
        } else {
            window = max(target, window - min(window, bytes))
        }
    }

    private func wanted(_ rate: UInt64, _ roundTrip: UInt64) -> UInt64 {
        func bytes(in span: UInt64) -> UInt64 {
            min(rate, 1 << 40) / 1000 * (span / Span.millisecond)
        }
        let way = bytes(in: min(2 * roundTrip, 10 * Span.second))
        // Where the way takes as long as a tenth of a group, one more fills it, over each
        // connection. A part more is soon here.
        let isPart = unit < UInt64(HashTree.groupBytes)
        let more = way >= unit / 10 ? UInt64(connections) : isPart ? 1 : 0
        return min(Self.windowMax, way + bytes(in: Self.reserve) + (1 + more) * unit)
    }

    /// It brought nothing for so long that it begins anew, with one group or part.
    mutating func stalled() {
        window = unit
        rate = nil
        latest = 0
        gap = nil
        deviation = 0
    }

    /// Nanoseconds until it would have brought what it owes and `bytes` more; nil where its rate
    /// is not known.
    func span(for bytes: UInt64) -> UInt64? {
        rate.map { Span.of(askedBytes + bytes, at: $0) }
    }

    /// Nanoseconds without a group after which it is late: what its groups take and four times how
    /// much that varies, at least `floor`.
    func patience(floor: UInt64) -> UInt64 {
        guard let gap else { return max(floor, Self.firstPatience) }
        return max(floor, gap + 4 * deviation)
    }

    /// Before the first group nothing is known of a line: one of 1 Mbit/s takes 8 s for a group.
    private static let firstPatience = 10 * Span.second
}
