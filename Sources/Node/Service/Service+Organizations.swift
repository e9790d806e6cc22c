import Genome
import Host
import Store
import Swarm
import Wire

/// Organisations: founding them, making members, taking membership back, joining.
extension Service {
    /// Life of a root that the owner founds or renews: a year.
    private static let rootSeconds: Int64 = 366 * 86_400
    /// Life of a revocation list: as long as a membership may last.
    private static let revocationSeconds = OrganizationSchema.membershipSeconds

    /// Does what `action` says: `create`, `list`, `show`, `add`, `renew`, `revoke`, `rotate`,
    /// `join`, `leave`, `export`, `import`.
    func organization(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        switch request.text("action") {
        case "create": return try create(try request.required("name"))
        case "show": return try described(try organization(named: try name(request)))
        case "add": return try addMember(request)
        case "renew": return try renew(try organization(named: try name(request)))
        case "revoke": return try revokeMember(request)
        case "rotate": return try rotate(try organization(named: try name(request)))
        case "join": return try joinOrganization(try name(request))
        case "leave":
            let known = try organization(named: try name(request))
            try inStore { () throws(StoreError) in try library.leave(known.id) }
            tellOrganizations()
            return try listOrganizations()
        case "export": return try exportOrganization(try organization(named: try name(request)))
        case "import": return try importOrganization(request.texts("documents"))
        default: return try listOrganizations()
        }
    }

    private func name(_ request: ServiceRequest) throws(Failure) -> String {
        try request.required("organization")
    }

    private var seconds: Int64 { Int64(Clock.wallMilliseconds() / 1_000) }

    /// An organisation that is here, by its key, the start of it, or its name.
    func organization(named text: String) throws(Failure) -> KnownOrganization {
        let found = shelf.known().filter { known in
            known.id.base32 == text || known.organization.root.name == text
                || text.count >= 8 && known.id.base32.hasPrefix(text)
        }
        if found.count == 1, let known = found.first { return known }
        throw Failure(
            found.isEmpty ? .notFound : .refused,
            found.isEmpty
                ? "no organisation is known as \(PlainText.shown(text))"
                : "\(found.count) organisations are called \(PlainText.shown(text))",
            remedy: "see which there are with: plasmid org list")
    }

    func tellOrganizations() {
        daemon?.loop.post(.input(.organizations(shelf.known())))
    }

    // MARK: Founding

    private func create(_ name: String) throws(Failure) -> JSONObject {
        let founder = SigningKey.random()
        let now = seconds
        let own = keys.node.publicKey
        let root = try inGenome("founding the organisation") { () throws(GenomeError) in
            try OrganizationRoot.make(
                organization: founder.publicKey, name: name, version: 1, previous: nil,
                keys: [
                    .init(
                        key: founder.publicKey, roles: Set(OrganizationRole.allCases),
                        label: "founding key"),
                    .init(key: own, roles: [.issuer], label: nil),
                ],
                thresholds: Dictionary(
                    uniqueKeysWithValues: OrganizationRole.allCases.map { ($0, 1) }),
                issued: now, expires: now + Self.rootSeconds)
        }
        let secrets = OrganizationSecrets(
            organization: founder.publicKey, seeds: [founder.seed],
            epochs: [EpochSecrets.random(number: 1)])
        let envelope = Envelope.signed(
            root.bytes, type: OrganizationRoot.payloadType, by: founder)
        try inStore { () throws(StoreError) in
            // The secrets first: an organisation whose keys nobody has is of no use.
            try secrets.write(library.layout)
            try library.add(credential: envelope, joining: true)
        }
        let known = try organization(named: founder.publicKey.base32)
        try admit(
            known, own, rights: Set(MembershipRight.allCases),
            days: OrganizationSchema.membershipSeconds / 86_400, label: nil,
            sealing: keys.sealingPublic)
        tellOrganizations()
        return try described(try organization(named: founder.publicKey.base32))
    }

    // MARK: Members

    private func addMember(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let known = try organization(named: try name(request))
        let key = try key(try request.required("key"))
        let names = request.texts("rights")
        let rights = names.compactMap { MembershipRight(rawValue: $0) }
        guard rights.count == names.count else {
            throw Failure(
                .usage, "there is no such right",
                remedy: "use " + MembershipRight.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let days = request.arguments["days"]?.integer
        try admit(
            known, key, rights: names.isEmpty ? [.read] : Set(rights),
            days: days ?? OrganizationSchema.membershipSecondsDefault / 86_400,
            label: request.text("label"), sealing: try sealing(of: key, request.text("sealing")))
        tellOrganizations()
        var object = try described(try organization(named: known.id.base32))
        object["member"] = .string(key.base32)
        return object
    }

    /// The public sealing key of a node: as it was given, or as its Node record says.
    private func sealing(of key: NodeKey, _ given: String?) throws(Failure) -> [UInt8] {
        if key == keys.node.publicKey { return keys.sealingPublic }
        if let given {
            guard let bytes = Keys.sealingKey(recipient: given) else {
                throw Failure(
                    .usage, "\(PlainText.shown(given)) is not a sealing key",
                    remedy: "plasmid status shows a node's own; it begins with age1")
            }
            return bytes
        }
        let said = try inStore { () throws(StoreError) in try sealedGrants.recipient(of: key) }
        if let said { return said }
        throw Failure(
            .notFound, "the sealing key of \(key.fingerprint) is not known here",
            why: "its node was not met yet, and the organisation's secrets go to it sealed",
            remedy: "meet the node first, or give its key with --sealing age1…")
    }

    /// Makes a membership with the secrets of all epochs, signed by this home's issuers.
    func admit(
        _ known: KnownOrganization, _ key: NodeKey, rights: Set<MembershipRight>, days: Int64,
        label: String?, sealing: [UInt8]
    ) throws(Failure) {
        // Later than the standing one, also within one second: the later of two counts.
        let standing = try inStore { () throws(StoreError) in
            try library.memberships(of: known.id).first { $0.0.member == key }?.0
        }
        let now = max(seconds, (standing?.issued ?? 0) + 1)
        let epochs = try inStore { () throws(StoreError) in try shelf.epochs(of: known.id) }
        let membership = try inGenome("making the membership") { () throws(GenomeError) in
            try Membership.make(
                organization: known.id, member: key, rights: rights,
                rootVersion: known.organization.root.version, label: label, issued: now,
                expires: now + days * 86_400,
                epochs: epochs.suffix(OrganizationSchema.epochsMax).map {
                    $0.sealed(for: sealing)
                })
        }
        try issue(membership.bytes, Membership.payloadType, known)
    }

    /// Signs a document with this home's issuers and keeps it.
    private func issue(
        _ bytes: [UInt8], _ type: String, _ known: KnownOrganization
    ) throws(Failure) {
        var envelope = Envelope(payloadType: type, payload: bytes)
        try inStore { () throws(StoreError) in
            try shelf.sign(&envelope, as: .issuer, of: [known.organization.root])
        }
        guard !envelope.entries.isEmpty else {
            throw Failure(
                .refused, "this node does not speak for \(known.organization.root.name)",
                why: "none of its issuers' keys is in this home")
        }
        _ = try inStore { () throws(StoreError) in try library.add(credential: envelope) }
    }

    /// Makes the memberships that this node issued anew, but for those taken back, and the
    /// revocation list.
    func renew(_ known: KnownOrganization) throws(Failure) -> JSONObject {
        let now = seconds
        let standing = try inStore { () throws(StoreError) in
            try library.memberships(of: known.id).map(\.0)
        }
        if let list = known.organization.revocations {
            try revocations(known, list.keys, memberships: list.memberships)
        }
        var renewed: [JSONValue] = []
        var left: [JSONValue] = []
        for membership in standing
        where known.organization.revocations?.revokes(membership) != true {
            let days = (membership.expires - membership.issued) / 86_400
            do throws(Failure) {
                try admit(
                    known, membership.member, rights: membership.rights, days: days,
                    label: membership.label, sealing: try sealing(of: membership.member, nil))
                renewed.append(.string(membership.member.base32))
            } catch {
                left.append([
                    "member": .string(membership.member.base32), "why": .string(error.message),
                ])
            }
        }
        tellOrganizations()
        var object = try described(try organization(named: known.id.base32))
        object["renewed"] = .array(renewed)
        object["notRenewed"] = .array(left)
        object["asOf"] = .integer(now)
        return object
    }

    private func revokeMember(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let known = try organization(named: try name(request))
        let key = try key(try request.required("key"))
        let list = known.organization.revocations
        try revocations(
            known, (list?.keys ?? []).union([key]), memberships: list?.memberships ?? [])
        tellOrganizations()
        var object = try described(try organization(named: known.id.base32))
        object["revoked"] = .string(key.base32)
        return object
    }

    private func revocations(
        _ known: KnownOrganization, _ keys: Set<NodeKey>, memberships: Set<Digest>
    ) throws(Failure) {
        let now = seconds
        let list = try inGenome("making the revocation list") { () throws(GenomeError) in
            try RevocationList.make(
                organization: known.id,
                version: (known.organization.revocations?.version ?? 0) + 1,
                rootVersion: known.organization.root.version, memberships: memberships,
                keys: keys, issued: now, expires: now + Self.revocationSeconds)
        }
        try issue(list.bytes, RevocationList.payloadType, known)
    }

    /// Begins a new epoch, so that who was taken out learns nothing new, and gives its secrets to
    /// all who stay.
    private func rotate(_ known: KnownOrganization) throws(Failure) -> JSONObject {
        try inStore { () throws(StoreError) in
            var secrets =
                try OrganizationSecrets.read(known.id, library.layout)
                ?? OrganizationSecrets(organization: known.id)
            secrets.epochs = try shelf.epochs(of: known.id)
            let next = (secrets.epochs.last?.number ?? 0) + 1
            secrets.epochs.append(EpochSecrets.random(number: next))
            try secrets.write(library.layout)
        }
        return try renew(try organization(named: known.id.base32))
    }
}
