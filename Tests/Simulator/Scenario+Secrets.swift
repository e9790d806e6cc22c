import Genome
import Swarm
import Wire

/// Layers that not everyone may know of.
extension Scenario {
    static let secrets: [Scenario] = [
        secret(
            "secret-organization", .organization,
            "a layer for members of an organisation is shared, fetched by one, and taken back"),
        secret(
            "secret-whitelist", .whitelist,
            "a layer for one named node is shared, fetched by it, and taken back"),
        secret(
            "secret-private", .private,
            "a private layer is shared, asked for by its id, and taken back"),
    ]

    /// The same story twice, with the layer and without it.
    private static func secret(
        _ name: String, _ visibility: Visibility, _ story: String
    ) -> Scenario {
        Scenario(
            name: name,
            goal: story + ": what six strangers hear of ten nodes is the same byte for byte and "
                + "at the same moments as if there were no such layer",
            isQuick: true
        ) { trial in
            let (with, world) = views(trial, visibility, isShared: true)
            let (without, _) = views(trial, visibility, isShared: false)
            var differing = 0
            var first = ""
            for node in with.keys.sorted() {
                let (one, other) = (with[node] ?? [], without[node] ?? [])
                guard one != other else { continue }
                differing += 1
                let place = zip(one, other).enumerated().first { $0.element.0 != $0.element.1 }
                if let place, first.isEmpty {
                    first = place.element.0.prefix(90) + ", not " + place.element.1.prefix(90)
                } else if first.isEmpty {
                    first = (one.count > other.count ? one : other).last ?? ""
                }
            }
            let count = with.values.reduce(0) { $0 + $1.count }
            let informed = membersKnow(world)
            let told = first.isEmpty ? "" : ", first: node hears \(first.prefix(200))"
            return world.outcome(
                "\(differing) of \(with.count) views differ in \(count) events, "
                    + "\(informed) members heard of it" + told,
                [
                    "strangers hear the same": differing == 0 && count > 100,
                    "members hear of it": informed == informedExpected(visibility),
                ])
        }
    }

    private static let membersCount = 4

    /// Nodes that should have heard: with the layer's own, all members, one, or nobody.
    private static func informedExpected(_ visibility: Visibility) -> Int {
        switch visibility {
        case .organization: membersCount
        case .whitelist: 2
        default: 0
        }
    }

    private static func members(_ world: World) -> [Int] { Array(0..<membersCount) }

    /// Members that heard of the layer at any time: they keep its tombstone.
    private static func membersKnow(_ world: World) -> Int {
        members(world).count { node in
            world.nodes[node].catalogue.values.contains { $0.domain != .everyone }
        }
    }

    private static func views(
        _ trial: Trial, _ visibility: Visibility, isShared: Bool
    ) -> ([Int: [String]], World) {
        let world = World(trial)
        world.weather.isSteady = true
        world.weather.datagramLossPerMille = 0
        let nodes = world.gather(10, least: 10)
        let members = members(world)
        // Two of the members have no way to the first: what they hear came over the third.
        for node in 2..<membersCount { world.apart.insert(World.Pair(0, node)) }
        let society = SimulatedSociety(founder: world.makeKey(), wall: World.wallStart)
        for node in members {
            world.feed(node, .organizations([society.known(to: world.nodes[node].key.publicKey)]))
            for other in members where other != node { world.join(node, to: other) }
        }
        for node in nodes.dropFirst(membersCount) { world.transcripts[node] = [] }
        _ = world.run(seconds: 60)
        world.share("seen", by: 0)
        _ = world.run(seconds: 30)
        let id = share(world, visibility, society, isShared)
        world.share("seen-too", by: 0)
        _ = world.run(seconds: 60)
        if isShared, visibility != .private {
            world.feed(1, .fetch(1, FetchRequest(layer: id)))
        }
        // A stranger that has the id from elsewhere asks for it, as it would for any other.
        world.feed(9, .fetch(1, FetchRequest(layer: id)))
        for session in world.sessions(from: 9, to: 0) {
            world.send(.envelopeRequest(layer: id), from: session)
        }
        _ = world.run(seconds: 120)
        world.share("seen-at-last", by: 1)
        if isShared { world.nodes[0].remove(id, in: world) }
        _ = world.run(seconds: 400)
        return (world.transcripts, world)
    }

    private static func share(
        _ world: World, _ visibility: Visibility, _ society: SimulatedSociety, _ isShared: Bool
    ) -> Digest {
        let layer = try? PublishedLayer(
            by: world.nodes[0].key, name: "unseen", sizes: [3_000], seed: 5,
            visibility: visibility, organization: visibility == .organization ? society.id : nil)
        guard let layer else { preconditionFailure("a layer made from literals") }
        let id = layer.manifest.layer
        guard isShared else { return id }
        var held = layer.held
        if visibility == .whitelist { held.take([grant(world, id)]) }
        world.nodes[0].share(layer, as: held, in: world)
        return id
    }

    /// Node 0 gives node 1 the right to read and run.
    private static func grant(
        _ world: World, _ layer: Digest
    ) -> (statement: Statement, envelope: [UInt8]) {
        var body = JSONObject()
        body["grantee"] = .string(world.nodes[1].key.publicKey.base32)
        body["commands"] = ["read", "run"]
        let key = world.nodes[0].key
        let statement = try? Statement.make(
            kind: .grant, layer: layer, publisher: key.publicKey, sequence: 1,
            issued: Int64(World.wallStart / 1_000), body: body)
        guard let statement else { preconditionFailure("a grant made from literals") }
        return (statement, statement.signed(by: key).encode())
    }
}
