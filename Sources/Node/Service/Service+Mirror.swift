import Genome
import Host
import Store
import Swarm
import Wire

/// Contracts over sealed copies: asking a mirror, looking at what stands, ending it.
extension Service {
    /// How long a copy is asked for unless said otherwise.
    private static let daysDefault: Int64 = 30

    /// Does what `action` says: `follow`, `unfollow`, `take`, `spread` and `patience` for what this
    /// node mirrors by itself; `ask` (`layer`, `mirror`, and the optional `days` and `wait`, in
    /// seconds), `end` (`layer` with the optional `mirror`, or the start of a contract's id) or
    /// `list`.
    func mirror(
        _ request: ServiceRequest, _ progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        switch request.text("action") {
        case "ask": try ask(request, progress)
        case "end": try end(request)
        case "follow": try follow(request)
        case "unfollow": try unfollow(request)
        case "take": try takeCopy(request)
        case "spread": try spread(request)
        case "patience": try patience(request)
        default: try listAll()
        }
    }

    // MARK: Asking

    private func ask(
        _ request: ServiceRequest, _ progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        let manifest = try ownLayer(request)
        let mirror = try key(try request.required("mirror"))
        guard mirror != manifest.publisher else {
            throw Failure(.refused, "a node is no mirror of its own layers")
        }
        let policy = try inStore { () throws(StoreError) in try rights.policy(of: manifest) }
        guard policy.visibility != .public else {
            throw Failure(
                .refused, "\(manifest.reference) is public and needs no sealed copy",
                why: "whoever fetches it may keep it and give it on",
                remedy: "on the other machine: plasmid fetch "
                    + manifest.layer.hexadecimal.prefix(16))
        }
        if let reason = policy.withdrawal {
            throw Failure(
                .refused, "\(manifest.reference) was taken back",
                why: reason.isEmpty ? "it gave no reason" : reason)
        }
        let days = request.arguments["days"]?.integer ?? Self.daysDefault
        let entry = try contract(manifest, mirror, days: days, progress)
        daemon?.holds.ask(entry)
        let seconds = request.arguments["wait"]?.integer ?? 0
        try wait(for: entry.request, manifest, seconds: UInt64(max(0, seconds)))
        guard let asked = try contract(entry.request.contract) else {
            throw Failure(.refused, "the contract ended meanwhile")
        }
        return try described(asked, try ending(), names: [entry.request.list: manifest])
    }

    /// Seals the layer, where it is not yet, and signs the request.
    func contract(
        _ manifest: Manifest, _ mirror: NodeKey, days: Int64, _ progress: (JSONObject) -> Void
    ) throws(Failure) -> HoldEntry {
        let copy = try Self.sealing.withLock { _ throws(Failure) in
            try inStore { () throws(StoreError) in
                try library.seal(manifest) { done, total in
                    var object = JSONObject()
                    object["done"] = .integer(Int64(clamping: done))
                    object["total"] = .integer(Int64(clamping: total))
                    progress(object)
                }
            }
        }
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        let list = try inStore { () throws(StoreError) in try library.holdList(copy.list) }
        let own = keys.node
        let request = try inGenome("asking for a copy") { () throws(GenomeError) in
            try HoldRequest.make(
                publisher: own.publicKey, mirror: mirror, list: copy.list,
                size: (list.size ?? 0) + copy.list.size, issued: now, until: now + days * 86_400,
                nonce: Sodium.random(count: 16))
        }
        try inStore { () throws(StoreError) in
            try library.add(hold: request.signed(by: own))
        }
        guard let entry = try contract(request.contract) else {
            throw Failure(.internal, "the contract was not kept")
        }
        return entry
    }

    /// Waits until the mirror has all of it, or says that it will not.
    private func wait(
        for request: HoldRequest, _ manifest: Manifest, seconds: UInt64
    ) throws(Failure) {
        guard let daemon else { return }
        let end = Clock.monotonic() + seconds * 1_000_000_000
        while true {
            switch daemon.holds.answer(request.contract) {
            case .complete: return
            case .refused(let reason):
                throw Failure(
                    .refused, "\(request.mirror.fingerprint) does not keep \(manifest.reference)",
                    why: PlainText.shown(reason),
                    remedy: "its owner allows it with: plasmid trust --allow "
                        + "publisher:\(keys.node.publicKey.base32) --for mirror")
            default: break
            }
            guard Clock.monotonic() < end else { return }
            Semaphore().wait(milliseconds: 100)
        }
    }

    // MARK: Looking

    private func contract(_ id: Digest) throws(Failure) -> HoldEntry? {
        try inStore { () throws(StoreError) in try library.hold(id) }
    }

    private func ending() throws(Failure) -> Set<Digest> {
        try inStore { () throws(StoreError) in Set(try library.endingHolds()) }
    }

    /// Contracts, and what is mirrored.
    private func listAll() throws(Failure) -> JSONObject {
        var object = try listContracts()
        for member in try listMirrors().members { object[member.name] = member.value }
        return object
    }

    /// What this node keeps for others, and what others keep for it.
    private func listContracts() throws(Failure) -> JSONObject {
        let entries = try inStore { () throws(StoreError) in try library.holds() }
        let own = keys.node.publicKey
        let names = try names()
        let ending = try ending()
        var object = JSONObject()
        var kept: [JSONValue] = []
        var given: [JSONValue] = []
        for entry in entries {
            let row = JSONValue.object(try described(entry, ending, names: names))
            if entry.request.publisher == own { given.append(row) } else { kept.append(row) }
        }
        object["heldForOthers"] = .array(kept)
        object["heldByOthers"] = .array(given)
        return object
    }

    /// The own layers behind lists of ciphertexts.
    private func names() throws(Failure) -> [BlobReference: Manifest] {
        try inStore { () throws(StoreError) in
            var names: [BlobReference: Manifest] = [:]
            for manifest in try sealedGrants.sealedLayers() {
                guard let copy = try SealedCopy.read(manifest.layer, library.layout) else {
                    continue
                }
                names[copy.list] = manifest
            }
            return names
        }
    }

    private func described(
        _ entry: HoldEntry, _ ending: Set<Digest>, names: [BlobReference: Manifest]
    ) throws(Failure) -> JSONObject {
        let request = entry.request
        let manifest = names[request.list]
        var object = JSONObject()
        object["contract"] = .string(request.contract.hexadecimal)
        object["publisher"] = .string(request.publisher.base32)
        object["mirror"] = .string(request.mirror.base32)
        object["layer"] = manifest.map { .string($0.layer.hexadecimal) } ?? .null
        object["ref"] = manifest.map { .string($0.reference.description) } ?? .null
        object["bytes"] = .integer(Int64(clamping: request.size))
        object["until"] = .integer(request.until)
        let accepted = daemon?.holds.answer(request.contract) == .accepted
        object["state"] = .string(
            ending.contains(request.contract)
                ? "ending"
                : entry.isComplete
                    ? "complete"
                    : request.publisher != keys.node.publicKey || accepted ? "pulling" : "asked")
        return object
    }

    // MARK: Ending

    private func end(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let text = try request.required("layer")
        let entries = try inStore { () throws(StoreError) in try library.holds() }
        let named = entries.filter { entry in
            text.utf8.count >= 8 && entry.request.contract.hexadecimal.hasPrefix(text.lowercased())
        }
        if let entry = named.first, named.count == 1 {
            try end(entry)
        } else {
            let manifest = try ownLayer(request)
            let mirror = try request.text("mirror").map { text throws(Failure) in try key(text) }
            let ended = try endMirrors(of: manifest, on: mirror)
            guard ended > 0 else {
                throw Failure(
                    .notFound, "no other node keeps \(manifest.reference) by a contract",
                    remedy: "see all contracts with: plasmid mirror")
            }
        }
        return try listContracts()
    }

    private func end(_ entry: HoldEntry) throws(Failure) {
        if entry.request.publisher == keys.node.publicKey {
            try retract([entry])
            return
        }
        // Its publisher is told in the session with it.
        let daemon = try runningNode("mirror --end")
        daemon.holds.giveUp(entry.request)
        let contract = entry.request.contract
        for _ in 0..<100 {
            guard try self.contract(contract) != nil else { return }
            Semaphore().wait(milliseconds: 50)
        }
    }

    /// Ends the contracts over a layer's sealed form: all, or those of one mirror. Mirrors are told
    /// as they are met; their number.
    @discardableResult
    func endMirrors(of manifest: Manifest, on mirror: NodeKey?) throws(Failure) -> Int {
        let entries = try inStore { () throws(StoreError) -> [HoldEntry] in
            guard let copy = try SealedCopy.read(manifest.layer, library.layout) else { return [] }
            return try library.holds(of: copy, by: manifest.publisher)
        }
        let meant = entries.filter { mirror == nil || $0.request.mirror == mirror }
        try retract(meant)
        return meant.count
    }

    /// Notes that the contracts over a layer's sealed form with a mirror are over; those that the
    /// mirror is to be told of.
    func ending(_ manifest: Manifest, on mirror: NodeKey) throws(Failure) -> [HoldRequest] {
        try inStore { () throws(StoreError) in
            guard let copy = try SealedCopy.read(manifest.layer, library.layout) else { return [] }
            let requests = try library.holds(of: copy, by: manifest.publisher).map(\.request)
                .filter { $0.mirror == mirror }
            for request in requests { try library.setEnding(request.contract, true) }
            return requests
        }
    }

    private func retract(_ entries: [HoldEntry]) throws(Failure) {
        guard !entries.isEmpty else { return }
        for entry in entries {
            try inStore { () throws(StoreError) in
                try library.setEnding(entry.request.contract, true)
            }
            daemon?.holds.retract(entry.request)
        }
        // Grants are said by one thread at a time: two would each take the same number.
        if let daemon { return daemon.port.onIndexLane { daemon.holds.refreshGrants() } }
        try inStore { () throws(StoreError) in
            for manifest in try sealedGrants.sealedLayers() {
                _ = try sealedGrants.refresh(manifest)
            }
        }
    }
}
