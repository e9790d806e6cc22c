import Wire

/// A peer with a standing channel.
public struct Session: Sendable {
    /// Who it is.
    public let facts: SessionFacts
    /// What it said of itself; nil before its introduction.
    public internal(set) var introduction: Introduction?
    /// Monotonic nanoseconds when it was opened.
    public let opened: UInt64
    /// Monotonic nanoseconds of the last word.
    public internal(set) var heard: UInt64
    /// Nanoseconds of the last round trip; nil before the first.
    public internal(set) var roundTrip: UInt64?
    /// Payload bytes served to it.
    public internal(set) var sent: UInt64 = 0
    /// Payload bytes fetched from it.
    public internal(set) var received: UInt64 = 0
    /// Proven faults.
    var faults = 0
    /// Number and time of an unanswered ping.
    var ping: (number: UInt64, sent: UInt64)?
    /// Whether closing was asked for; nothing more is sent.
    var isClosing = false
    /// Record ids wanted from it.
    var wanted: [Digest] = []
    /// Ids asked for and not answered yet.
    var isFetchingRecords = false
    /// The last id of the page being worked through; nil when not reconciling.
    var reconciliation: Reconciliation?
    /// Monotonic nanoseconds of the last question for a page.
    var reconciledAt: UInt64 = 0
    /// Its questions to the catalogue or the disk that are being answered.
    var answering = 0
    /// What it may still ask without waiting.
    var questions = TokenBucket(
        perSecond: SwarmLimits.questionsPerSecond, burst: SwarmLimits.questionsBurst)
    /// Its requests that are being answered.
    var serving = 0
    /// Groups asked of it and not answered yet.
    var asked = 0

    /// Where a comparison of catalogues stands.
    enum Reconciliation: Equatable, Sendable {
        /// The page after an id was asked for.
        case awaitingPage(after: Digest?)
        /// The page's missing records are being fetched; ask for the next after this id.
        case fetching(next: Digest?)
    }

    init(_ facts: SessionFacts, at monotonic: UInt64) {
        self.facts = facts
        opened = monotonic
        heard = monotonic
    }
}
