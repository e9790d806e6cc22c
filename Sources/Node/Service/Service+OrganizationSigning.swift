import Genome
import Host
import Store
import Swarm
import Wire

/// Documents of organisations that several keys in several homes sign: a file goes from hand to
/// hand, and each adds its signature.
extension Service {
    /// The next root of `organization`: with the keys of `add` (`KEY` or `KEY=ROLE,…`), without
    /// those of `remove`, with the `thresholds` (`ROLE=N`), for another year. Signed with the keys
    /// of this home; taken at once if that is enough, else with `isDraft` answered for a file.
    func nextRoot(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let known = try organization(named: try request.required("organization"))
        let root = known.organization.root
        var members = root.keys
        for text in request.texts("remove") {
            let key = try key(text)
            guard members.contains(where: { $0.key == key }) else {
                throw Failure(
                    .notFound, "\(key.fingerprint) is not in root \(root.version)",
                    remedy: "see its keys with: plasmid org show \(root.name) --json")
            }
            members.removeAll { $0.key == key }
        }
        for text in request.texts("add") {
            let member = try added(text, request.text("label"))
            members.removeAll { $0.key == member.key }
            members.append(member)
        }
        var thresholds = root.thresholds
        for text in request.texts("thresholds") {
            let words = text.split(separator: "=").map { String($0) }
            guard words.count == 2, let role = OrganizationRole(rawValue: words[0]),
                let count = Int(words[1])
            else {
                throw Failure(
                    .usage, "\(PlainText.shown(text)) is no threshold",
                    remedy: "say ROLE=N; roles are " + Self.roleNames)
            }
            thresholds[role] = count
        }
        for role in OrganizationRole.allCases
        where !members.contains(where: { $0.roles.contains(role) }) { thresholds[role] = nil }
        let (kept, counts, now) = (members, thresholds, seconds)
        let next = try inGenome("making the next root") { () throws(GenomeError) in
            try OrganizationRoot.make(
                organization: known.id, name: root.name, version: root.version + 1,
                previous: root.digest, keys: kept, thresholds: counts, issued: now,
                expires: now + Self.rootSeconds)
        }
        var envelope = Envelope(payloadType: OrganizationRoot.payloadType, payload: next.bytes)
        try inStore { () throws(StoreError) in
            try shelf.sign(&envelope, as: .root, of: [root, next])
        }
        if let name = request.text("as") {
            try addSignature(
                of: try identity(named: name), to: &envelope, agent: request.text("agent"))
        }
        return try answerRoot(known, envelope, isDraft: request.arguments["isDraft"]?.bool == true)
    }

    private static let roleNames = OrganizationRole.allCases.map(\.rawValue)
        .joined(separator: ", ")

    private func answerRoot(
        _ known: KnownOrganization, _ envelope: Envelope, isDraft: Bool
    ) throws(Failure) -> JSONObject {
        let state = try inGenome("making the next root") { () throws(GenomeError) in
            try SigningState(of: envelope, in: known.organization)
        }
        if isDraft {
            var object = try described(known)
            object["documents"] = Self.file(known, [envelope])
            object["signing"] = [Self.json(envelope, state)]
            return object
        }
        guard state.isComplete else {
            throw Failure(
                .refused, "the next root of \(known.organization.root.name) needs other keys too",
                why: Self.words(state),
                remedy: "add --out FILE, and have others sign it: plasmid org sign FILE")
        }
        let signed = envelope
        _ = try inStore { () throws(StoreError) in try shelf.add(signed) }
        tellOrganizations()
        return try described(try organization(named: known.id.base32))
    }

    private func added(
        _ text: String, _ label: String?
    ) throws(Failure) -> OrganizationRoot.Member {
        let words = text.split(separator: "=", maxSplits: 1).map { String($0) }
        let names = words.count > 1 ? words[1].split(separator: ",").map(String.init) : []
        let roles = names.compactMap { OrganizationRole(rawValue: $0) }
        guard let first = words.first, roles.count == names.count else {
            throw Failure(
                .usage, "\(PlainText.shown(text)) names no key with roles",
                remedy: "say KEY or KEY=ROLE,…; roles are " + Self.roleNames)
        }
        return OrganizationRoot.Member(
            key: try key(first), roles: names.isEmpty ? [.root, .issuer] : Set(roles),
            label: label)
    }

    // MARK: Signing

    /// The organisation of a file as this home and the file's documents tell so far, with the
    /// revocation lists of the file: each moves it on under the root of its time.
    private struct Chain {
        private(set) var organization: Organization?
        private let lists: [Envelope]

        init(_ documents: [Envelope]) {
            lists = documents.filter { $0.payloadType == RevocationList.payloadType }
        }

        mutating func go(on next: Organization?) {
            organization = next
            for list in lists { _ = try? organization?.take(revocations: list) }
        }
    }

    /// Adds signatures to the `documents` of a file that lack some: of the identity `as`, or of
    /// this node and the organisation's keys in this home; with `isCheck` only what each says and
    /// needs is answered. Nothing is kept of them.
    func signDocuments(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        var envelopes: [Envelope] = []
        for text in request.texts("documents") {
            envelopes.append(
                try inGenome("reading the documents") { () throws(GenomeError) in
                    try Envelope.decode(
                        Array(text.utf8), payloadMax: OrganizationSchema.bytesMax, isDraft: true)
                })
        }
        var chain = Chain(envelopes)
        var texts: [JSONValue] = []
        var rows: [JSONValue] = []
        let isCheck = request.arguments["isCheck"]?.bool ?? false
        var isSigned = isCheck
        var reason = "all of its documents are complete, or older than what is known"
        for (text, document) in zip(request.texts("documents"), envelopes) {
            var envelope = document
            guard let state = try state(of: envelope, &chain), isCheck || !state.isComplete else {
                texts.append(.string(text))
                continue
            }
            envelope = envelope.keeping(signaturesOf: state.keys)
            let before = state.signed
            if !isCheck { try sign(&envelope, state, request) }
            let after = state.after(envelope)
            if after.signed == before {
                reason = Self.reason(state)
            } else {
                isSigned = true
            }
            if after.isComplete, !state.isComplete { _ = try self.state(of: envelope, &chain) }
            texts.append(.string(String(decoding: envelope.encode(), as: UTF8.self)))
            rows.append(Self.json(envelope, after))
        }
        guard isSigned else {
            throw Failure(
                .refused, "there is nothing for this home to sign in it", why: reason,
                remedy: "see which keys it asks for with: plasmid org sign FILE --check")
        }
        var object = JSONObject()
        object["documents"] = .array(texts)
        object["signing"] = .array(rows)
        object["complete"] = .bool(rows.allSatisfy { $0["complete"]?.bool == true })
        return object
    }

    /// What a document of the file still needs, in the organisation as this home and the documents
    /// before it in the file tell; nil for one that says nothing new. A root that is complete
    /// moves the organisation on.
    private func state(
        of envelope: Envelope, _ chain: inout Chain
    ) throws(Failure) -> SigningState? {
        guard let id = OrganizationDocument.organization(of: envelope) else {
            throw Failure(
                .refused, "it holds something that is no document of an organisation",
                why: "its kind is \(PlainText.shown(envelope.payloadType))",
                remedy: "make such a file with: plasmid org root ORG --out FILE")
        }
        if chain.organization == nil {
            chain.go(on: try inStore { () throws(StoreError) in try library.organization(id) })
        }
        let isRoot = envelope.payloadType == OrganizationRoot.payloadType
        guard var known = chain.organization else {
            let state = try inGenome("reading a first root") { () throws(GenomeError) in
                try SigningState(founding: envelope)
            }
            if state.isComplete {
                chain.go(
                    on: try inGenome("reading a first root") { () throws(GenomeError) in
                        try Organization(founding: envelope)
                    })
            }
            return state
        }
        if isRoot, let version = (try? OrganizationRoot.decode(envelope.payload))?.version,
            version <= known.root.version,
            version < known.root.version
                || envelope.payload == known.root.bytes
        {
            return nil
        }
        let state = try inGenome("reading a document of the organisation") {
            () throws(GenomeError) in try SigningState(of: envelope, in: known)
        }
        if isRoot, state.isComplete {
            _ = try inGenome("following the roots") { () throws(GenomeError) in
                try known.take(root: envelope)
            }
            chain.go(on: known)
        }
        // A list that is known, or was before the known one, is no draft: what dropped keys signed
        // counted under the root of its time, and stays beside it.
        if !state.isComplete, let list = try? RevocationList.decode(envelope.payload),
            envelope.payloadType == RevocationList.payloadType,
            let newest = known.revocations, list.version <= newest.version
        {
            return nil
        }
        return state
    }

    private func sign(
        _ envelope: inout Envelope, _ state: SigningState, _ request: ServiceRequest
    ) throws(Failure) {
        if let name = request.text("as") {
            let identity = try identity(named: name)
            guard state.keys.contains(identity.key), !state.signed.contains(identity.key) else {
                return
            }
            try addSignature(of: identity, to: &envelope, agent: request.text("agent"))
            return
        }
        guard let id = OrganizationDocument.organization(of: envelope) else { return }
        let pairs = try inStore { () throws(StoreError) in try shelf.signers(of: id) }
        for pair in pairs
        where state.keys.contains(pair.publicKey) && !envelope.isSigned(by: pair.publicKey)
            && envelope.entries.count < Envelope.signaturesMax
        {
            envelope.add(signatureBy: pair)
        }
    }

    private func addSignature(
        of identity: Identity, to envelope: inout Envelope, agent: String?
    ) throws(Failure) {
        guard !envelope.isSigned(by: identity.key) else { return }
        let text = Envelope.signedBytes(
            type: envelope.payloadType, payload: envelope.payload)
        let signature = try Signer(identity: identity, agent: agent).sign(text)
        var signed = envelope
        try inGenome("signing") { () throws(GenomeError) in
            try signed.add(signature, by: identity.key)
        }
        envelope = signed
    }

    // MARK: Words

    private static func reason(_ state: SigningState) -> String {
        state.signed.isEmpty
            ? "no key of this home is among those that it asks for"
            : "the keys of this home that it asks for have signed: " + words(state)
    }

    static func words(_ state: SigningState) -> String {
        state.needs.map { need in
            "\(need.signed.count) of \(need.wanted) \(need.role.rawValue) keys of root "
                + "\(need.rootVersion) signed"
        }.joined(separator: "; ")
    }

    /// What a document says, for whoever is asked to sign it, and how far it is signed.
    static func json(_ envelope: Envelope, _ state: SigningState) -> JSONValue {
        var object = JSONObject()
        let limits = JSONLimits(bytes: OrganizationSchema.bytesMax, depth: 6, values: 65_536)
        let payload = try? JSONParser.parse(envelope.payload, limits: limits)
        object["kind"] = .string(
            envelope.payloadType == OrganizationRoot.payloadType
                ? "root"
                : envelope.payloadType == Membership.payloadType ? "membership" : "revocations")
        object["document"] = payload ?? .null
        object["needs"] = .array(
            state.needs.map { need in
                [
                    "role": .string(need.role.rawValue),
                    "root": .integer(Int64(clamping: need.rootVersion)),
                    "wanted": .integer(Int64(need.wanted)),
                    "signed": .array(need.signed.sorted().map { .string($0.base32) }),
                    "open": .array(
                        need.keys.subtracting(need.signed).sorted().map { .string($0.base32) }),
                ]
            })
        object["complete"] = .bool(state.isComplete)
        return .object(object)
    }
}
