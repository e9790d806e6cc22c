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
            try library.memberships(of: known.id).map(\.0)
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
            memberships.map { membership in
                [
                    "member": .string(membership.member.base32),
                    "label": .string(membership.label ?? ""),
                    "rights": .array(
                        membership.rights.map(\.rawValue).sorted().map { .string($0) }),
                    "expires": .integer(membership.expires),
                    "fault": known.organization.fault(of: membership, at: now)
                        .map { .string($0.description) } ?? .null,
                ]
            })
        object["revocations"] =
            known.organization.revocations.map { list in
                [
                    "version": .integer(Int64(clamping: list.version)),
                    "keys": .array(list.keys.sorted().map { .string($0.base32) }),
                    "expires": .integer(list.expires),
                ]
            } ?? .null
        object["epochs"] = .integer(Int64(known.secrets.count))
        return object
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
        try take(offer.documents)
        return try described(try organization(named: offer.root.organization.base32))
    }

    /// Takes the documents of one organisation, from its first root on.
    private func take(_ documents: [Envelope]) throws(Failure) {
        try inStore { () throws(StoreError) in
            for document in documents { try library.add(credential: document, joining: true) }
        }
        tellOrganizations()
    }

    /// The documents of an organisation for a file: its roots, its revocation list, and every
    /// membership that is here.
    func exportOrganization(_ known: KnownOrganization) throws(Failure) -> JSONObject {
        let memberships = try inStore { () throws(StoreError) in
            try library.memberships(of: known.id).map(\.envelope)
        }
        var object = JSONObject()
        object["organization"] = .string(known.id.base32)
        object["name"] = .string(known.organization.root.name)
        object["documents"] = .array(
            (known.documents + memberships).map { .string(String(decoding: $0, as: UTF8.self)) })
        return object
    }

    private func isIssued(here membership: Membership?) -> Bool {
        guard let id = membership?.organization,
            let known = (try? library.organization(id)) ?? nil
        else { return false }
        return (try? shelf.issuers(of: known))?.isEmpty == false
    }

    /// Takes the documents of a file: roots and lists of any organisation, and the own membership.
    func importOrganization(_ texts: [String]) throws(Failure) -> JSONObject {
        var documents: [Envelope] = []
        for text in texts {
            let envelope = try inGenome("reading the documents") { () throws(GenomeError) in
                try Envelope.decode(
                    Array(text.utf8), payloadMax: OrganizationSchema.bytesMax)
            }
            if envelope.payloadType != Membership.payloadType {
                documents.append(envelope)
                continue
            }
            // Memberships of others are kept by issuers, who hand them over.
            let membership = try? Membership.decode(envelope.payload)
            if membership?.member == keys.node.publicKey || isIssued(here: membership) {
                documents.append(envelope)
            }
        }
        guard !documents.isEmpty else {
            throw Failure(.refused, "there is no document of an organisation in it")
        }
        try take(documents)
        return try listOrganizations()
    }
}
