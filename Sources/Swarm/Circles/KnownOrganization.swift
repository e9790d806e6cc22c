import Genome
import Wire

/// An organisation that this node belongs to or speaks for, as its core needs it.
public struct KnownOrganization: Equatable, Sendable {
    /// Secrets that this many epochs share at most with a peer: the present one and those whose
    /// members may not have heard of it.
    public static let secretsMax = 3

    /// Its newest root and revocation lists.
    public internal(set) var organization: Organization
    /// Envelopes of its roots from the first, then of its newest revocation lists.
    public internal(set) var documents: [[UInt8]]
    /// Envelope of this node's membership; nil for one that only issues.
    public let membership: [UInt8]?
    /// The membership in it.
    public let place: Membership?
    /// Secrets of its circle, newest epoch first.
    public let secrets: [[UInt8]]
    /// Envelopes of memberships that this node issued, by the key they are for: what a member
    /// gets as soon as it is met.
    public let issued: [NodeKey: [UInt8]]

    /// An organisation with what this node holds of it.
    public init(
        organization: Organization, documents: [[UInt8]], membership: [UInt8]?,
        place: Membership?, secrets: [[UInt8]], issued: [NodeKey: [UInt8]] = [:]
    ) {
        self.organization = organization
        self.documents = documents
        self.membership = membership
        self.place = place
        self.secrets = Array(secrets.prefix(Self.secretsMax))
        self.issued = issued
    }

    /// The founding key.
    public var id: NodeKey { organization.id }

    /// Tags of the domains of its records, newest epoch first.
    public var domains: [[UInt8]] { secrets.map { CircleTag.domain(secret: $0) } }

    /// What the membership allows at a time in seconds since 1970; nothing when it does not count.
    func rights(at time: Int64) -> Set<MembershipRight> {
        guard let place, organization.fault(of: place, at: time) == nil else { return [] }
        return place.rights
    }
}

/// Somebody's word that this node belongs to an organisation it has not joined.
public struct Invitation: Equatable, Sendable {
    /// The peer it came from.
    public let from: NodeKey
    /// The envelopes, in the order they came.
    public internal(set) var documents: [[UInt8]]
}
