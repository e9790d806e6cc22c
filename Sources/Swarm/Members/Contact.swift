import Wire

/// A peer or address that the node may dial.
struct Contact: Sendable {
    /// Where it came from: what the owner gave is kept for ever.
    enum Source: Equatable, Sendable {
        /// A ticket, the bootstrap list or `--join`.
        case owner
        /// A Node record that gossip brought.
        case gossip
        /// A beacon on the local network: forgotten as soon as its one dial has come to an end.
        case beacon
    }

    /// Expected key; nil when only an address was given.
    var key: NodeKey?
    /// Where to dial.
    var endpoints: [Endpoint]
    /// Where it came from.
    let source: Source
    /// The dial in progress.
    var dial: UInt64?
    /// Monotonic nanoseconds before which it is not dialled.
    var notBefore: UInt64 = 0
    /// Pause after the next failure.
    var pause = SwarmLimits.dialPauseMin
    /// Monotonic nanoseconds of the first failure since the last success.
    var failingSince: UInt64?
    /// A fetch or the overlay needs it now.
    var isWanted = false
}
