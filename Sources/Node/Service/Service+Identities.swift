import Genome
import Host
import Store
import Swarm
import Wire

/// Identities: keys of people and labs, and what they let nodes do for them.
extension Service {
    /// Longest life of a delegation in days, as the format of records has it.
    static let delegationDays: Int64 = 365
    private static let checkHead = Array("plasmid-identity-check-v1".utf8)

    var identities: IdentityShelf { IdentityShelf(library.layout) }

    /// Does what `action` says: `list`, `create` (`name`), `remove` (`name`), `add` (`name` and
    /// one of `file`, `agentKey` with the optional `socket`, `command` with `key`). `agent` is
    /// the socket of the session that asks.
    func identity(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        switch request.text("action") {
        case "create":
            let name = try name(request)
            let made = try inStore { () throws(StoreError) in try identities.create(name) }
            daemon?.port.rejudgeDelegations()
            return Self.json(made)
        case "remove":
            let name = try request.required("name")
            try inStore { () throws(StoreError) in try identities.remove(name) }
            daemon?.port.rejudgeDelegations()
        case "add": return Self.json(try addIdentity(request))
        default: break
        }
        let all = try inStore { () throws(StoreError) in try identities.all() }
        var object = JSONObject()
        object["identities"] = .array(all.map { .object(Self.json($0)) })
        return object
    }

    private func name(_ request: ServiceRequest) throws(Failure) -> String {
        let name = try request.required("name")
        guard Identity.isName(name) else {
            throw Failure(
                .usage, "\(PlainText.shown(name)) cannot be an identity's name",
                why: "it has up to \(Identity.nameBytesMax) of a-z, 0-9, - and _, a letter or "
                    + "digit first")
        }
        return name
    }

    private func addIdentity(_ request: ServiceRequest) throws(Failure) -> Identity {
        let name = try name(request)
        let key: NodeKey
        let place: Identity.Place
        if let path = request.text("file") {
            key = try inStore { () throws(StoreError) in
                try IdentityShelf.secret(at: path).publicKey
            }
            place = .file(path: path)
        } else if let wanted = request.text("agentKey") {
            let socket = request.text("socket")
            let agent = try Agent(socket: socket ?? request.text("agent"))
            key = try Self.chosen(agent, wanted)
            place = .agent(socket: socket)
        } else {
            key = try self.key(try request.required("key"))
            place = .command(request.texts("command"))
        }
        guard let identity = Identity(name: name, key: key, place: place) else {
            throw Failure(
                .usage, "the signer's place cannot be kept",
                why: "a path must begin with / and hold no line breaks")
        }
        // A signer that does not work is found out now, and nothing is kept of it.
        _ = try Signer(identity: identity, agent: request.text("agent")).sign(
            Self.checkHead + Sodium.random(count: 32))
        try inStore { () throws(StoreError) in try identities.add(identity) }
        daemon?.port.rejudgeDelegations()
        return identity
    }

    /// The key of an agent that a comment or fingerprint names; the only one where none is given.
    private static func chosen(
        _ agent: Agent, _ wanted: String
    ) throws(Failure) -> NodeKey {
        let entries = try agent.keys()
        let found = entries.filter { entry in
            wanted.isEmpty || entry.comment == wanted || entry.fingerprint == wanted
        }
        if found.count == 1 { return found[0].key }
        throw Failure(
            found.isEmpty ? .notFound : .refused,
            found.isEmpty
                ? "the SSH agent has no such Ed25519 key"
                : "\(found.count) Ed25519 keys of the SSH agent fit",
            why: try agent.absence(),
            remedy: "give one by its SHA256:… fingerprint; make one with: ssh-keygen -t ed25519")
    }

    static func json(_ identity: Identity) -> JSONObject {
        var object = JSONObject()
        object["name"] = .string(identity.name)
        object["key"] = .string(identity.key.base32)
        switch identity.place {
        case .file(let path):
            object["signer"] = "file"
            object["path"] = .string(path)
        case .agent(let socket):
            object["signer"] = "ssh-agent"
            object["socket"] = socket.map { .string($0) } ?? .null
        case .command(let words):
            object["signer"] = "command"
            object["command"] = .array(words.map { .string($0) })
        }
        return object
    }

    /// An identity by its name, which comes first, its key or the start of it.
    func identity(named text: String) throws(Failure) -> Identity {
        let all = try inStore { () throws(StoreError) in try identities.all() }
        if let identity = all.first(where: { $0.name == text }) { return identity }
        let found = all.filter { text.count >= 8 && $0.key.base32.hasPrefix(text) }
        if let identity = found.first, found.count == 1 { return identity }
        throw Failure(
            found.isEmpty ? .notFound : .refused,
            found.isEmpty
                ? "there is no identity \(PlainText.shown(text))"
                : "the keys of \(found.map(\.name).sorted().joined(separator: ", ")) begin with "
                    + PlainText.shown(text),
            remedy: "see which there are with: plasmid identity list")
    }

    private func identity(of key: NodeKey) throws(Failure) -> Identity? {
        try inStore { () throws(StoreError) in try identities.all() }.first { $0.key == key }
    }

    /// Whether documents can be signed here as that publisher.
    func speaks(for key: NodeKey) throws(Failure) -> Bool {
        if key == keys.node.publicKey { return true }
        return try identity(of: key) != nil
    }

    /// A document in an envelope with the signature of its publisher: of the node's key, or of
    /// an identity's, which is asked for it now.
    func signed(
        _ bytes: [UInt8], _ type: String, by key: NodeKey, agent: String?
    ) throws(Failure) -> Envelope {
        if key == keys.node.publicKey { return Envelope.signed(bytes, type: type, by: keys.node) }
        guard let identity = try identity(of: key) else {
            throw Failure(
                .refused, "\(key.fingerprint) does not sign here",
                why: "it is neither this node's key nor one of its identities'")
        }
        let text = Envelope.signedBytes(type: type, payload: bytes)
        let signature = try Signer(identity: identity, agent: agent).sign(text)
        var envelope = Envelope(payloadType: type, payload: bytes)
        try inGenome("signing") { () throws(GenomeError) in
            try envelope.add(signature, by: key)
        }
        return envelope
    }

    // MARK: Delegations

    /// What an identity lets nodes do: `identity`, and `key` (else this node's), `rights`
    /// (`publish`, `fetch`), `days`, `label`; with `end` the key's delegation ends; without an
    /// identity those to this node and of its identities are listed.
    func delegate(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        guard let name = request.text("identity") else { return try delegations() }
        let identity = try identity(named: name)
        var key = keys.node.publicKey
        if let text = request.text("key") { key = try self.key(text) }
        let slot = Slot(prefixOf: key.digest)
        let place = SlotKey(publisher: identity.key, type: .delegation, slot: slot)
        let standing = try inStore { () throws(StoreError) in try catalogue.record(at: place) }
        let now = Clock.wallMilliseconds()
        let content: RecordContent
        let life: UInt64
        if request.arguments["end"]?.bool == true {
            guard standing?.type == .delegation else {
                throw Failure(
                    .notFound, "\(identity.name) lets \(key.fingerprint) do nothing",
                    remedy: "see who may do what with: plasmid delegate --list")
            }
            content = .tombstone(
                TombstoneContent(endedType: .delegation, slot: slot, reason: nil))
            life = RecordType.delegation.lifeMaxMilliseconds ?? 0
        } else {
            guard key != identity.key else {
                throw Failure(.refused, "an identity needs no leave of its own")
            }
            content = .delegation(
                DelegationContent(
                    key: key, rights: try delegated(request), label: request.text("label")))
            let days = request.arguments["days"]?.integer ?? Self.delegationDays
            life = UInt64(min(max(1, days), Self.delegationDays)) * 86_400_000
        }
        let (next, isOver) = (standing?.sequence ?? 0).addingReportingOverflow(1)
        guard !isOver else {
            throw Failure(.refused, "the delegation to \(key.fingerprint) cannot be replaced")
        }
        let unsigned = UnsignedRecord(
            publisher: identity.key, sequence: max(now, next),
            issued: now, expires: now + life, content: content)
        let signature = try Signer(identity: identity, agent: request.text("agent")).sign(
            unsigned.signingInput)
        let record: Record
        do throws(WireError) {
            record = try unsigned.signed(signature)
        } catch {
            throw Failure(.usage, "the delegation cannot be written", why: "\(error)")
        }
        try keep(record)
        var object = try delegations()
        object["identity"] = .string(identity.key.base32)
        object["key"] = .string(key.base32)
        object["running"] = .bool(daemon != nil)
        return object
    }

    private func delegated(_ request: ServiceRequest) throws(Failure) -> DelegationContent.Rights {
        var rights: DelegationContent.Rights = []
        for word in request.texts("rights") {
            switch word {
            case "publish": rights.insert(.publish)
            case "fetch": rights.insert(.fetch)
            default:
                throw Failure(
                    .usage, "there is no right \(PlainText.shown(word))",
                    remedy: "use publish, fetch or both")
            }
        }
        return rights.isEmpty ? [.publish, .fetch] : rights
    }

    /// Puts a record in its place; a running node also tells it to others.
    private func keep(_ record: Record) throws(Failure) {
        guard let daemon else {
            let outcome = try inStore { () throws(StoreError) in
                try RecordPlacement(catalogue: catalogue, known: rights.knownKeys())
                    .place([record]).first
            }
            guard outcome == .fresh else { throw Self.notKept }
            return
        }
        daemon.loop.post(.input(.recordSigned(record)))
        for _ in 0..<500 {
            let kept = try inStore { () throws(StoreError) in
                try catalogue.record(at: record.slotKey)
            }
            if kept?.id == record.id { return }
            _ = Semaphore().wait(milliseconds: 10)
        }
        throw Self.notKept
    }

    private static let notKept = Failure(
        .refused, "the delegation was not kept",
        why: "a newer one stands, or the identity's key is revoked",
        remedy: "see who may do what with: plasmid delegate --list")

    private func delegations() throws(Failure) -> JSONObject {
        let own = try inStore { () throws(StoreError) in try identities.all() }
        let records = try inStore { () throws(StoreError) in
            try catalogue.records(type: .delegation, limit: 4_096)
        }
        var rows: [JSONValue] = []
        for record in records {
            guard case .delegation(let content) = record.content else { continue }
            let name = own.first { $0.key == record.publisher }?.name
            guard name != nil || content.key == keys.node.publicKey else { continue }
            var rights: [JSONValue] = []
            if content.rights.contains(.publish) { rights.append("publish") }
            if content.rights.contains(.fetch) { rights.append("fetch") }
            rows.append([
                "identity": .string(record.publisher.base32),
                "name": name.map { .string($0) } ?? .null, "key": .string(content.key.base32),
                "rights": .array(rights), "label": content.label.map { .string($0) } ?? .null,
                "expires": .integer(Int64(clamping: record.expires / 1_000)),
            ])
        }
        var object = JSONObject()
        object["delegations"] = .array(rows)
        return object
    }
}
