import Genome
import Wire

/// Who asks: an authenticated key with all that was proven of it. Nothing here is a claim; what
/// could not be verified, or is not in force now, is left out before.
public struct Caller: Equatable, Sendable {
    /// A place in an organisation.
    public struct Place: Equatable, Sendable {
        /// Founding key of the organisation.
        public let organization: NodeKey
        /// What the member may do.
        public let rights: Set<MembershipRight>

        /// A place.
        public init(organization: NodeKey, rights: Set<MembershipRight>) {
            self.organization = organization
            self.rights = rights
        }
    }

    /// The key, as the channel proved it.
    public let key: NodeKey
    /// Keys that let it ask in their name, such as the person whose machine it is.
    public let asksFor: Set<NodeKey>
    /// Keys that let it publish in their name.
    public let publishesFor: Set<NodeKey>
    /// Organisations that it, or a key that it asks for, belongs to.
    public let places: [Place]
    /// What it wants the layer for, where it said so.
    public let purpose: Purpose

    /// Someone who asks.
    public init(
        key: NodeKey, asksFor: Set<NodeKey> = [], publishesFor: Set<NodeKey> = [],
        places: [Place] = [], purpose: Purpose = Purpose()
    ) {
        self.key = key
        self.asksFor = asksFor
        self.publishesFor = publishesFor
        self.places = places
        self.purpose = purpose
    }

    /// Whether it is `other`, or asks in its name.
    public func speaks(for other: NodeKey) -> Bool { key == other || asksFor.contains(other) }

    /// Whether it may publish as `other`.
    public func publishes(for other: NodeKey) -> Bool {
        key == other || publishesFor.contains(other)
    }

    /// Whether a grant to `grantee` is one to it: to a key that it speaks for, or to an
    /// organisation of which it is a member.
    public func isMeant(by grantee: NodeKey) -> Bool {
        speaks(for: grantee) || has(.read, in: grantee)
    }

    /// Whether it has a right in an organisation.
    public func has(_ right: MembershipRight, in organization: NodeKey) -> Bool {
        places.contains { $0.organization == organization && $0.rights.contains(right) }
    }
}

/// What a layer is wanted for. Terms that forbid a use refuse it where it is said; what is not
/// said is nobody's promise, and the terms hold all the same.
public struct Purpose: Equatable, Sendable {
    /// Whether it earns money; nil where it was not said.
    public let isCommercial: Bool?
    /// Whether it is research; nil where it was not said.
    public let isResearch: Bool?
    /// Fields it is used in, such as `clinical`.
    public let domains: Set<String>

    /// A purpose.
    public init(
        isCommercial: Bool? = nil, isResearch: Bool? = nil, domains: Set<String> = []
    ) {
        self.isCommercial = isCommercial
        self.isResearch = isResearch
        self.domains = domains
    }
}
