import Genome
import Host
import Store
import Swarm
import Wire

/// What a node mirrors by itself: follows, numbers of copies, and how it stands with each layer.
extension Service {
    /// Follows something more: `follow`, and the optional `replicas` and `all`.
    func follow(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        var settings = try library.mirrorSettings()
        let follow = try follow(try request.required("follow"))
        let copies = try copies(request)
        let rule = MirrorSettings.Rule(
            follow, copies: copies, isAll: request.arguments["all"]?.bool ?? false)
        if let index = settings.rules.firstIndex(where: { $0.follow == follow }) {
            settings.rules[index] = rule
        } else {
            guard settings.rules.count < MirrorLimits.rulesMax else {
                throw Failure(
                    .refused, "\(MirrorLimits.rulesMax) follows stand already",
                    why: "a node's record has room for as many",
                    remedy: "end one with: plasmid mirror --unfollow WHAT")
            }
            settings.rules.append(rule)
        }
        return try keep(settings)
    }

    /// Follows something no longer: `follow`, or `all`.
    func unfollow(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let text = try request.required("follow")
        if text == "all" { return try keep(MirrorSettings()) }
        var settings = try library.mirrorSettings()
        // As it stands in the list, also where what it named is not known any more.
        var named = Follow(text)
        if named == nil || !settings.rules.contains(where: { $0.follow == named }) {
            named = try follow(text)
        }
        let follow = named
        guard settings.rules.contains(where: { $0.follow == follow }) else {
            throw Failure(
                .notFound, "\(PlainText.shown(text)) is not followed",
                remedy: "see what is with: plasmid mirror")
        }
        settings.rules.removeAll { $0.follow == follow }
        return try keep(settings)
    }

    /// Sets for how long a holder may be away: `seconds`.
    func patience(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let seconds = UInt64(clamping: request.arguments["seconds"]?.integer ?? 0)
        guard (MirrorLimits.patienceMin...MirrorLimits.patienceMax).contains(seconds) else {
            throw Failure(
                .usage, "the patience cannot be \(seconds) s",
                why: "it is \(MirrorLimits.patienceMin) s to \(MirrorLimits.patienceMax / 86_400) d"
            )
        }
        var settings = try library.mirrorSettings()
        settings.patience = seconds
        return try keep(settings)
    }

    /// Takes a layer that waits for its owner's word: `layer`.
    func takeCopy(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        var settings = try library.mirrorSettings()
        try requireFollowed(layer, settings)
        settings.taken.insert(layer)
        guard settings.taken.count <= MirrorLimits.namedMax else {
            throw Failure(.refused, "\(MirrorLimits.namedMax) layers were taken by hand already")
        }
        return try keep(settings)
    }

    /// Says how many copies of a layer should live, and how it spreads: `layer`, and of `replicas`,
    /// `propagation`, `mirrors` and `days` what is given. Of an own layer it becomes a statement
    /// for all; of another it is this node's own wish, where its publisher wants no number.
    func spread(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let manifest = try inStore { () throws(StoreError) in try library.manifest(of: layer) }
        if let manifest, try speaks(for: manifest.publisher) || isOwn(manifest) {
            _ = try spread(manifest, request)
            return try listMirrors()
        }
        guard request.text("propagation") == nil, request.texts("mirrors").isEmpty,
            let copies = try copies(request)
        else {
            throw Failure(
                .refused, "only its publisher says how a layer spreads",
                why: "all who mirror it would have to believe it",
                remedy: "a number of copies can be wished for: plasmid mirror LAYER --replicas N")
        }
        var settings = try library.mirrorSettings()
        try requireFollowed(layer, settings)
        settings.targets[layer] = copies
        guard settings.targets.count <= MirrorLimits.namedMax else {
            throw Failure(.refused, "\(MirrorLimits.namedMax) layers have a number already")
        }
        return try keep(settings)
    }

    private func isOwn(_ manifest: Manifest) -> Bool {
        manifest.publisher == keys.node.publicKey
    }

    /// Has the statement signed by which an own layer spreads, if anything is said of it.
    func spread(
        _ manifest: Manifest, _ request: ServiceRequest
    ) throws(Failure) -> Statement? {
        let names = request.texts("mirrors")
        let copies = try copies(request)
        guard copies != nil || request.text("propagation") != nil || !names.isEmpty else {
            return nil
        }
        let known = rights.spread(of: manifest.layer, by: manifest.publisher)
        var body = JSONObject()
        let pace = request.text("propagation") ?? known?.pace.name ?? "immediate"
        guard LayerSpread.Pace(name: pace) != nil else {
            throw Failure(
                .usage, "\(PlainText.shown(pace)) is no way to spread",
                remedy: "say immediate, batched or manual")
        }
        body["policy"] = .string(pace)
        body["replicas"] = (copies ?? known?.copies).map { .integer(Int64($0)) }
        var mirrors: [JSONValue] = []
        for text in names { mirrors.append(.string(try key(text).base32)) }
        guard mirrors.count <= LayerSpread.mirrorsMax else {
            throw Failure(
                .usage, "\(mirrors.count) mirrors are too many to name",
                why: "a record has room for \(LayerSpread.mirrorsMax)")
        }
        // What is not said anew stays as it was said before.
        body["mirrors"] =
            mirrors.isEmpty
            ? rights.propagation(of: manifest.layer, by: manifest.publisher)?.body["mirrors"]
            : .array(mirrors)
        let days = request.arguments["days"]?.integer
        let statement = try say(
            .propagation, manifest, body, expires: days.map { seconds + $0 * 86_400 },
            agent: request.text("agent"))
        try daemon?.mirrors.start()
        return statement
    }

    // MARK: Words

    private func copies(_ request: ServiceRequest) throws(Failure) -> Int? {
        guard let copies = request.arguments["replicas"]?.integer else { return nil }
        guard (1...Int64(LayerSpread.copiesMax)).contains(copies) else {
            throw Failure(
                .usage, "there cannot be \(copies) copies",
                why: "it is a number from 1 to \(LayerSpread.copiesMax)")
        }
        return Int(copies)
    }

    /// What is meant by `publisher:KEY`, `tag:TAG`, `organization:ORG`, or a layer: with a version
    /// that one, without all of its versions.
    private func follow(_ text: String) throws(Failure) -> Follow {
        if text.hasPrefix("publisher:") { return .publisher(try key(String(text.dropFirst(10)))) }
        if text.hasPrefix("organization:") {
            return .organization(try organization(named: String(text.dropFirst(13))).id)
        }
        if let follow = Follow(text) { return follow }
        let reference = try? LayerReference.parse(text)
        switch reference {
        case .published(let name) where name.version == nil: return try named(text)
        case .named(_, nil, _): return try named(text)
        case nil:
            throw Failure(
                .usage, "\(PlainText.shown(text)) cannot be followed",
                remedy: "say a layer, publisher:KEY, tag:TAG or organization:ORG")
        default: return .layer(try LayerResolver(service: self).resolve(text))
        }
    }

    private func named(_ text: String) throws(Failure) -> Follow {
        let layer = try LayerResolver(service: self).resolve(text)
        let facts = try inStore { () throws(StoreError) -> (String, NodeKey)? in
            if let entry = try library.index.layer(layer) { return (entry.name, entry.publisher) }
            return try catalogue.announcements(of: layer).first?.layerFacts.map {
                ($0.0.name, $0.1)
            }
        }
        return facts.map { .name($0.1, $0.0) } ?? .layer(layer)
    }

    private func requireFollowed(
        _ layer: Digest, _ settings: MirrorSettings
    ) throws(Failure) {
        let known = try inStore { () throws(StoreError) in
            try catalogue.announcements(of: layer).compactMap { DescribedLayer($0) }
        }
        let isFollowed = settings.rules.contains { rule in
            rule.follow == .layer(layer) || known.contains { rule.follow.covers($0) }
        }
        guard isFollowed else {
            throw Failure(
                .refused, "this node does not follow \(layer.hexadecimal.prefix(16))",
                why: "it mirrors nothing that its owner did not name",
                remedy: "plasmid mirror --follow \(layer.hexadecimal.prefix(16))")
        }
    }

    private func keep(_ settings: MirrorSettings) throws(Failure) -> JSONObject {
        try library.set(mirroring: settings)
        try daemon?.mirrors.start()
        return try listMirrors()
    }

    // MARK: Looking

    /// What is followed, and how it stands with the copies of each layer.
    func listMirrors() throws(Failure) -> JSONObject {
        let settings = try library.mirrorSettings()
        var object = JSONObject()
        object["follows"] = settings.json["follows"] ?? .array([])
        object["patience"] = .integer(Int64(clamping: settings.patience))
        let swarm: Swarm
        if let daemon { swarm = daemon.look() } else { swarm = try resting(settings) }
        object["layers"] = .array(swarm.copyFigures.map { json($0) })
        object["sealed"] = .array(swarm.sealedFigures.map { json($0) })
        return object
    }

    /// The core of a node that does not run: it knows what is kept, and of nobody whether they
    /// live.
    private func resting(_ settings: MirrorSettings) throws(Failure) -> Swarm {
        var swarm = Swarm(
            Settings(node: keys.node.publicKey, label: "", endpoints: [], software: "", seed: 0))
        let survey = MirrorSurvey(library: library, catalogue: catalogue, keys: keys)
        let found = try inStore { () throws(StoreError) in try survey.read(settings) }
        let now = Moment(monotonic: Clock.monotonic(), wall: Clock.wallMilliseconds())
        _ = swarm.handle(.mirroring(settings, room: 0), at: now)
        _ = swarm.handle(.copiesSurveyed(found), at: now)
        return swarm
    }

    private func json(_ figures: CopyFigures) -> JSONValue {
        let content = figures.layer.content
        var object = JSONObject()
        object["layer"] = .string(content.layer.hexadecimal)
        object["ref"] = .string(content.reference(by: figures.layer.publisher).description)
        object["publisher"] = .string(figures.layer.publisher.base32)
        object["size"] = .integer(Int64(clamping: content.size))
        object["state"] = .string(figures.state.name)
        object["why"] = figures.state.words.map { .string($0) } ?? .null
        object["target"] = figures.target.map { .integer(Int64($0)) } ?? .null
        object["living"] = .integer(Int64(figures.living))
        object["missing"] = .integer(Int64(figures.missing))
        object["propagation"] = figures.spread.map { .string($0.pace.name) } ?? .null
        object["named"] = .bool(figures.spread?.names(keys.node.publicKey) ?? false)
        object["holders"] = .array(figures.holders.map { json($0) })
        return .object(object)
    }

    private func json(_ figures: SealedFigures) -> JSONValue {
        let manifest = (try? library.manifest(of: figures.layer)) ?? nil
        var object = JSONObject()
        object["layer"] = .string(figures.layer.hexadecimal)
        object["ref"] = manifest.map { .string($0.reference.description) } ?? .null
        object["target"] = .integer(Int64(figures.target))
        object["living"] = .integer(Int64(figures.living))
        object["missing"] = .integer(Int64(figures.missing))
        object["candidates"] = .integer(Int64(figures.candidates))
        object["holders"] = .array(figures.holders.map { json($0) })
        return .object(object)
    }

    private func json(_ holder: CopyFigures.Holder) -> JSONValue {
        [
            "node": .string(holder.node.base32),
            "region": holder.region.map { .string($0) } ?? .null,
            "network": holder.network.map { .string($0.text) } ?? .null,
            "publishes": .bool(holder.isSource),
            "counts": .bool(holder.counts),
            "absent": holder.absence.map { .integer(Int64(clamping: $0)) } ?? .null,
            "standing": [
                "challenged": .integer(Int64(clamping: holder.standing.challenged)),
                "passed": .integer(Int64(clamping: holder.standing.passed)),
                "failed": .integer(Int64(clamping: holder.standing.failed)),
                "percent": .integer(Int64(holder.standing.score * 100)),
                "trusted": .bool(holder.standing.isTrusted),
            ],
        ]
    }
}
