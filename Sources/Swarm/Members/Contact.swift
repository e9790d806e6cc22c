import Wire

/// A peer or address that the node is dialling or means to: what the owner gave, and for a while
/// whom a fetch or the overlay needs. What else is known stands in the `AddressBook`.
struct Contact: Sendable {
    /// Where it came from: what the owner gave is kept for ever.
    enum Source: Equatable, Sendable {
        /// A ticket, the bootstrap list or `--join`.
        case owner
        /// A fetch or the overlay.
        case need
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
    /// Monotonic nanoseconds before which it is not dialled for no other reason than that the owner
    /// named it: it had no room.
    var fullUntil: UInt64 = 0
    /// Pause after the next failure.
    var pause = SwarmLimits.dialPauseMin
    /// Monotonic nanoseconds of the first failure since the last success.
    var failingSince: UInt64?
    /// Why it could not be reached the last time.
    var failure: String?
    /// Whether the dial under way, or the last one, goes over a relay.
    var isOverRelay = false
    /// A fetch or the overlay needs it now.
    var isWanted = false
}
