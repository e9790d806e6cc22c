import Wire

/// How a node stands with relays: as one, as a node that is reached over some, and as one that
/// reaches others over theirs.
struct Relaying: Sendable {
    /// A relay that this node is reached by, or wants to be.
    struct Place: Sendable {
        /// Until when the answer is waited for; nil once the place is granted.
        var asked: UInt64?
    }

    /// A circuit that ends here.
    struct End: Sendable {
        /// Who is meant to be at the other end.
        let peer: NodeKey
        /// The dial that it is for, where this node opened it.
        let dial: UInt64?
    }

    /// A dial over the relays of a node that cannot be called.
    struct Way: Sendable {
        /// Where it stands.
        enum Step: Equatable, Sendable {
            /// A session with the relay is being made.
            case meeting
            /// The relay was asked for a circuit.
            case opening(CircuitEnd)
            /// The circuit stands, and hands are shaken over it.
            case shaking(CircuitEnd)
        }

        let peer: NodeKey
        /// Relays that were not tried yet; the first is being tried.
        var relays: [PeerAddress]
        var step = Step.meeting
        /// Monotonic nanoseconds after which the next relay is tried.
        var until: UInt64
        /// Why the last one came to nothing.
        var reason = "no relay is known by which it is reached"
    }

    /// What this node does for others; nil where its owner does not want it.
    var desk: RelayDesk?
    /// The relays by which this node is reached.
    var places = OrderedTable<SessionNumber, Place>()
    /// Relays that refused or could not be reached, until when they are left alone.
    var refusals = OrderedTable<NodeKey, UInt64>()
    /// Relays that were dialled from the port that this node listens on: once each.
    var moved: Set<NodeKey> = []
    /// The dial for that which is under way.
    var moving: (dial: UInt64, peer: NodeKey)?
    /// Relays out of the catalogue.
    var found: [PeerAddress] = []
    /// Monotonic nanoseconds before which the catalogue is not searched again.
    var nextSearch: UInt64 = 0
    /// By which relays nodes are reached that cannot be called.
    var ways = OrderedTable<NodeKey, [PeerAddress]>()
    /// Dials over relays under way.
    var dials = OrderedTable<UInt64, Way>()
    /// Circuits that end here.
    var ends = OrderedTable<CircuitEnd, End>()
    /// Half of the number of the next circuit that this node opens.
    var nextCircuit: UInt64 = 1
}
