/// How a peer stands as a witness of this node's journal.
struct WitnessState: Equatable, Sendable {
    /// Entries of the journal that it signed last, as far as is known.
    var known: UInt64 = 0
    /// Monotonic nanoseconds when it was asked last.
    var asked: UInt64 = 0
    /// Whether it was shown a checkpoint and has not answered.
    var isWaiting = false
    /// Whether that was the second one in a row.
    var isSecond = false
}
