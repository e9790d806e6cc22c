/// What beacons came to since the node started.
public struct LanCounters: Sendable {
    /// Why a datagram was not looked at further.
    public enum Drop: String, CaseIterable, Comparable, Sendable {
        /// No beacon, or not as its format says.
        case malformed
        /// A version that this node does not know.
        case otherVersion
        /// It does not come from a private network or link that this machine is in.
        case foreign
        /// This node's own.
        case own
        /// Of another network, or of a private swarm.
        case otherNetwork
        /// Its machine tells of more nodes than one may.
        case crowded

        /// By name.
        public static func < (left: Drop, right: Drop) -> Bool { left.rawValue < right.rawValue }
    }

    /// Beacons that left.
    public internal(set) var sent: UInt64 = 0
    /// Beacons that did not.
    public internal(set) var failed: UInt64 = 0
    /// Answers given.
    public internal(set) var answered: UInt64 = 0
    /// Datagrams that came in, dropped ones among them.
    public internal(set) var heard: UInt64 = 0
    /// Dials that beacons led to.
    public internal(set) var dialled: UInt64 = 0
    /// Dials and answers that were left out because there were too many.
    public internal(set) var spared: UInt64 = 0
    /// Datagrams dropped, by reason.
    public internal(set) var dropped = OrderedTable<Drop, UInt64>()

    /// Nothing yet.
    public init() {}

    mutating func drop(_ reason: Drop) { dropped[reason] = (dropped[reason] ?? 0) + 1 }
}
