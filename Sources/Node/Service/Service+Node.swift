import Genome
import Host
import Store
import Swarm
import Wire

extension Service {
    /// The peers of a running node, and those that it leaves alone; `forgive` ends that for one.
    func peers(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let daemon = try runningNode("peers")
        if let text = request.text("forgive") {
            let wanted = try key(text)
            guard daemon.look().bans[wanted] != nil else {
                throw Failure(
                    .notFound, "\(wanted.fingerprint) is not left alone",
                    remedy: "plasmid peers shows who is")
            }
            daemon.loop.post(.input(.forgive(wanted)))
        }
        let look = daemon.look()
        let rows = look.sessions.entries.map { number, session -> JSONValue in
            let address = Address(session.facts.endpoint)?.description ?? ""
            let (path, relay) = Self.path(session.facts.path)
            return [
                "node": .string(session.facts.peer.base32),
                "label": .string(session.introduction?.label ?? ""),
                "address": .string(address),
                "path": .string(path),
                "via": relay.map { .string($0.base32) } ?? .null,
                "state": session.isSuspected ? "suspected" : "connected",
                "neighbour": session.isNeighbour
                    ? .string(look.isChosen(number) ? "chosen" : "found") : .null,
                "direction": session.facts.isInitiator ? "outgoing" : "incoming",
                "udp": look.passesDatagrams(number).map { .bool($0) } ?? .null,
                "rtt": session.roundTrip.map { .integer(Int64($0 / 1000)) } ?? .null,
                "connections": .integer(Int64(session.connections)),
                "standing": Self.standing(look, session.facts.peer),
                "sent": .integer(Int64(clamping: session.sent)),
                "received": .integer(Int64(clamping: session.received)),
            ]
        }
        var object = JSONObject()
        object["peers"] = .array(rows)
        let now = Clock.monotonic()
        object["banned"] = .array(
            look.bans.entries.map { peer, ban -> JSONValue in
                [
                    "node": .string(peer.base32), "reason": .string(ban.reason),
                    "seconds": .integer(
                        Int64(clamping: (ban.until - min(now, ban.until)) / 1_000_000_000)),
                    "isShutOut": .bool(ban.isShutOut),
                ]
            })
        return object
    }

    /// This node's key and addresses, with what it has learned since its start: where a router
    /// lets calls in, or over which relays it is reached.
    func ticket() throws(Failure) -> JSONObject {
        let reach = try runningNode("ticket").look().reach
        let relays = reach.state == .reachable ? [] : reach.relays
        let ticket = Ticket(
            key: keys.node.publicKey, endpoints: reach.endpoints, relays: relays)
        var object = JSONObject()
        object["ticket"] = .string(ticket.text)
        object["reach"] = .string(reach.state.rawValue)
        object["relays"] = .array(relays.map { .string($0.key.base32) })
        object["node"] = .string(keys.node.publicKey.base32)
        return object
    }

    /// Keeps a session with the node of a ticket or address.
    func join(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let daemon = try runningNode("join")
        let text = try request.required("target")
        let target = try JoinTarget(text)
        try daemon.remember(joined: text)
        try daemon.join(target, trusted: request.arguments["trust"]?.bool ?? true)
        var object = JSONObject()
        object["node"] = target.key.map { .string($0.base32) } ?? .null
        object["addresses"] = .array(
            target.endpoints.compactMap { Address($0)?.description }.map { .string($0) })
        return object
    }

    /// Longest time that a fetch waits for a holder, in seconds: a day.
    static let fetchWaitMax = 86_400

    /// What `fetch` is asked to bring, and how.
    private static func wish(
        for layer: Digest, _ acceptance: Envelope?, _ request: ServiceRequest
    ) -> FetchRequest {
        var wish = FetchRequest(
            layer: layer, withEvidence: request.arguments["evidence"]?.bool ?? false,
            acceptance: acceptance?.encode(),
            isSequential: request.arguments["sequential"]?.bool ?? false,
            priority: request.text("priority").flatMap { FetchPriority(name: $0) } ?? .normal)
        if let wait = request.arguments["wait"]?.integer {
            wish.patience = UInt64(min(Int64(fetchWaitMax), max(0, wait))) * 1_000_000_000
        }
        return wish
    }

    /// Fetches a layer and gives the folder of links to its files.
    func fetch(
        _ request: ServiceRequest, _ progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        let daemon = try runningNode("fetch")
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let acceptance = try acceptance(of: layer, accepted: request.text("accepted"))
        daemon.port.reuse.offer(request.files, for: layer)
        defer { daemon.port.reuse.forget(layer) }
        let begun = Clock.monotonic()
        let wish = Self.wish(for: layer, acceptance, request)
        func show(_ status: FetchStatus) {
            var object = JSONObject()
            object["done"] = .integer(Int64(clamping: status.received + status.reused))
            object["total"] = .integer(Int64(clamping: status.size))
            object["phase"] = .string(Self.name(status.phase))
            object["pause"] =
                (status.pause ?? (status.isPaused ? "paused; plasmid transfers" : nil))
                .map { .string($0) }
            object["sources"] = .integer(Int64(status.sources.count))
            progress(object)
        }
        let sealed = try SealedFetch(self, daemon, wish)
        let status = try sealed.run(show) { () throws(Failure) in
            try daemon.fetch(wish, shownAs: layer, show)
        }
        try Self.requireDone(status.phase, layer)
        if let acceptance { try keep(acceptance, about: layer) }
        var path: String?
        if request.arguments["copies"]?.bool != true {
            path = try inStore { () throws(StoreError) in try library.link(layer) }
        }
        let manifest = try heldManifest(layer)
        let reused = status.size == 0 ? manifest.size : status.reused
        var object = try described(manifest)
        object["received"] = .integer(Int64(clamping: status.received))
        object["wire"] = .integer(Int64(clamping: status.wire))
        object["reused"] = .integer(Int64(clamping: reused))
        object["seconds"] = .double(Double(Clock.monotonic() - begun) / 1e9)
        object["sources"] = .array(
            status.sources.map { source in
                [
                    "node": .string(source.node.base32),
                    "bytes": .integer(Int64(clamping: source.bytes)),
                ]
            })
        object["path"] = path.map { .string($0) }
        if !manifest.dependencies.isEmpty || manifest.base?.layer != nil {
            object["dependencies"] = try dependencies(of: manifest)
        }
        return object
    }

    /// The owner's signed word that the terms of a layer are accepted; nil where they ask for none.
    /// Terms with conditions of their own are accepted by their expression, once for each layer.
    private func acceptance(
        of layer: Digest, accepted: String?
    ) throws(Failure) -> Envelope? {
        let records = try inStore { () throws(StoreError) in
            try catalogue.announcements(of: layer)
        }
        guard let text = records.first?.layerFacts?.0.licence,
            let expression = try? LicenceExpression(parsing: text),
            LicenceCatalogue.needsAcceptance(expression)
        else { return nil }
        let policy = "accepted." + layer.hexadecimal
        let known = try inStore { () throws(StoreError) in try library.index.policy(policy) }
        if known != expression.description {
            let given = accepted.flatMap { try? LicenceExpression(parsing: $0) }
            guard given?.description == expression.description else {
                throw Failure(
                    .licence, "the terms of this layer must be accepted first",
                    why: "\(expression): \(Self.words(expression))",
                    remedy: "if you accept them: --accept-licence '\(expression)'")
            }
            try inStore { () throws(StoreError) in
                try library.setPolicy(policy, expression.description)
            }
        }
        var body = JSONObject()
        body["licence"] = .string(expression.description)
        let statement = try inGenome("accepting the terms") { () throws(GenomeError) in
            try Statement.make(
                kind: .acceptance, layer: layer, publisher: keys.node.publicKey, sequence: 1,
                issued: Int64(Clock.wallMilliseconds() / 1_000), body: body)
        }
        return statement.signed(by: keys.node)
    }

    /// Keeps the own word in the journal, where it is not yet.
    private func keep(_ acceptance: Envelope, about layer: Digest) throws(Failure) {
        try inStore { () throws(StoreError) in
            let place = StatementPlace(
                layer: layer, kind: .acceptance, publisher: keys.node.publicKey)
            let newest = try library.index.sequence(at: place)
            if newest == nil { try library.add(statement: acceptance) }
        }
    }

    static func name(_ phase: FetchStatus.Phase) -> String {
        switch phase {
        case .locating: "locating"
        case .describing: "describing"
        case .transferring: "transferring"
        case .done: "done"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }

    static func requireDone(
        _ phase: FetchStatus.Phase, _ layer: Digest
    ) throws(Failure) {
        let retry = "plasmid fetch \(layer.hexadecimal.prefix(16)) continues where it stopped"
        switch phase {
        case .done: return
        case .cancelled: throw Failure(.refused, "the fetch was cancelled", remedy: retry)
        case .failed(.unreachable(let reason)):
            throw Failure(
                .unreachable, "layer \(layer.hexadecimal) could not be fetched", why: reason,
                remedy: "see who is connected with: plasmid peers; \(retry)")
        case .failed(.corrupt(let faults)):
            let words = faults.prefix(4).map { fault in
                let group = fault.group.map { "group \($0) of " } ?? ""
                return "\(group)blob \(fault.blob.hexadecimal) from peer "
                    + "\(fault.node.base32): \(fault.reason)"
            }
            throw Failure(
                .corrupt, "layer \(layer.hexadecimal) arrived damaged and was refused",
                why: words.joined(separator: "; "),
                remedy: "tell that peer's owner to run: plasmid verify; nothing wrong was kept")
        case .failed(.invalid(let reason)):
            throw Failure(
                .refused, "layer \(layer.hexadecimal) is not valid", why: reason)
        case .failed(.refused(let refusal)):
            throw Failure(refusal, .fetch, name: "layer \(layer.hexadecimal)")
        case .failed(.store(let problem)) where problem.kind == .licence:
            throw Failure(
                .licence, "layer \(layer.hexadecimal) does not say where it comes from",
                why: problem.reason,
                remedy: "ask its publisher to share it with --parent, or a steward whom you trust "
                    + "for a waiver: plasmid licence --help")
        case .failed(.store(let problem)):
            throw Failure(
                Failure.Code(rawValue: problem.kind.rawValue) ?? .internal, problem.reason,
                remedy: retry)
        case .locating, .describing, .transferring:
            throw Failure(.internal, "the fetch ended without an end")
        }
    }
}
