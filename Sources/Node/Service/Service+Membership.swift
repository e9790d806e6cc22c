import Genome
import Host
import Store
import Swarm
import Wire

/// Organisations as a member sees them: what there is, invitations, documents to carry by hand.
extension Service {
    /// What is known of an organisation.
    func described(_ known: KnownOrganization) throws(Failure) -> JSONObject {
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        let root = known.organization.root
        let memberships = try inStore { () throws(StoreError) in
            try library.memberships(of: known.id)
        }
        let isIssuer = try inStore { () throws(StoreError) in
            try shelf.isIssuer(of: known.organization)
        }
        var object = JSONObject()
        object["organization"] = .string(known.id.base32)
        object["name"] = .string(root.name)
        object["root"] = .integer(Int64(clamping: root.version))
        object["expires"] = .integer(root.expires)
        object["issuer"] = .bool(isIssuer)
        object["renewsAlone"] = .bool(try renewedAlone().contains(known.id))
        object["member"] = known.place.map { .string($0.member.base32) } ?? .null
        object["fault"] =
            (known.place.map { known.organization.fault(of: $0, at: now) }
            ?? known.organization.fault(at: now)).map { .string($0.description) } ?? .null
        object["keys"] = .array(
            root.keys.map { key in
                [
                    "key": .string(key.key.base32), "label": .string(key.label ?? ""),
                    "roles": .array(key.roles.map(\.rawValue).sorted().map { .string($0) }),
                ]
            })
        object["members"] = .array(
            memberships.map { membership, envelope in
                [
                    "member": .string(membership.member.base32),
                    "label": .string(membership.label ?? ""),
                    "rights": .array(
                        membership.rights.map(\.rawValue).sorted().map { .string($0) }),
                    "expires": .integer(membership.expires),
                    "fault": Self.fault(of: membership, envelope, known.organization, at: now)
                        .map { .string($0) } ?? .null,
                ]
            })
        object["revocations"] =
            known.organization.revocations.map { list in
                [
                    "version": .integer(Int64(clamping: list.version)),
                    "keys": .array(
                        known.organization.revokedKeys.keys.sorted().map { .string($0.base32) }),
                    "expires": .integer(list.expires),
                ]
            } ?? .null
        object["epochs"] = .integer(Int64(known.secrets.count))
        return object
    }

    /// Why a membership that is kept here does not count; nil if it does. It may have been signed
    /// under a root that asked for fewer, or by keys that left since.
    private static func fault(
        of membership: Membership, _ envelope: [UInt8], _ organization: Organization,
        at time: Int64
    ) -> String? {
        if let fault = organization.fault(of: membership, at: time) { return fault.description }
        do throws(GenomeError) {
            try organization.root.check(
                try Envelope.decode(envelope, payloadMax: OrganizationSchema.bytesMax),
                by: .issuer)
            return nil
        } catch {
            return error.description
        }
    }

    /// The organisations of this home, and those that peers invite to.
    func listOrganizations() throws(Failure) -> JSONObject {
        var rows: [JSONValue] = []
        for known in shelf.known() { rows.append(.object(try described(known))) }
        var object = JSONObject()
        object["organizations"] = .array(rows)
        object["invitations"] = .array(
            invitations().map { entry in
                [
                    "organization": .string(entry.root.organization.base32),
                    "name": .string(entry.root.name), "from": .string(entry.from.base32),
                ]
            })
        return object
    }

    /// An invitation whose documents make sense together.
    private struct Offer {
        let root: OrganizationRoot
        let from: NodeKey
        let documents: [Envelope]
    }

    private func invitations() -> [Offer] {
        (daemon?.look().invitations ?? []).compactMap { entry in
            let documents = entry.invitation.documents.compactMap { bytes in
                try? Envelope.decode(bytes, payloadMax: OrganizationSchema.bytesMax)
            }
            guard let first = documents.first,
                let root = try? OrganizationRoot.founding(first),
                root.organization == entry.organization
            else { return nil }
            return Offer(root: root, from: entry.invitation.from, documents: documents)
        }
    }

    /// Joins an organisation that a peer invites to, by its key, the start of it, or its name.
    func joinOrganization(_ text: String) throws(Failure) -> JSONObject {
        let found = invitations().filter { offer in
            let id = offer.root.organization.base32
            return id == text || offer.root.name == text || text.count >= 8 && id.hasPrefix(text)
        }
        guard let offer = found.first,
            Set(found.map(\.root.organization)).count == 1
        else {
            throw Failure(
                found.isEmpty ? .notFound : .refused,
                found.isEmpty
                    ? "nobody invites to an organisation \(PlainText.shown(text))"
                    : "several organisations are called \(PlainText.shown(text))",
                why: found.isEmpty
                    ? "an issuer whose node is connected invites whom it made a member"
                    : "",
                remedy: "see invitations with: plasmid org list; or take documents from a file "
                    + "with: plasmid org import FILE")
        }
        let taken = try take(offer.documents)
        let known = try organization(named: offer.root.organization.base32)
        if known.place == nil, let own = taken.passedOver.first(where: \.isOwn) { throw own.why }
        return try described(known)
    }

    /// How taking documents in ended, where all of their roots and lists were good.
    private struct Taken {
        /// Roots, lists, and memberships that are kept here.
        var looked = 0
        /// How many were news.
        var news = 0
        /// How many memberships count, new or known.
        var places = 0
        /// Memberships that do not count.
        var passedOver: [(member: NodeKey, isOwn: Bool, why: Failure)] = []
    }

    /// Takes the documents of organisations: first roots, from the first on, then revocation
    /// lists, each under the root of its time, then memberships. One that is not taken stops none
    /// that is good by itself; a root or a list that is wrong is said at the end.
    private func take(_ documents: [Envelope]) throws(Failure) -> Taken {
        guard documents.allSatisfy({ OrganizationDocument.organization(of: $0) != nil }) else {
            throw Failure(.refused, "it holds something that is no document of an organisation")
        }
        defer { tellOrganizations() }
        var taken = Taken()
        var fault: Failure?
        var lists = documents.filter { $0.payloadType == RevocationList.payloadType }
        let roots = documents.filter { $0.payloadType == OrganizationRoot.payloadType }
        taken.looked = lists.count + roots.count
        for root in roots {
            do throws(Failure) {
                if try add(root) { taken.news += 1 }
            } catch {
                fault = fault ?? error
            }
            lists.removeAll { list in
                guard let isNew = try? add(list) else { return false }
                taken.news += isNew ? 1 : 0
                return true
            }
        }
        for list in lists where !isSurpassed(list) {
            do throws(Failure) {
                if try add(list) { taken.news += 1 }
            } catch {
                fault = fault ?? error
            }
        }
        for envelope in documents where envelope.payloadType == Membership.payloadType {
            takePlace(envelope, &taken)
        }
        if let fault { throw fault }
        return taken
    }

    private func add(_ document: Envelope) throws(Failure) -> Bool {
        try inStore { () throws(StoreError) in try shelf.add(document, joining: true) }
    }

    /// Whether a revocation list is known, or was before the one that is: who carries documents
    /// for a day does not carry the newest.
    private func isSurpassed(_ envelope: Envelope) -> Bool {
        guard let list = try? RevocationList.decode(envelope.payload),
            let known = (try? library.organization(list.organization)) ?? nil,
            let newest = known.revocations
        else { return false }
        return list.version < newest.version || known.knows(list: list.bytes)
    }

    /// Takes the own membership; those of others are kept by issuers, who hand them over.
    private func takePlace(_ envelope: Envelope, _ taken: inout Taken) {
        guard let membership = try? Membership.decode(envelope.payload) else { return }
        let isOwn = membership.member == keys.node.publicKey
        guard isOwn || isIssued(here: membership.organization) else { return }
        taken.looked += 1
        do throws(Failure) {
            if try add(envelope) { taken.news += 1 }
            taken.places += 1
        } catch {
            taken.passedOver.append((membership.member, isOwn, error))
        }
    }

    /// The documents of an organisation for a file: its roots, its revocation list, and every
    /// membership that is here and counts.
    func exportOrganization(_ known: KnownOrganization) throws(Failure) -> JSONObject {
        let now = seconds
        let organization = known.organization
        let memberships = try inStore { () throws(StoreError) in
            try library.memberships(of: known.id)
        }.filter { membership, envelope in
            organization.fault(of: membership, at: now) == nil
                && OrganizationShelf.counts(envelope, in: organization)
        }.map(\.envelope)
        var object = JSONObject()
        object["organization"] = .string(known.id.base32)
        object["name"] = .string(known.organization.root.name)
        object["documents"] = .array(
            (known.documents + memberships).map { .string(String(decoding: $0, as: UTF8.self)) })
        return object
    }

    private func isIssued(here id: NodeKey) -> Bool {
        guard let known = (try? library.organization(id)) ?? nil else { return false }
        return (try? shelf.issuers(of: known))?.isEmpty == false
    }

    /// Takes the documents of a file: roots and lists of any organisation, the own membership, and
    /// those of others where this home issues.
    func importOrganization(_ texts: [String]) throws(Failure) -> JSONObject {
        var documents: [Envelope] = []
        for text in texts {
            documents.append(
                try inGenome("reading the documents") { () throws(GenomeError) in
                    try Envelope.decode(
                        Array(text.utf8), payloadMax: OrganizationSchema.bytesMax)
                })
        }
        let taken = try take(documents)
        guard taken.looked > 0 else {
            throw Failure(.refused, "there is no document of an organisation in it for this home")
        }
        if taken.news == 0, taken.places == 0, let first = taken.passedOver.first {
            throw first.why
        }
        var object = try listOrganizations()
        object["news"] = .integer(Int64(taken.news))
        object["passedOver"] = .array(
            taken.passedOver.map { entry in
                ["member": .string(entry.member.base32), "why": .string(entry.why.message)]
            })
        return object
    }
}
