import Genome
import Wire

/// What a peer has proven of itself in a session beyond its key.
struct SessionRights: Sendable {
    /// Organisations whose secret it knows.
    var circles: Set<NodeKey> = []
    /// Circles whose secret it has shown to know, each in its epoch.
    var domains: Set<CircleDomain> = []
    /// Circles in which it was told that it is linked, and in which it said that this node is.
    var joined: Set<CircleDomain> = []
    var joinedBy: Set<CircleDomain> = []
    /// Memberships that were found good, one for each organisation at most.
    var memberships: [NodeKey: Membership] = [:]
    /// The memberships as they were signed, to be checked anew under a new root.
    var proofs: [NodeKey: Envelope] = [:]
    /// Keys that let it ask or publish in their name, and until when.
    var delegations: [Delegation] = []
    /// Keys that it spoke for, whether they let it or not.
    var named: Set<NodeKey> = []
    /// What it said in the name of keys whose delegations to it are not known yet.
    var waiting: [Waiting] = []
    /// Layers that this node may know of by a grant which the peer brought, with their
    /// publishers: the peer, or who lets it publish.
    var granted: [Digest: NodeKey] = [:]
    /// Documents of organisations that this node does not belong to.
    var invitations: [NodeKey: [Invited]] = [:]
    /// Documents that it sent.
    var credentials = 0
    /// What it was sent in this session, by hash: each word once, however often its layer or
    /// organisation is looked at again.
    private var told: Set<Digest> = []
    /// Statements and documents that it was sent; it blames who sends more than it takes.
    private var toldStatements = 0
    private var toldCredentials = 0

    /// Whether a statement or document is to be sent: it was not yet, and there is room for it.
    mutating func tells(_ message: Message) -> Bool {
        switch message {
        case .statement(let bytes):
            guard toldStatements < SwarmLimits.statementsToldMax,
                told.insert(Blake3.hash(bytes)).inserted
            else { return false }
            toldStatements += 1
            return true
        case .credential(let bytes):
            guard toldCredentials < SwarmLimits.credentialsPerSessionMax,
                told.insert(Blake3.hash(bytes)).inserted
            else { return false }
            toldCredentials += 1
            return true
        default: return true
        }
    }

    /// Whether one more statement that a fetch needs may be sent, also again.
    mutating func tellsAcceptance() -> Bool {
        guard toldStatements < SwarmLimits.statementsPerSessionMax else { return false }
        toldStatements += 1
        return true
    }

    /// Has documents sent again: what stands between them and the peer's mind has changed.
    mutating func forgetTold(_ documents: [[UInt8]]) {
        for document in documents { told.remove(Blake3.hash(document)) }
    }

    /// A document of an organisation that this node has not joined.
    struct Invited: Sendable {
        let bytes: [UInt8]
        /// Whose membership it is, and when that begins; nil for a root or a list.
        private let place: (member: NodeKey, issued: Int64)?

        init(_ envelope: Envelope, _ bytes: [UInt8]) {
            self.bytes = bytes
            let membership =
                envelope.payloadType == Membership.payloadType
                ? try? Membership.decode(envelope.payload) : nil
            place = membership.map { ($0.member, $0.issued) }
        }

        /// Whether it is a later membership of the same member.
        func replaces(_ other: Invited) -> Bool {
            guard let place, let known = other.place else { return false }
            return place.member == known.member && known.issued <= place.issued
        }
    }

    /// A word that waits for the delegation it rests on.
    enum Waiting: Sendable {
        case statement([UInt8])
        case credential([UInt8])
        case record([UInt8])

        var byteCount: Int {
            switch self {
            case .statement(let bytes), .credential(let bytes), .record(let bytes): bytes.count
            }
        }
    }
}

/// A key's word that another may act for it.
public struct Delegation: Equatable, Sendable {
    /// Who is acted for.
    public let publisher: NodeKey
    /// What may be done in its name.
    public let rights: DelegationContent.Rights
    /// Milliseconds since 1970 when it ends.
    public let expires: UInt64

    /// A delegation.
    public init(publisher: NodeKey, rights: DelegationContent.Rights, expires: UInt64) {
        self.publisher = publisher
        self.rights = rights
        self.expires = expires
    }
}

extension Caller {
    /// Someone with the delegations that count at a time in milliseconds since 1970.
    public init(
        key: NodeKey, delegations: [Delegation], at wall: UInt64, places: [Place],
        purpose: Purpose = Purpose()
    ) {
        let live = delegations.filter { wall < $0.expires }
        self.init(
            key: key, asksFor: Set(live.filter { $0.rights.contains(.fetch) }.map(\.publisher)),
            publishesFor: Set(live.filter { $0.rights.contains(.publish) }.map(\.publisher)),
            places: places, purpose: purpose)
    }
}

extension Swarm {
    /// Seconds since 1970.
    var seconds: Int64 { Int64(clamping: now.wall / 1_000) }

    /// The peer of a session with all that it has proven and that counts now.
    func caller(_ number: SessionNumber) -> Caller? {
        guard let session = sessions[number] else { return nil }
        return Caller(
            key: session.facts.peer, delegations: session.rights.delegations, at: now.wall,
            places: places(of: session))
    }

    /// The places of a peer that count now. One of a person whose machine it is counts as long as
    /// she lets it ask in her name.
    private func places(of session: Session) -> [Caller.Place] {
        let rights = session.rights
        return rights.memberships.values.compactMap { membership in
            let member = membership.member
            guard
                member == session.facts.peer
                    || rights.delegations.contains(where: { delegation in
                        delegation.publisher == member && delegation.rights.contains(.fetch)
                            && now.wall < delegation.expires
                    }),
                let known = organizations[membership.organization],
                known.organization.fault(of: membership, at: seconds) == nil
            else { return nil }
            return Caller.Place(
                organization: membership.organization, rights: membership.rights)
        }
    }

    /// This node, as it may ask others or use what it holds.
    var myself: Caller {
        Caller(
            key: settings.node, delegations: settings.delegations, at: now.wall,
            places: organizations.values.compactMap { known in
                let rights = known.rights(at: seconds)
                return rights.isEmpty
                    ? nil : Caller.Place(organization: known.id, rights: rights)
            })
    }

    /// Whether a key is this node's, or one that it may publish for. Asked for each group that is
    /// served, so memberships are not looked at.
    func isPublisher(_ key: NodeKey) -> Bool {
        key == settings.node
            || settings.delegations.contains { delegation in
                delegation.publisher == key && delegation.rights.contains(.publish)
                    && now.wall < delegation.expires
            }
    }

    /// Whether the publisher's record of a layer is this node's to sign: her own node's, or that of
    /// the node of hers which announced it.
    func announces(_ layer: HeldLayer) -> Bool {
        isPublisher(layer.publisher) && !layer.isSaidByOther
    }

    /// Whether someone may do something with a layer.
    func decide(_ action: Action, _ policy: LayerPolicy, by caller: Caller) -> Decision {
        request(action, policy, by: caller).decide()
    }

    func request(
        _ action: Action, _ policy: LayerPolicy, by caller: Caller
    ) -> PermissionRequest {
        PermissionRequest(
            action, by: caller, with: policy,
            holder: Holder(
                isPublisher: isPublisher(policy.publisher),
                isSeeding: settings.isSeeding),
            owner: settings.owner, now: seconds)
    }

    /// Whether the peer of a session may do something with a layer that is here.
    func decide(_ action: Action, _ layer: HeldLayer, _ number: SessionNumber) -> Decision {
        guard let caller = caller(number) else {
            return .refuse(Refusal(.hidden, "there is no such layer"))
        }
        return decide(action, layer.policy, by: caller)
    }
}
