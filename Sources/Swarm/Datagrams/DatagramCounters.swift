/// What came of datagrams so far.
public struct DatagramCounters: Equatable, Sendable {
    /// Why a datagram was passed over, in the order in which it is looked at.
    public enum Refusal: String, CaseIterable, Sendable {
        /// It has no form that is known, or is too long.
        case malformed
        /// No session has this channel.
        case unknownChannel
        /// The peer sends more than it may.
        case crowded
        /// Its counter came before, or is too old.
        case replayed
        /// It was not sealed by the peer, or was changed.
        case notAuthentic
        /// The peer sealed what is no message.
        case notMessage
        /// It asks or answers in another network.
        case otherNetwork
        /// It answers what was not asked.
        case notAsked

        var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Datagrams that sessions sent.
    public internal(set) var sent: UInt64 = 0
    /// Their bytes.
    public internal(set) var sentBytes: UInt64 = 0
    /// Datagrams of sessions' peers that were opened.
    public internal(set) var received: UInt64 = 0
    /// Their bytes.
    public internal(set) var receivedBytes: UInt64 = 0
    /// Questions of nodes without a session.
    public internal(set) var asked: UInt64 = 0
    /// Their bytes.
    public internal(set) var askedBytes: UInt64 = 0
    /// Answers to them.
    public internal(set) var answered: UInt64 = 0
    /// Their bytes.
    public internal(set) var answeredBytes: UInt64 = 0
    /// Datagrams that did not leave: the system said so, or there was no key.
    public internal(set) var failed: UInt64 = 0
    private var refused = [UInt64](repeating: 0, count: Refusal.allCases.count)

    /// None.
    public init() {}

    /// Datagrams that were passed over for a reason.
    public subscript(refusal: Refusal) -> UInt64 { refused[refusal.index] }

    /// All that were passed over.
    public var refusedCount: UInt64 { refused.reduce(0, +) }

    mutating func refuse(_ refusal: Refusal) { refused[refusal.index] += 1 }

    /// A datagram did not leave.
    package mutating func fail() { failed += 1 }
}
