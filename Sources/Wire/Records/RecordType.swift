/// What a record is about. The number is its byte on the wire.
public enum RecordType: UInt8, Sendable, CaseIterable {
    /// Where a node is and what it offers.
    case node = 1
    /// A layer, announced by its publisher.
    case layer = 2
    /// A layer, announced again by a node that holds it.
    case mirror = 3
    /// The set of public layers that a node holds.
    case holdings = 4
    /// The end of another record of the same publisher.
    case tombstone = 5
    /// A key that may sign for the publisher.
    case delegation = 6
    /// The end of a key, for ever.
    case keyRevocation = 7
    /// What a verifier found when it challenged a mirror.
    case endorsement = 8

    /// Longest life in milliseconds from `issued` to `expires`; nil = permanent.
    public var lifeMaxMilliseconds: UInt64? {
        let day: UInt64 = 86_400_000
        return switch self {
        case .node, .holdings: day
        case .layer: 731 * day  // two years, one of them leap
        case .mirror: 30 * day
        case .tombstone: 731 * day + 30 * 60_000  // as long as what it ends, and half an hour
        case .delegation: 366 * day
        case .keyRevocation: nil
        case .endorsement: 7 * day
        }
    }
}
