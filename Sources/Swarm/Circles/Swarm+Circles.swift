import Genome
import Wire

/// Closed circles: how members of an organisation find out about each other in a session.
extension Swarm {
    /// The owner's organisations as they are now: every peer is shown tags again, and may learn
    /// what it may know of since.
    mutating func organizationsChanged(_ known: [KnownOrganization]) {
        organizations = OrderedTable()
        for organization in known { organizations[organization.id] = organization }
        for organization in known { checkMemberships(under: organization.organization) }
        for number in sessions.keys {
            _ = sessions.change(number) { session in
                session.rights.memberships = session.rights.memberships.filter {
                    organizations[$0.key] != nil
                }
            }
            showTags(to: number)
            giveIssued(to: number)
            for organization in sessions[number]?.rights.circles ?? [] {
                showCredentials(of: organization, to: number)
            }
        }
        circlesChanged()
        for layer in held.values { hold(layer) }
    }

    /// What a session begins with, besides the introduction.
    mutating func openCircles(_ number: SessionNumber) {
        findDelegations(number)
        showTags(to: number)
        giveIssued(to: number)
        offerLayers(to: number)
    }

    private var hour: UInt64 { now.wall / CircleTag.spanMilliseconds }

    /// Shows the tags of own circles among others that mean nothing. A node that is in no circle
    /// shows as many: that it is in one is nobody's business either.
    private mutating func showTags(to number: SessionNumber) {
        guard let peer = sessions[number]?.facts.peer else { return }
        var tags: [[UInt8]] = []
        for known in organizations.values where known.showsTags {
            tags += known.secrets.map { secret in
                CircleTag.proof(secret: secret, hour: hour, from: settings.node, to: peer)
            }
        }
        tags = Array(tags.prefix(CircleTag.tagsMax))
        while tags.isEmpty || tags.count % CircleTag.batch != 0 { tags.append(randomTag()) }
        tags.shuffle(using: &veil)
        send(.tags(tags), to: number)
    }

    private mutating func randomTag() -> [UInt8] {
        (0..<CircleTag.byteCount).map { _ in
            UInt8.random(in: 0...255, using: &veil)
        }
    }

    /// Looks for tags of own circles; whoever shows one is shown the own membership.
    mutating func receive(tags: [[UInt8]], from number: SessionNumber) {
        guard let session = sessions[number] else { return }
        let shown = Set(tags)
        let peer = session.facts.peer
        for known in organizations.values {
            let proven = known.secrets.filter { secret in
                [hour > 0 ? hour - 1 : 0, hour, hour + 1].contains { hour in
                    shown.contains(
                        CircleTag.proof(secret: secret, hour: hour, from: peer, to: settings.node))
                }
            }
            guard !proven.isEmpty else { continue }
            let isNew = sessions.change(number) { session in
                session.rights.domains.formUnion(proven.map { CircleDomain(secret: $0) })
                let isNew = session.rights.circles.insert(known.id).inserted
                // What came before it knew the circle may have found no place there.
                if isNew { session.rights.forgetTold(known.documents) }
                return isNew
            }
            linkCircles(number)
            guard isNew == true else { continue }
            // The own tags may have come before the peer knew the secret.
            showTags(to: number)
            showCredentials(of: known.id, to: number)
        }
    }

    private mutating func showCredentials(
        of organization: NodeKey, to number: SessionNumber
    ) {
        guard let known = organizations[organization] else { return }
        show(known.documents, known.membership, to: number)
    }

    /// Sends what a peer was not sent yet of an organisation. Behind news a membership goes again:
    /// it may have come before it could count.
    private mutating func show(
        _ documents: [[UInt8]], _ membership: [UInt8]?, to number: SessionNumber
    ) {
        var isNews = false
        for document in documents where tell(.credential(document), to: number) {
            isNews = true
        }
        guard let membership else { return }
        if isNews { _ = sessions.change(number) { $0.rights.forgetTold([membership]) } }
        tell(.credential(membership), to: number)
    }

    /// A member that this node itself made gets its membership as soon as it is met, also while
    /// it knows no secret yet.
    private mutating func giveIssued(to number: SessionNumber) {
        guard let peer = sessions[number]?.facts.peer else { return }
        for known in organizations.values {
            guard let membership = known.issued[peer] else { continue }
            show(known.documents, membership, to: number)
        }
    }

    /// Takes a document of an organisation. What is not valid, or from before what is known, is
    /// passed over: an honest peer may know less.
    mutating func receive(credential bytes: [UInt8], from number: SessionNumber) {
        let count = sessions.change(number) { session in
            session.rights.credentials += 1
            return session.rights.credentials
        }
        guard let count, count <= SwarmLimits.credentialsPerSessionMax else {
            blame(number, "sent more documents than there is reason for")
            return
        }
        guard let envelope = try? Envelope.decode(bytes, payloadMax: OrganizationSchema.bytesMax),
            let organization = OrganizationDocument.organization(of: envelope)
        else {
            blame(number, "sent a document that is not well-formed")
            return
        }
        guard organizations[organization] != nil else {
            invite(organization, envelope, bytes, from: number)
            return
        }
        take(envelope, bytes, of: organization, from: number)
    }

    /// Remembers a document of an organisation that this node has not joined. A member's newer
    /// membership takes the place of the older, so that renewals leave room.
    private mutating func invite(
        _ organization: NodeKey, _ envelope: Envelope, _ bytes: [UInt8],
        from number: SessionNumber
    ) {
        let document = SessionRights.Invited(envelope, bytes)
        _ = sessions.change(number) { session in
            var documents = session.rights.invitations[organization] ?? []
            let isKnown = session.rights.invitations[organization] != nil
            guard isKnown || session.rights.invitations.count < SwarmLimits.invitationsMax,
                !documents.contains(where: { $0.bytes == bytes })
            else { return }
            documents.removeAll { document.replaces($0) }
            let size = documents.reduce(bytes.count) { $0 + $1.bytes.count }
            guard size <= SwarmLimits.invitationBytesMax else { return }
            documents.append(document)
            session.rights.invitations[organization] = documents
        }
    }

    private mutating func take(
        _ envelope: Envelope, _ bytes: [UInt8], of organization: NodeKey,
        from number: SessionNumber
    ) {
        guard var known = organizations[organization] else { return }
        if envelope.payloadType == Membership.payloadType {
            take(membership: envelope, bytes, known, from: number)
            return
        }
        let isRoot = envelope.payloadType == OrganizationRoot.payloadType
        let isNew =
            isRoot
            ? try? known.organization.take(root: envelope)
            : try? known.organization.take(revocations: envelope)
        guard isNew == true else { return }
        if isRoot { checkMemberships(under: known.organization) }
        // Roots stay in front, in their order; of revocation lists the newest alone count.
        let organizationNow = known.organization
        known.documents.removeAll { document in
            OrganizationDocument.payload(ofList: document).map { list in
                !organizationNow.knows(list: list)
            } ?? false
        }
        let end = known.documents.count
        let list = known.documents.firstIndex { OrganizationDocument.isRevocationList($0) }
        known.documents.insert(bytes, at: isRoot ? list ?? end : end)
        organizations[organization] = known
        effects.append(.keepCredential(bytes))
        for other in sessions.keys where other != number {
            if sessions[other]?.rights.circles.contains(organization) == true {
                tell(.credential(bytes), to: other)
            }
        }
    }

    private mutating func take(
        membership envelope: Envelope, _ bytes: [UInt8], _ known: KnownOrganization,
        from number: SessionNumber
    ) {
        guard let caller = caller(number),
            let membership = try? known.organization.membership(envelope, at: seconds)
        else { return }
        if membership.member == settings.node {
            // A renewal of the own place, brought by whoever issued it.
            effects.append(.keepCredential(bytes))
            return
        }
        guard caller.speaks(for: membership.member) else {
            wait(for: membership.member, .credential(bytes), from: number)
            return
        }
        _ = sessions.change(number) { session in
            session.rights.memberships[known.id] = membership
            session.rights.proofs[known.id] = envelope
        }
        linkCircles(number)
        offerLayers(to: number)
    }

    /// Under a new root a key that left it signs nothing any more, also not what peers showed
    /// before.
    private mutating func checkMemberships(under organization: Organization) {
        for number in sessions.keys {
            _ = sessions.change(number) { session in
                guard let proof = session.rights.proofs[organization.id],
                    !organization.isIssued(proof)
                else { return }
                session.rights.memberships[organization.id] = nil
                session.rights.proofs[organization.id] = nil
            }
        }
    }

    /// Organisations that peers say this node belongs to and its owner has not joined.
    public var invitations: [(organization: NodeKey, invitation: Invitation)] {
        sessions.values.flatMap { session in
            session.rights.invitations.sorted { $0.key < $1.key }.map { entry in
                (
                    entry.key,
                    Invitation(from: session.facts.peer, documents: entry.value.map(\.bytes))
                )
            }
        }
    }
}
