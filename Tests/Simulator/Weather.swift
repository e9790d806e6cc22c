import Swarm

/// What the network does to messages beside delaying them. Parts are thousandths.
package struct Weather: Sendable {
    /// Lost, each by itself.
    package var lossPerMille: UInt64 = 0
    /// Bursts: each message begins one with this chance, and the link loses all for its span.
    package var burstPerMille: UInt64 = 0
    /// Nanoseconds of a burst.
    package var burstSpan: UInt64 = 2_000_000_000
    /// Delivered twice.
    package var duplicationPerMille: UInt64 = 0
    /// Held back for up to half a second, so that later ones overtake it.
    package var reorderingPerMille: UInt64 = 0
    /// One bit flipped; the channel's seal refuses it, and the session ends.
    package var flipPerMille: UInt64 = 0
    /// Largest message that passes, in bytes; larger ones vanish. 0 for no bound.
    package var largestMessage: Int = 0

    /// Fair weather.
    package init() {}

    /// What it does to messages.
    var kinds: Set<WeatherKind> {
        var kinds: Set<WeatherKind> = []
        if lossPerMille > 0 { kinds.insert(.lost) }
        if burstPerMille > 0 { kinds.insert(.bursts) }
        if duplicationPerMille > 0 { kinds.insert(.doubled) }
        if reorderingPerMille > 0 { kinds.insert(.overtaking) }
        if flipPerMille > 0 { kinds.insert(.bent) }
        return kinds
    }

    /// The same without some of it.
    func without(_ calm: Set<WeatherKind>) -> Weather {
        var weather = self
        if calm.contains(.lost) { weather.lossPerMille = 0 }
        if calm.contains(.bursts) { weather.burstPerMille = 0 }
        if calm.contains(.doubled) { weather.duplicationPerMille = 0 }
        if calm.contains(.overtaking) { weather.reorderingPerMille = 0 }
        if calm.contains(.bent) { weather.flipPerMille = 0 }
        return weather
    }

    /// What becomes of one message.
    enum Fate: Equatable {
        case lost
        case flipped
        /// So many copies, each so much later.
        case delivered(copies: Int, late: UInt64)
    }

    func fate(
        bytes: Int, now: UInt64, burstEnd: inout UInt64, using generator: inout SeededGenerator
    ) -> Fate {
        if largestMessage > 0, bytes > largestMessage { return .lost }
        if now < burstEnd { return .lost }
        if Self.happens(burstPerMille, &generator) {
            burstEnd = now + burstSpan
            return .lost
        }
        if Self.happens(lossPerMille, &generator) { return .lost }
        if Self.happens(flipPerMille, &generator) { return .flipped }
        let late =
            Self.happens(reorderingPerMille, &generator)
            ? UInt64.random(in: 0..<500_000_000, using: &generator) : 0
        return .delivered(
            copies: Self.happens(duplicationPerMille, &generator) ? 2 : 1, late: late)
    }

    static func happens(_ perMille: UInt64, _ generator: inout SeededGenerator) -> Bool {
        perMille > 0 && generator.next() % 1000 < perMille
    }
}
