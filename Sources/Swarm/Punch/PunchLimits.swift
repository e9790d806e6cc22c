/// Bounds and spans of punches, with the reason for each.
enum PunchLimits {
    /// Times that both sides call each other: what does not work thrice does not work.
    static let attemptsMax = 3
    /// The first comes this long after the relayed session: relays have said by then where they see
    /// this node.
    static let firstPause = Span.second
    /// Between two.
    static let pause = 3 * Span.second
    /// An answer to an offer that has not come by then is none.
    static let answerPatience = 10 * Span.second
    /// Offers that are answered on one session: three, and as many for lost ones.
    static let answeredMax = 6
    /// Longest wait before a call: half of the longest round trip that makes sense.
    static let waitMax = 2 * Span.second
}
