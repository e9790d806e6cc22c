import Genome
import Host
import Store
import Swarm
import Wire

/// Organisations: founding them, making members, taking membership back, joining.
extension Service {
    /// Life of a root that the owner founds or renews: a year.
    static let rootSeconds: Int64 = 366 * 86_400
    /// Life of a revocation list: as long as a membership may last.
    private static let revocationSeconds = OrganizationSchema.membershipSeconds

    /// Does what `action` says: `create`, `list`, `show`, `add`, `renew`, `revoke`, `rotate`,
    /// `root`, `sign`, `join`, `leave`, `export`, `import`. With `isDraft` a document that other
    /// homes must sign too is not kept but answered, behind those that it rests on.
    func organization(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        switch request.text("action") {
        case "create": return try create(request)
        case "root": return try nextRoot(request)
        case "sign": return try signDocuments(request)
        case "show": return try described(try organization(named: try name(request)))
        case "add": return try addMember(request)
        case "renew":
            let known = try organization(named: try name(request))
            if let auto = request.arguments["auto"]?.bool {
                return try renewsAlone(known, auto)
            }
            return try renew(known, isDraft: Self.isDraft(request))
        case "revoke": return try revokeMember(request)
        case "rotate":
            return try rotate(
                try organization(named: try name(request)), isDraft: Self.isDraft(request))
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

    private static func isDraft(_ request: ServiceRequest) -> Bool {
        request.arguments["isDraft"]?.bool ?? false
    }

    var seconds: Int64 { Int64(Clock.wallMilliseconds() / 1_000) }

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

    /// A new organisation `name`, founded by a key that is made for it and kept here, or by the
    /// identity `as`, whose key stays where it is.
    private func create(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let name = try request.required("name")
        let made = SigningKey.random()
        var identity: Identity?
        if let text = request.text("as") { identity = try self.identity(named: text) }
        let founder = identity?.key ?? made.publicKey
        let now = seconds
        let own = keys.node.publicKey
        try requireNew(founder, identity?.name ?? name)
        let root = try inGenome("founding the organisation") { () throws(GenomeError) in
            try OrganizationRoot.make(
                organization: founder, name: name, version: 1, previous: nil,
                keys: [
                    .init(
                        key: founder, roles: Set(OrganizationRole.allCases),
                        label: "founding key"),
                    .init(key: own, roles: [.issuer], label: nil),
                ],
                thresholds: Dictionary(
                    uniqueKeysWithValues: OrganizationRole.allCases.map { ($0, 1) }),
                issued: now, expires: now + Self.rootSeconds)
        }
        let secrets = OrganizationSecrets(
            organization: founder, seeds: identity == nil ? [made.seed] : [],
            epochs: [EpochSecrets.random(number: 1)])
        let envelope =
            identity == nil
            ? Envelope.signed(root.bytes, type: OrganizationRoot.payloadType, by: made)
            : try signed(
                root.bytes, OrganizationRoot.payloadType, by: founder,
                agent: request.text("agent"))
        try inStore { () throws(StoreError) in
            // The secrets first: an organisation whose keys nobody has is of no use.
            try secrets.write(library.layout)
            try shelf.add(envelope, joining: true)
        }
        let known = try organization(named: founder.base32)
        _ = try admit(
            known, own, rights: Set(MembershipRight.allCases),
            life: OrganizationSchema.membershipSeconds, label: nil,
            sealing: keys.sealingPublic)
        tellOrganizations()
        return try described(try organization(named: founder.base32))
    }

    /// Refuses a key that founded before, also where its organisation was left or its documents
    /// are damaged: the secrets of the first one would be written over, and two first roots under
    /// one key are two faces.
    private func requireNew(_ founder: NodeKey, _ name: String) throws(Failure) {
        let (roots, secrets) = try inStore { () throws(StoreError) in
            // Before anything is written: secrets of what cannot be kept are of no use.
            try library.requireRoom(forOrganization: founder)
            return (
                try library.credentials(of: founder, .root),
                try OrganizationSecrets.read(founder, library.layout)
            )
        }
        guard !roots.isEmpty || secrets != nil else { return }
        throw Failure(
            .refused, "\(name) has founded an organisation before",
            why: "an organisation is known by the key that founded it",
            remedy: "make another identity for it: plasmid identity create NAME; or take the "
                + "first one's documents in again: plasmid org import FILE")
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
        let isDraft = Self.isDraft(request)
        let isRevoked = known.organization.revokedKeys[key] != nil
        let envelope = try admit(
            known, key, rights: names.isEmpty ? [.read] : Set(rights),
            life: days.map { $0 * 86_400 } ?? OrganizationSchema.membershipSecondsDefault,
            label: request.text("label"),
            sealing: try sealing(of: key, request.text("sealing")), isDraft: isDraft || isRevoked)
        var documents = [envelope]
        if isRevoked {
            documents = [try revocations(known, removing: key, isDraft: isDraft), envelope]
            if !isDraft {
                _ = try inStore { () throws(StoreError) in try shelf.add(envelope) }
            }
        }
        tellOrganizations()
        var object = try described(try organization(named: known.id.base32))
        object["member"] = .string(key.base32)
        if isDraft { object["documents"] = Self.file(known, documents) }
        return object
    }

    /// The public sealing key of a node: as it was given, or as its Node record says.
    func sealing(of key: NodeKey, _ given: String?) throws(Failure) -> [UInt8] {
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
        throw sealingUnknown(key)
    }

    private func sealingUnknown(_ key: NodeKey) -> Failure {
        Failure(
            .notFound, "the sealing key of \(key.fingerprint) is not known here",
            why: "its node was not met yet, and the organisation's secrets go to it sealed",
            remedy: "meet the node first, or give its key with --sealing age1…")
    }

    /// The documents of an organisation with new ones behind them, for a file.
    static func file(_ known: KnownOrganization, _ drafts: [Envelope]) -> JSONValue {
        let bytes = known.documents + drafts.map { $0.encode() }
        return .array(bytes.map { .string(String(decoding: $0, as: UTF8.self)) })
    }

    /// Held while a membership is made from the one that stands: this node may renew one in the
    /// moment in which its owner changes it.
    private static let issuing = Lock(())

    /// Makes the membership that stands anew, for as long as before, with the rights and the label
    /// that it has when nothing else can change it.
    func admitAgain(
        _ known: KnownOrganization, _ key: NodeKey, isDraft: Bool = false, at time: Int64? = nil,
        fresh: EpochSecrets? = nil
    ) throws(Failure) -> Envelope {
        let sealing = try? sealing(of: key, nil)
        return try Self.issuing.withLock { _ throws(Failure) in
            guard let standing = try standing(known, key)?.0 else {
                throw Failure(.notFound, "\(key.fingerprint) is no member any more")
            }
            return try makePlace(
                known, key, rights: standing.rights,
                life: standing.expires - standing.issued,
                label: standing.label, sealing: sealing, isDraft: isDraft, at: time, fresh: fresh)
        }
    }

    /// Makes a membership of `life` seconds with the secrets of all epochs, signed by this home's
    /// issuers. Without the member's sealing key the boxes of the standing membership are used
    /// again.
    func admit(
        _ known: KnownOrganization, _ key: NodeKey, rights: Set<MembershipRight>, life: Int64,
        label: String?, sealing: [UInt8]?, isDraft: Bool = false, at time: Int64? = nil
    ) throws(Failure) -> Envelope {
        try Self.issuing.withLock { _ throws(Failure) in
            try makePlace(
                known, key, rights: rights, life: life, label: label, sealing: sealing,
                isDraft: isDraft, at: time)
        }
    }

    private func standing(
        _ known: KnownOrganization, _ key: NodeKey
    ) throws(Failure) -> (Membership, envelope: [UInt8])? {
        try inStore { () throws(StoreError) in
            try library.memberships(of: known.id).first { $0.0.member == key }
        }
    }

    private func makePlace(
        _ known: KnownOrganization, _ key: NodeKey, rights: Set<MembershipRight>, life: Int64,
        label: String?, sealing: [UInt8]?, isDraft: Bool, at time: Int64?,
        fresh: EpochSecrets? = nil
    ) throws(Failure) -> Envelope {
        // Later than the standing one, also within one second: the later of two counts.
        let standing = try standing(known, key)
        let now = max(time ?? seconds, (standing?.0.issued ?? 0) + 1)
        let kept = try epochs(of: known)
        if let standing, OrganizationShelf.counts(standing.envelope, in: known.organization) {
            try requireEpochs(of: standing.0, among: kept)
        }
        let secrets = OrganizationShelf.carried(kept + [fresh].compactMap { $0 })
            .suffix(OrganizationSchema.epochsMax)
        let epochs: [Membership.Epoch]
        if let sealing {
            epochs = secrets.map { $0.sealed(for: sealing) }
        } else if let boxes = standing?.0.epochs,
            boxes.map(\.recipient) == secrets.map(\.recipient)
        {
            epochs = boxes
        } else {
            throw sealingUnknown(key)
        }
        let membership = try inGenome("making the membership") { () throws(GenomeError) in
            try Membership.make(
                organization: known.id, member: key, rights: rights,
                rootVersion: known.organization.root.version, label: label, issued: now,
                expires: now + life, epochs: epochs)
        }
        return try issue(
            membership.bytes, Membership.payloadType, known, isDraft: isDraft, at: now)
    }

    /// Secrets of an organisation's epochs that memberships made here carry. Who has none makes no
    /// members: theirs would open nothing.
    private func epochs(of known: KnownOrganization) throws(Failure) -> [EpochSecrets] {
        let kept = try inStore { () throws(StoreError) in try shelf.epochs(of: known.id) }
        let name = known.organization.root.name
        guard !kept.isEmpty else {
            throw Failure(
                .refused, "this home has no secrets of \(name) to give to members",
                why: "they come with a membership, and this node has none",
                remedy: "become a member first; an issuer that is one says: plasmid org add "
                    + "\(name) \(keys.node.publicKey.base32)")
        }
        return kept
    }

    /// Refuses to put a membership with fewer secrets in the place of one with more.
    private func requireEpochs(
        of standing: Membership, among kept: [EpochSecrets]
    ) throws(Failure) {
        let own = Set(kept.map(\.recipient))
        guard let lacking = standing.epochs.first(where: { !own.contains($0.recipient) }) else {
            return
        }
        throw Failure(
            .refused,
            "this home lacks secrets that \(standing.member.fingerprint) was given",
            why: "another issuer began epoch \(lacking.number), and a membership made here would "
                + "take it away",
            remedy: "have that issuer renew this node's own membership first")
    }

    /// Refuses what fewer keys of issuers sign than the root asks for.
    private func requireIssuers(_ known: KnownOrganization, _ count: Int) throws(Failure) {
        let root = known.organization.root
        guard count > 0 else {
            throw Failure(
                .refused, "this node does not speak for \(root.name)",
                why: "none of its issuers' keys is in this home")
        }
        let wanted = root.thresholds[.issuer] ?? 1
        guard count >= wanted else {
            throw Failure(
                .refused, "\(root.name) asks for \(wanted) issuers",
                why: "\(count) of their keys are in this home",
                remedy: "add --out FILE, and have others sign it: plasmid org sign FILE")
        }
    }

    private func requireIssuers(_ known: KnownOrganization) throws(Failure) {
        let own = try inStore { () throws(StoreError) in
            try shelf.issuers(of: known.organization)
        }
        try requireIssuers(known, own.count)
    }

    /// Signs a document with this home's issuers and keeps it, unless it is a draft for others.
    private func issue(
        _ bytes: [UInt8], _ type: String, _ known: KnownOrganization, isDraft: Bool,
        at time: Int64? = nil
    ) throws(Failure) -> Envelope {
        var envelope = Envelope(payloadType: type, payload: bytes)
        try inStore { () throws(StoreError) in
            try shelf.sign(&envelope, as: .issuer, of: [known.organization.root])
        }
        if isDraft { return envelope }
        try requireIssuers(known, envelope.entries.count)
        let signed = envelope
        try inStore { () throws(StoreError) in _ = try shelf.add(signed, at: time) }
        return envelope
    }

    /// Makes the memberships that this node issued anew, but for those taken back, and the
    /// revocation list. A `fresh` epoch that is not kept yet goes into them.
    private func renew(
        _ known: KnownOrganization, isDraft: Bool, fresh: EpochSecrets? = nil
    ) throws(Failure) -> JSONObject {
        if !isDraft { try requireIssuers(known) }
        let now = seconds
        defer { tellOrganizations() }
        let standing = try inStore { () throws(StoreError) in
            try library.memberships(of: known.id).map(\.0)
        }
        var drafts: [Envelope] = []
        if known.organization.revocations != nil {
            drafts.append(try revocations(known, isDraft: isDraft))
        }
        var renewed: [JSONValue] = []
        var left: [JSONValue] = []
        var failure: Failure?
        for membership in standing
        where !known.organization.revokes(membership) {
            do throws(Failure) {
                drafts.append(
                    try admitAgain(known, membership.member, isDraft: isDraft, fresh: fresh))
                renewed.append(.string(membership.member.base32))
            } catch {
                failure = failure ?? error
                left.append([
                    "member": .string(membership.member.base32), "why": .string(error.message),
                    "do": .string(error.remedy),
                ])
            }
        }
        if renewed.isEmpty, let failure { throw failure }
        var object = try described(try organization(named: known.id.base32))
        object["renewed"] = .array(renewed)
        object["notRenewed"] = .array(left)
        object["asOf"] = .integer(now)
        if isDraft { object["documents"] = Self.file(known, drafts) }
        return object
    }

    private func revokeMember(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let known = try organization(named: try name(request))
        let key = try key(try request.required("key"))
        let isDraft = Self.isDraft(request)
        let envelope = try revocations(known, adding: key, isDraft: isDraft)
        tellOrganizations()
        var object = try described(try organization(named: known.id.base32))
        object["revoked"] = .string(key.base32)
        if isDraft { object["documents"] = Self.file(known, [envelope]) }
        return object
    }

    /// Makes the next revocation list of all that is taken back now: with the key `adding`, and
    /// without `removing`, whose kept membership it names instead, so that only a new one counts.
    /// What was taken back longer ago than a membership can last is left out.
    func revocations(
        _ known: KnownOrganization, adding: NodeKey? = nil, removing: NodeKey? = nil,
        isDraft: Bool = false, at time: Int64? = nil
    ) throws(Failure) -> Envelope {
        let now = time ?? seconds
        let kept = try inStore { () throws(StoreError) in
            try library.memberships(of: known.id).map(\.0)
        }
        // One that says it begins later than now ends later, too.
        let lasting = kept.filter { now < $0.expires + OrganizationSchema.clockSkewSeconds }
        let first =
            now - OrganizationSchema.membershipSeconds - OrganizationSchema.clockSkewSeconds
        var keys = known.organization.revokedKeys.filter { key, since in
            since >= first || lasting.contains { $0.member == key }
        }
        var memberships = known.organization.revokedMemberships.filter { $0.value >= first }
        if let adding { keys[adding] = now }
        if let removing {
            keys[removing] = nil
            for place in lasting where place.member == removing { memberships[place.digest] = now }
        }
        let (keysSince, membershipsSince) = (keys, memberships)
        let list = try inGenome("making the revocation list") { () throws(GenomeError) in
            try RevocationList.make(
                organization: known.id,
                version: (known.organization.revocations?.version ?? 0) + 1,
                rootVersion: known.organization.root.version, membershipsSince: membershipsSince,
                keysSince: keysSince, issued: now, expires: now + Self.revocationSeconds)
        }
        return try issue(
            list.bytes, RevocationList.payloadType, known, isDraft: isDraft, at: now)
    }

    /// Begins a new epoch, so that who was taken out learns nothing new, and gives its secrets to
    /// all who stay. This home seals for the newest epoch that it keeps, so it keeps none that no
    /// member may ever get: a draft's comes back with the own membership, once enough signed.
    private func rotate(
        _ known: KnownOrganization, isDraft: Bool
    ) throws(Failure) -> JSONObject {
        if !isDraft { try requireIssuers(known) }
        let fresh = EpochSecrets.random(number: (try epochs(of: known).last?.number ?? 0) + 1)
        guard isDraft else {
            try inStore { () throws(StoreError) in try shelf.keepEpochs(of: known.id, fresh) }
            return try renew(try organization(named: known.id.base32), isDraft: false)
        }
        let own = keys.node.publicKey
        let isMember = try inStore { () throws(StoreError) in
            try library.memberships(of: known.id).contains { entry in
                entry.0.member == own && !known.organization.revokes(entry.0)
            }
        }
        guard isMember else {
            let name = known.organization.root.name
            throw Failure(
                .refused, "this node is no member of \(name)",
                why: "the new secrets would reach it with its own membership alone",
                remedy: "have a member's home rotate; or become one: plasmid org add \(name) "
                    + own.base32)
        }
        return try renew(known, isDraft: true, fresh: fresh)
    }
}
