/// The answer of the one function that decides.
public enum Decision: Equatable, Sendable {
    /// It may be done.
    case allow
    /// It may not.
    case refuse(Refusal)

    /// The refusal, if it is one.
    public var refusal: Refusal? {
        if case .refuse(let refusal) = self { return refusal }
        return nil
    }
}

/// Why something may not be done with a layer, and what would make it allowed.
public struct Refusal: Hashable, Sendable, Error {
    /// The rule that refused it, by which logs and tests name it.
    public enum Rule: String, CaseIterable, Sendable {
        /// Whoever asks may not know that the layer exists.
        case hidden
        /// No grant covers it.
        case notGranted
        /// A grant excludes the field of use.
        case excludedDomain
        /// The layer excludes the field of use.
        case restrictedDomain
        /// The publisher took the layer back.
        case withdrawn
        /// Only its publisher serves it.
        case notPeerToPeer
        /// It is announced less widely than gossip reaches.
        case scope
        /// The owner of this node does not seed.
        case notSeeding
        /// Only whoever signs may publish.
        case notPublisher
        /// Publishing for an organisation needs its word.
        case notMember
        /// The terms do not let others pass it on.
        case noRedistribute
        /// The terms forbid commercial use.
        case nonCommercial
        /// The terms give no right to change it.
        case noChanges
        /// The terms are for research.
        case researchOnly
        /// The terms must be accepted first.
        case notAccepted
        /// Nobody here knows what the terms ask.
        case unknownTerms
        /// Its terms are not those that what it is made from allows.
        case contradiction
        /// A newer program is needed to understand it.
        case needsNewerNode
        /// The owner of this node does not want it.
        case ownerPolicy
    }

    /// The rule.
    public let rule: Rule
    /// What is wrong, in a clause.
    public let reason: String
    /// What would make it allowed; empty where nothing would.
    public let remedy: String

    /// A refusal.
    public init(_ rule: Rule, _ reason: String, remedy: String = "") {
        self.rule = rule
        self.reason = reason
        self.remedy = remedy
    }

    /// Whether the answer must be the one for a layer that does not exist.
    public var isHidden: Bool { rule == .hidden }
}
