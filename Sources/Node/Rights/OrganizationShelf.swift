import Genome
import Host
import Store
import Swarm
import Wire

/// The organisations of a home with the secrets that this node holds of them.
struct OrganizationShelf {
    let library: Library
    let keys: Keys

    /// All that this node belongs to or issues for, as the core needs them. One whose documents
    /// are damaged is left out.
    func known() -> [KnownOrganization] {
        ((try? library.organizations()) ?? []).compactMap { id in try? known(id) }
    }

    /// One of them; nil if it is not here.
    func known(_ id: NodeKey) throws(StoreError) -> KnownOrganization? {
        guard let organization = try library.organization(id) else { return nil }
        let memberships = try library.memberships(of: id)
        // What a key signed that left the root since counts no more.
        let own = memberships.first { entry in
            entry.0.member == keys.node.publicKey && Self.counts(entry.envelope, in: organization)
        }
        var issued: [NodeKey: [UInt8]] = [:]
        if try !issuers(of: organization).isEmpty {
            for (membership, envelope) in memberships
            where membership.member != keys.node.publicKey
                && Self.counts(envelope, in: organization)
            {
                issued[membership.member] = envelope
            }
        }
        return KnownOrganization(
            organization: organization,
            documents: try library.credentials(of: id, .root)
                + library.credentials(of: id, .revocations),
            membership: own?.envelope, place: own?.0,
            secrets: try epochs(of: id).reversed().map(\.circle), issued: issued)
    }

    /// Secrets of its epochs, oldest first: those that this node made, and those that came with
    /// its memberships. Two issuers who begin an epoch at once give both one number: of these the
    /// one that memberships carry stands last, the same in every home that has both.
    func epochs(of id: NodeKey) throws(StoreError) -> [EpochSecrets] {
        var epochs: [[UInt8]: EpochSecrets] = [:]
        for (membership, _) in try library.memberships(of: id)
        where membership.member == keys.node.publicKey {
            for box in membership.epochs {
                guard let epoch = EpochSecrets(box, secret: keys.sealingSecret) else { continue }
                epochs[epoch.sealing] = epoch
            }
        }
        let kept = try OrganizationSecrets.read(id, library.layout)?.epochs ?? []
        for epoch in kept { epochs[epoch.sealing] = epoch }
        return epochs.values.sorted { one, other in
            one.number != other.number
                ? one.number < other.number
                : other.sealing.lexicographicallyPrecedes(one.sealing)
        }
    }

    /// Those of `epochs(of:)` that memberships carry: one of each number.
    static func carried(_ epochs: [EpochSecrets]) -> [EpochSecrets] {
        var carried: [EpochSecrets] = []
        for epoch in epochs {
            if carried.last?.number == epoch.number { carried.removeLast() }
            carried.append(epoch)
        }
        return carried
    }

    /// Held while a file of secrets is read and written: a command and a peer's document may
    /// both bring epochs.
    private static let writing = Lock(())

    /// Writes all epochs that are known now, and a `fresh` one, into the home's own file.
    func keepEpochs(of id: NodeKey, _ fresh: EpochSecrets? = nil) throws(StoreError) {
        try Self.writing.withLock { _ throws(StoreError) in
            var secrets =
                try OrganizationSecrets.read(id, library.layout)
                ?? OrganizationSecrets(organization: id)
            let known = try epochs(of: id) + [fresh].compactMap { $0 }
            let kept = Array(known.suffix(OrganizationSecrets.epochsMax))
            guard kept != secrets.epochs else { return }
            secrets.epochs = kept
            try secrets.write(library.layout)
        }
    }

    /// Keeps a document as `Library.add(credential:joining:at:)` does. Before the own membership
    /// makes room for a newer one, or goes with a list that takes its key off, its secrets go into
    /// the home's file: the newer one may bring fewer, and what the others open stays to be read.
    @discardableResult
    func add(
        _ envelope: Envelope, joining: Bool = false, at time: Int64? = nil
    ) throws(StoreError) -> Bool {
        if envelope.payloadType == Membership.payloadType,
            let membership = try? Membership.decode(envelope.payload),
            membership.member == keys.node.publicKey
        {
            try keepEpochs(of: membership.organization)
        } else if envelope.payloadType == RevocationList.payloadType,
            let id = OrganizationDocument.organization(of: envelope)
        {
            try keepEpochs(of: id)
        }
        return try library.add(credential: envelope, joining: joining, at: time)
    }

    /// Keys in this home that speak for it.
    func signers(of id: NodeKey) throws(StoreError) -> [SigningKey] {
        (try OrganizationSecrets.read(id, library.layout)?.keys ?? []) + [keys.node]
    }

    /// Whether enough issuers of the newest root signed a membership.
    static func counts(_ envelope: [UInt8], in organization: Organization) -> Bool {
        let document = try? Envelope.decode(envelope, payloadMax: OrganizationSchema.bytesMax)
        return document.map { organization.isIssued($0) } ?? false
    }

    /// Keys of issuers in this home.
    func issuers(of organization: Organization) throws(StoreError) -> Set<NodeKey> {
        let issuers = organization.root.keys(of: .issuer)
        return Set(try signers(of: organization.id).map(\.publicKey)).intersection(issuers)
    }

    /// Whether this home holds enough issuers' keys to make members alone.
    func isIssuer(of organization: Organization) throws(StoreError) -> Bool {
        try issuers(of: organization).count >= organization.root.thresholds[.issuer] ?? .max
    }

    /// Puts the signatures of this home's keys with `role` under a document.
    func sign(
        _ envelope: inout Envelope, as role: OrganizationRole, of roots: [OrganizationRoot]
    ) throws(StoreError) {
        let wanted = roots.reduce(into: Set<NodeKey>()) { $0.formUnion($1.keys(of: role)) }
        guard let id = roots.first?.organization else { return }
        for key in try signers(of: id) where wanted.contains(key.publicKey) {
            guard envelope.entries.count < Envelope.signaturesMax,
                !envelope.isSigned(by: key.publicKey)
            else { continue }
            envelope.add(signatureBy: key)
        }
    }
}

extension Library {
    /// What the owner lets this machine do. Rules that a newer program wrote are no rules to pass
    /// over: the home is not used then.
    func ownerPolicy() throws(Failure) -> OwnerPolicy {
        let text = try inStore { () throws(StoreError) in
            try index.policy(Self.rulesPolicy) ?? "[]"
        }
        let limits = JSONLimits(bytes: 1 << 18, depth: 6, values: 16_384)
        guard let json = try? JSONParser.parse(Array(text.utf8), limits: limits),
            let policy = OwnerPolicy(json: json)
        else {
            throw Failure(
                .corrupt, "the owner's rules are not understood",
                why: "they were written by another version of plasmid",
                remedy: "set them anew with: plasmid trust --clear-rules")
        }
        return policy
    }

    /// Name of the owner's setting that holds the rules.
    static let rulesPolicy = "rules"

    /// Writes an access decision down.
    func note(
        _ request: PermissionRequest, layer: Digest, _ decision: Decision
    ) throws(StoreError) {
        try noteAccess(layer: layer, rule: decision.refusal?.rule.rawValue) { name in
            request.json(naming: name)
        }
    }
}
