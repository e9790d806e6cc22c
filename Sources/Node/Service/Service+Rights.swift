import Genome
import Host
import Store
import Swarm
import Wire

/// What a publisher decides about her layers after they were shared, and what an owner decides
/// about her machine.
extension Service {
    /// What a grant is for unless it says otherwise: to have the layer and to use it as it is.
    private static let commandsDefault = ["read", "run"]

    /// Grants rights on an own layer of named keys: `layer`, `key`, and the optional `commands`,
    /// `excludedDomains`, `expires` (seconds since 1970), `use` (text).
    func grant(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let manifest = try spokenFor(request)
        guard manifest.visibility == .whitelist else {
            throw Failure(
                .refused, "\(manifest.reference) needs no grants",
                why: "its visibility is \(manifest.visibility.rawValue), and grants count for "
                    + "whitelist layers",
                remedy: manifest.visibility == .private
                    ? "share it anew as a higher version with --visibility whitelist" : "")
        }
        let key = try key(try request.required("key"))
        guard key != manifest.publisher else {
            throw Failure(.refused, "a publisher needs no grant for her own layer")
        }
        let commands = request.texts("commands")
        var body = JSONObject()
        body["grantee"] = .string(key.base32)
        body["commands"] = .array(
            (commands.isEmpty ? Self.commandsDefault : commands).map { .string($0) })
        let domains = request.texts("excludedDomains")
        if !domains.isEmpty { body["excludedDomains"] = .array(domains.map { .string($0) }) }
        body["purpose"] = request.text("use").map { .string($0) }
        var told = body
        try inStore { () throws(StoreError) in
            try sealedGrants.complete(&told, of: manifest.layer, for: key)
        }
        let statement = try say(
            .grant, manifest, told, expires: request.arguments["expires"]?.integer,
            agent: request.text("agent"))
        return try answer(statement, manifest)
    }

    /// Takes a grant back (`layer`, `key`), or narrows who may know of the layer (`layer`,
    /// `visibility`).
    func revoke(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let manifest = try spokenFor(request)
        if let text = request.text("visibility") {
            return try narrow(manifest, to: text, request)
        }
        let key = try key(try request.required("key"))
        let policy = try inStore { () throws(StoreError) in try rights.policy(of: manifest) }
        guard let grant = policy.grants.first(where: { $0.grantee == key }), !grant.isRevoked
        else {
            throw Failure(
                .notFound, "\(key.fingerprint) has no grant for \(manifest.reference)",
                remedy:
                    "see who has one with: plasmid show \(manifest.layer.hexadecimal.prefix(16))")
        }
        var body = JSONObject()
        body["grantee"] = .string(key.base32)
        body["commands"] = .array(grant.commands.map(\.rawValue).sorted().map { .string($0) })
        body["isRevoked"] = true
        return try answer(
            try say(.grant, manifest, body, agent: request.text("agent")), manifest)
    }

    private func narrow(
        _ manifest: Manifest, to text: String, _ request: ServiceRequest
    ) throws(Failure) -> JSONObject {
        guard let visibility = Visibility(rawValue: text) else {
            throw Failure(
                .usage, "unknown visibility",
                remedy: "use public, private, organization or whitelist")
        }
        guard visibility <= manifest.visibility else {
            throw Failure(
                .refused, "\(manifest.reference) cannot become \(text)",
                why: "it was published as \(manifest.visibility.rawValue), and that is the widest "
                    + "it can ever be",
                remedy: "share it anew as a higher version")
        }
        var body = JSONObject()
        body["visibility"] = .string(text)
        if visibility == .organization {
            let known = try organization(named: try request.required("organization"))
            body["organization"] = .string(known.id.base32)
        }
        return try answer(
            try say(.visibility, manifest, body, agent: request.text("agent")), manifest)
    }

    /// Takes an own layer back from the network: `layer`, `reason`, and the optional
    /// `replacement`.
    func withdraw(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let manifest = try spokenFor(request)
        var body = JSONObject()
        body["reason"] = .string(try request.required("reason"))
        if let other = request.text("replacement") {
            let layer = try LayerResolver(service: self).resolve(other)
            body["replacement"] = .string(layer.hexadecimal)
        }
        let statement = try say(.withdrawal, manifest, body, agent: request.text("agent"))
        try endMirrors(of: manifest, on: nil)
        return try answer(statement, manifest)
    }

    /// A layer that this node, or an identity of this home which lets it, published.
    private func spokenFor(_ request: ServiceRequest) throws(Failure) -> Manifest {
        let manifest = try ownLayer(request, withIdentities: true)
        guard rights.myself().publishes(for: manifest.publisher) else {
            throw Failure(
                .refused, "this node may not speak for \(manifest.publisher.fingerprint)",
                why: "no delegation to it counts now, and others would not hear of it",
                remedy: "plasmid delegate IDENTITY, then again")
        }
        return manifest
    }

    /// A layer that this node, or where that is enough an identity of this home, published.
    func ownLayer(
        _ request: ServiceRequest, withIdentities: Bool = false
    ) throws(Failure) -> Manifest {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let manifest = try heldManifest(layer)
        let isNodes = manifest.publisher == keys.node.publicKey
        var isIdentitys = false
        if withIdentities { isIdentitys = try speaks(for: manifest.publisher) }
        guard isNodes || isIdentitys else {
            throw Failure(
                .refused, "\(manifest.reference) is not this node's",
                why: "only its publisher \(manifest.publisher.fingerprint) decides about it")
        }
        return manifest
    }

    /// A key by its text, a ticket, or the start of the key of a node that was met.
    func key(_ text: String) throws(Failure) -> NodeKey {
        if let key = NodeKey(base32: text) ?? (try? Ticket(text: text))?.key { return key }
        let contacts = try inStore { () throws(StoreError) in try library.index.contacts() }
        let found = contacts.map(\.key).filter { text.count >= 8 && $0.base32.hasPrefix(text) }
        if found.count == 1, let key = found.first { return key }
        throw Failure(
            .usage, "\(PlainText.shown(text)) is not a key",
            why: found.isEmpty ? "" : "\(found.count) nodes' keys begin so",
            remedy: "a key has 52 letters and digits; plasmid status shows a node's own")
    }

    /// Has a statement about a layer that is here signed by its publisher's key, keeps it, and
    /// tells the running node. `agent` is the socket of the SSH agent of the session that asks.
    func say(
        _ kind: StatementKind, _ manifest: Manifest, _ body: JSONObject, expires: Int64? = nil,
        agent: String? = nil
    ) throws(Failure) -> Statement {
        let statement = try nextStatement(
            kind, manifest.layer, body, expires: expires, by: manifest.publisher,
            doing: "saying so")
        try inGenome("saying so") { () throws(GenomeError) in
            try statement.check(against: manifest)
        }
        let envelope = try signed(
            statement.bytes, Statement.payloadType, by: manifest.publisher, agent: agent)
        _ = try inStore { () throws(StoreError) in try library.add(statement: envelope) }
        try tell(of: manifest)
        return statement
    }

    /// Tells the core of a layer about which something changed.
    func tell(of manifest: Manifest) throws(Failure) {
        guard let daemon else { return }
        let held = try inStore { () throws(StoreError) -> HeldLayer? in
            guard let envelope = try library.envelope(of: manifest.layer) else { return nil }
            return try daemon.port.heldLayer(manifest, envelope: envelope.detached)
        }
        if let held { daemon.loop.post(.input(.layerHeld(held))) }
    }

    private func answer(
        _ statement: Statement, _ manifest: Manifest
    ) throws(Failure) -> JSONObject {
        var object = JSONObject()
        object["layer"] = .string(manifest.layer.hexadecimal)
        object["ref"] = .string(manifest.reference.description)
        object["kind"] = .string(statement.kind.rawValue)
        object["sequence"] = .integer(Int64(clamping: statement.sequence))
        object["expires"] = statement.expires.map { .integer($0) } ?? .null
        object["body"] = .object(statement.body)
        object["running"] = .bool(daemon != nil)
        return object
    }

    // MARK: The owner's rules

    /// The owner's rules about her machine: `action` is `list`, `add` (with `allows`, `subject`,
    /// `actions`) in front of all others, or `clear`.
    func rules(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        switch request.text("action") {
        case "clear": try setRules([])
        case "add":
            let text = try request.required("subject")
            guard let subject = OwnerPolicy.Subject(try whole(text)) else {
                throw Failure(
                    .usage, "there are no rules about \(PlainText.shown(text))",
                    remedy: "say any, publisher:KEY, organization:ORG, type:TYPE, licence:ID or "
                        + "unverified:CLAIM")
            }
            let names = request.texts("actions")
            let actions = names.compactMap { Action(rawValue: $0) }
            guard actions.count == names.count else {
                throw Failure(
                    .usage, "there is no such thing to allow or deny",
                    remedy: "use " + Action.allCases.map(\.rawValue).joined(separator: ", "))
            }
            let rule = OwnerPolicy.Rule(
                subject, Set(actions), allows: request.arguments["allows"]?.bool ?? false)
            let rules = try library.ownerPolicy().rules
            guard rules.count < OwnerPolicy.rulesMax else {
                throw Failure(.refused, "there are \(OwnerPolicy.rulesMax) rules already")
            }
            try setRules([rule] + rules.filter { $0 != rule })
        default: break
        }
        var object = JSONObject()
        object["rules"] = try library.ownerPolicy().json
        return object
    }

    /// The subject with the whole key where it names a known node or organisation shortly.
    private func whole(_ text: String) throws(Failure) -> String {
        if text.hasPrefix("publisher:") {
            return "publisher:\(try key(String(text.dropFirst(10))).base32)"
        }
        if text.hasPrefix("organization:") {
            return "organization:\(try organization(named: String(text.dropFirst(13))).id.base32)"
        }
        return text
    }

    private func setRules(_ rules: [OwnerPolicy.Rule]) throws(Failure) {
        let policy = OwnerPolicy(rules)
        let text = String(decoding: CanonicalJSON.write(policy.json), as: UTF8.self)
        try inStore { () throws(StoreError) in
            try library.setPolicy(Library.rulesPolicy, text)
        }
        daemon?.loop.post(.input(.owner(policy)))
    }
}
