import Genome
import Host
import Store
import Swarm
import Wire

/// Who may do what with the layers of a home: manifests, statements, memberships, delegations and
/// the owner's rules, gathered for the one function that decides.
struct LayerRights {
    let library: Library
    let catalogue: Catalogue
    let keys: Keys

    /// All that is said about a layer that is here.
    func policy(of manifest: Manifest) throws(StoreError) -> LayerPolicy {
        var held = HeldLayer(manifest, envelope: [], blobs: [], announced: nil)
        try complete(&held, manifest)
        return held.policy
    }

    /// Takes into a layer what statements, ancestors and tombstones say of it.
    func complete(_ held: inout HeldLayer, _ manifest: Manifest) throws(StoreError) {
        held.take(KnownTerms(library: library).answer(manifest))
        let statements = statements(about: manifest.layer)
        held.take(statements)
        if let reason = try withdrawal(of: manifest) { held.takeWithdrawal(reason) }
        held.take(verdicts: try verdicts(statements.map(\.statement)))
    }

    /// What was said about a layer and is kept, with its envelopes, checked.
    func statements(about layer: Digest) -> [(statement: Statement, envelope: [UInt8])] {
        ((try? library.index.statements(about: layer)) ?? []).compactMap { bytes in
            (try? Library.statement(in: bytes)).map { ($0, bytes) }
        }
    }

    /// Why the publisher of a layer took it back, by the tombstone that gossip brought.
    private func withdrawal(of manifest: Manifest) throws(StoreError) -> String? {
        let place = SlotKey(
            publisher: manifest.publisher, type: .layer, slot: Slot(prefixOf: manifest.layer))
        guard case .tombstone(let ended) = try catalogue.record(at: place)?.content,
            ended.isWithdrawal
        else { return nil }
        return ended.reason ?? "it gave no reason"
    }

    /// What keys that the owner trusts, or her own, attested that a layer passed.
    private func verdicts(_ statements: [Statement]) throws(StoreError) -> Set<String> {
        var claims: Set<String> = []
        for statement in statements where statement.kind == .attestation {
            guard statement.body["result"]?.string == "passed",
                let claim = statement.body["claim"]?.string
            else { continue }
            let isOwn = statement.publisher == keys.node.publicKey
            let contact = try library.index.contact(statement.publisher)
            if isOwn || contact?.isTrusted == true { claims.insert(claim) }
        }
        return claims
    }

    /// The delegations to a peer that the catalogue holds, of the keys that matter.
    func delegations(to key: NodeKey, of publishers: Set<NodeKey>) -> [Delegation] {
        let found = (try? catalogue.delegations(to: key, of: publishers)) ?? []
        return found.compactMap { Self.delegation($0, to: key) }
    }

    /// Whether a key is of an identity of this home, or one that the owner trusts.
    func knows(_ key: NodeKey) -> Bool {
        let contact = (try? library.index.contact(key)) ?? nil
        if contact?.isTrusted == true { return true }
        let own = (try? IdentityShelf(library.layout).all()) ?? []
        return own.contains { $0.key == key }
    }

    /// All keys that it knows, and this node's own.
    func knownKeys() -> Set<NodeKey> {
        let own = ((try? IdentityShelf(library.layout).all()) ?? []).map(\.key)
        let contacts = (try? library.index.contacts()) ?? []
        return Set(own + contacts.filter(\.isTrusted).map(\.key) + [keys.node.publicKey])
    }

    /// The delegations to this node that count. It acts for nobody whom its owner does not know,
    /// however many delegate to it: it publishes for identities of the home, and asks for these
    /// and for keys that she trusts.
    func ownDelegations() -> [Delegation] {
        let key = keys.node.publicKey
        let own = ((try? IdentityShelf(library.layout).all()) ?? []).map(\.key)
        let contacts = (try? library.index.contacts()) ?? []
        let trusted = contacts.filter(\.isTrusted).map(\.key)
        let slot = Slot(prefixOf: key.digest)
        return (own + trusted.filter { !own.contains($0) }).compactMap { publisher in
            let place = SlotKey(publisher: publisher, type: .delegation, slot: slot)
            guard let record = (try? catalogue.record(at: place)) ?? nil,
                let found = Self.delegation(record, to: key)
            else { return nil }
            return own.contains(publisher)
                ? found
                : Delegation(
                    publisher: publisher, rights: found.rights.subtracting(.publish),
                    expires: found.expires)
        }
    }

    private static func delegation(_ record: Record, to key: NodeKey) -> Delegation? {
        guard case .delegation(let content) = record.content, content.key == key else {
            return nil
        }
        return Delegation(
            publisher: record.publisher, rights: content.rights, expires: record.expires)
    }

    /// This node as it asks for itself.
    func myself(purpose: Purpose = Purpose()) -> Caller {
        let now = Clock.wallMilliseconds()
        let seconds = Int64(now / 1_000)
        let shelf = OrganizationShelf(library: library, keys: keys)
        return Caller(
            key: keys.node.publicKey, delegations: ownDelegations(), at: now,
            places: shelf.known().compactMap { known in
                guard let place = known.place,
                    known.organization.fault(of: place, at: seconds) == nil
                else { return nil }
                return Caller.Place(organization: known.id, rights: place.rights)
            }, purpose: purpose)
    }

    /// Whether this machine may do something with a layer. The decision is written down; a refusal
    /// says why and what would make it allowed. With `accepts` the owner has just accepted the
    /// terms.
    func require(
        _ action: Action, _ manifest: Manifest, purpose: Purpose = Purpose(),
        accepts: Bool = false
    ) throws(Failure) {
        let owner = try library.ownerPolicy()
        let caller = myself(purpose: purpose)
        let decision = try inStore { () throws(StoreError) in
            var policy = try policy(of: manifest)
            if accepts { policy.acceptances.insert(caller.key) }
            let request = PermissionRequest(
                action, by: caller, with: policy,
                holder: Holder(
                    isPublisher: caller.publishes(for: manifest.publisher), isSeeding: true),
                owner: owner, now: Int64(Clock.wallMilliseconds() / 1_000))
            let decision = request.decide()
            try library.note(request, layer: manifest.layer, decision)
            return decision
        }
        guard let refusal = decision.refusal else { return }
        throw Failure(refusal, action, name: manifest.reference.description)
    }
}

extension Failure {
    /// What a person is told who may know that the layer exists: rule, reason, and what to do.
    init(_ refusal: Refusal, _ action: Action, name: String) {
        let code: Code =
            switch refusal.rule {
            case .noRedistribute, .nonCommercial, .noChanges, .researchOnly, .notAccepted,
                .unknownTerms, .contradiction:
                .licence
            case .hidden: .notFound
            default: .refused
            }
        let words =
            switch action {
            case .see: "seen"
            case .fetch: "fetched"
            case .serve: "served"
            case .mirror: "mirrored"
            case .announce: "announced"
            case .publish: "shared"
            case .train: "trained on"
            case .derive: "made into another layer"
            case .run: "run"
            }
        self.init(
            code, "\(name) may not be \(words) (\(refusal.rule.rawValue))", why: refusal.reason,
            remedy: refusal.remedy)
    }
}
