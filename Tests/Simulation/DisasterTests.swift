import Genome
import Simulator
import Swarm
import Testing
import Wire

/// What many nodes live through together; a failure prints the seed that repeats it.
@Suite struct DisasterTests {
    static let seeds: [UInt64] = [1, 2, 3, 4]

    /// A connected random graph in which each node has joined one or two before it.
    private func crowd(_ world: World, _ count: Int) -> [Int] {
        let nodes = (0..<count).map { _ in world.addNode() }
        for index in nodes.dropFirst() {
            let joins = UInt64.random(in: 1...2, using: &world.generator)
            for _ in 0..<joins {
                world.join(index, to: Int.random(in: 0..<index, using: &world.generator))
            }
        }
        return nodes
    }

    private func layer(
        _ world: World, by node: Int, _ name: String, sizes: [Int] = [3000]
    ) throws -> PublishedLayer {
        try PublishedLayer(by: world.nodes[node].key, name: name, sizes: sizes, seed: 3)
    }

    private func hears(_ world: World, _ node: Int, of layer: Digest) -> Bool {
        world.nodes[node].catalogue.values.contains { record in
            if case .layer(let content) = record.content { content.layer == layer } else { false }
        }
    }

    private func ids(_ world: World, _ node: Int) -> [Digest] {
        world.nodes[node].catalogue.values.map(\.id).sorted()
    }

    private func areEqual(_ world: World, _ nodes: [Int]) -> Bool {
        let first = ids(world, nodes[0])
        return nodes.allSatisfy { ids(world, $0) == first }
    }

    @Test(arguments: seeds)
    func `of 30 nodes in a random graph each hears of a layer within 5 simulated seconds`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        let nodes = crowd(world, 30)
        _ = world.run(seconds: 30)
        let published = try layer(world, by: nodes[17], "news")
        world.nodes[nodes[17]].share(published, in: world)
        let id = published.manifest.layer
        let haveAllHeard = world.run(seconds: 5) {
            nodes.allSatisfy { hears(world, $0, of: id) }
        }
        #expect(haveAllHeard, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `halves cut for 10 minutes have equal catalogues within 2 minutes of the cut's end`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        let nodes = crowd(world, 10)
        #expect(world.run(seconds: 60) { world.nodes[0].catalogue.count >= 10 }, "seed \(seed)")
        world.divide(Array(nodes.prefix(5)))
        for (node, name) in [(nodes[1], "left"), (nodes[8], "right")] {
            world.nodes[node].share(try layer(world, by: node, name), in: world)
        }
        _ = world.run(seconds: 600)
        #expect(ids(world, nodes[0]) != ids(world, nodes[9]), "seed \(seed)")
        world.heal()
        let isHealed = world.run(seconds: 120) { areEqual(world, nodes) }
        #expect(isHealed, "seed \(seed)")
        #expect(ids(world, nodes[0]).count >= 14, "seed \(seed)")
    }

    @Test func `halves whose nodes know each other from earlier runs alone meet by feelers`()
        throws
    {
        let world = World(seed: 5)
        let hub = world.addNode()
        let nodes = (0..<26).map { _ in world.addNode() }
        for node in nodes { world.join(node, to: hub) }
        _ = world.run(seconds: 70)
        // The only address that their owners gave is gone, and nobody misses anybody.
        world.crash(hub)
        world.divide(Array(nodes.prefix(13)))
        _ = world.run(seconds: 5)
        for node in nodes { world.crash(node) }
        for node in nodes { world.restart(node) }
        _ = world.run(seconds: 40)
        for (node, name) in [(nodes[1], "left"), (nodes[20], "right")] {
            world.nodes[node].share(try layer(world, by: node, name), in: world)
        }
        _ = world.run(seconds: 10)
        #expect(ids(world, nodes[0]) == ids(world, nodes[12]), "a half is one network")
        #expect(ids(world, nodes[0]) != ids(world, nodes[25]))
        let chosen = nodes.filter {
            world.nodes[$0].swarm.sessions.values.count { $0.isNeighbour } >= 5
        }
        #expect(chosen.count == nodes.count)
        world.heal()
        #expect(world.run(seconds: 400) { areEqual(world, nodes) })
    }

    @Test(arguments: seeds)
    func `a node that lost all but its key, with its clock ten minutes back, is heard again`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        let nodes = crowd(world, 4)
        let first = try layer(world, by: nodes[3], "before")
        world.nodes[nodes[3]].share(first, in: world)
        #expect(world.run(seconds: 30) { hears(world, nodes[0], of: first.manifest.layer) })
        world.crash(nodes[3])
        _ = world.run(seconds: 10)
        world.nodes[nodes[3]].skewMilliseconds = -600_000
        world.restart(nodes[3], losingStore: true)
        world.join(nodes[3], to: nodes[0])
        let second = try layer(world, by: nodes[3], "after")
        world.nodes[nodes[3]].share(second, in: world)
        let key = world.nodes[nodes[3]].key.publicKey
        let place = SlotKey(publisher: key, type: .node, slot: .only)
        let old = try #require(world.nodes[nodes[0]].catalogue[place])
        let isHeard = world.run(seconds: 120) {
            let new = world.nodes[nodes[0]].catalogue[place]
            return (new?.sequence ?? 0) > old.sequence
                && hears(world, nodes[0], of: second.manifest.layer)
        }
        #expect(isHeard, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `clocks ten minutes apart, and one that jumps, do not divide the nodes`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        let nodes = crowd(world, 6)
        world.nodes[nodes[1]].skewMilliseconds = 600_000
        world.nodes[nodes[2]].skewMilliseconds = -600_000
        _ = world.run(seconds: 30)
        for node in nodes.prefix(3) {
            world.nodes[node].share(try layer(world, by: node, "skew\(node)"), in: world)
        }
        // The two that are twenty minutes apart refuse each other's news as from the future.
        let right = [nodes[0], nodes[3], nodes[4], nodes[5]]
        _ = world.run(seconds: 30)
        #expect(areEqual(world, right), "seed \(seed)")
        #expect(ids(world, nodes[0]).count >= 12, "seed \(seed)")
        world.nodes[nodes[4]].skewMilliseconds = 3_600_000 * 30
        _ = world.run(seconds: 120)
        world.nodes[nodes[4]].skewMilliseconds = 0
        _ = world.run(seconds: 900)
        #expect(areEqual(world, nodes), "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a node that bends every record, page and group is left out, the layer still arrives`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        let nodes = crowd(world, 5)
        let published = try layer(world, by: nodes[0], "true", sizes: [3_000_000, 200])
        let id = published.manifest.layer
        world.nodes[nodes[0]].share(published, in: world)
        world.feed(nodes[1], .fetch(1, FetchRequest(layer: id)))
        #expect(world.run(seconds: 60) { world.nodes[nodes[1]].has(id) }, "seed \(seed)")
        _ = world.run(seconds: 10)
        world.nodes[nodes[1]].isByzantine = true
        world.feed(nodes[4], .fetch(1, FetchRequest(layer: id)))
        #expect(world.run(seconds: 120) { world.nodes[nodes[4]].has(id) }, "seed \(seed)")
        for (blob, bytes) in published.blobs {
            #expect(world.nodes[nodes[4]].blob(blob) == bytes, "seed \(seed)")
        }
        let records = nodes.flatMap { world.nodes[$0].catalogue.values }
        #expect(!records.contains { !$0.isSignatureValid }, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `of two records with one sequence all nodes keep the same`(seed: UInt64) throws {
        let world = World(seed: seed)
        let nodes = crowd(world, 8)
        _ = world.run(seconds: 30)
        let key = world.nodes[nodes[7]].key
        let wall = world.moment(of: nodes[7]).wall
        let records = try ["one", "two"].map { label in
            var content = NodeContent(endpoints: [], services: [])
            content.label = label
            let unsigned = UnsignedRecord(
                publisher: key.publicKey, sequence: wall + 60_000, issued: wall,
                expires: wall + 3_600_000, content: .node(content))
            return try unsigned.signed(key.sign(unsigned.signingInput))
        }
        world.crash(nodes[7])
        for (node, record) in zip([nodes[0], nodes[6]], records) {
            world.feed(node, .recordSigned(record))
        }
        let living = Array(nodes.prefix(7))
        #expect(world.run(seconds: 400) { areEqual(world, living) }, "seed \(seed)")
        let place = SlotKey(publisher: key.publicKey, type: .node, slot: .only)
        let kept = world.nodes[nodes[3]].catalogue[place]?.id
        #expect(kept == records.map(\.id).min(), "seed \(seed)")
    }

    @Test func `the trace of a seed is the same in debug and release, on every machine`() throws {
        let world = World(seed: 2026)
        world.weather.lossPerMille = 10
        let nodes = crowd(world, 6)
        let published = try layer(world, by: nodes[0], "golden", sizes: [1_500_000])
        world.nodes[nodes[0]].share(published, in: world)
        world.feed(nodes[5], .fetch(1, FetchRequest(layer: published.manifest.layer)))
        _ = world.run(seconds: 60)
        #expect(world.trace.hexadecimal == Self.goldenTrace)
        #expect(world.nodes[nodes[5]].has(published.manifest.layer))
    }

    /// Changes whenever behaviour or wire format change: then check why, and put the new one here.
    private static let goldenTrace =
        "bdd669554a5fc27c3d229375eb8dec6dc42fbda0a415ab96c5c053353512e39f"
}
