import Genome
import Simulator
import Swarm
import Testing
import Wire

/// Disasters with names; a failure prints the seed that repeats it.
@Suite struct ScenarioTests {
    static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6, 7, 8]

    /// A chain A–B–C in which each knows only the one before.
    private func chain(_ world: World) -> [Int] {
        let nodes = [world.addNode(), world.addNode(), world.addNode()]
        world.join(nodes[1], to: nodes[0])
        world.join(nodes[2], to: nodes[1])
        return nodes
    }

    private func layer(
        _ world: World, by node: Int, sizes: [Int] = [100, 40_000, 2_500_000]
    ) throws -> PublishedLayer {
        try PublishedLayer(
            by: world.nodes[node].key, name: "sample", sizes: sizes, seed: 99)
    }

    private func fetch(_ world: World, _ node: Int, _ layer: Digest, number: UInt64 = 1) {
        world.feed(node, .fetch(number, FetchRequest(layer: layer)))
    }

    @Test(arguments: seeds)
    func `a layer reaches a node that never met its publisher, after the publisher died`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        let nodes = chain(world)
        let published = try layer(world, by: nodes[0])
        world.nodes[nodes[0]].share(published, in: world)
        let id = published.manifest.layer
        #expect(world.run(seconds: 20) { world.nodes[nodes[1]].catalogue.count >= 3 })
        fetch(world, nodes[1], id)
        #expect(world.run(seconds: 60) { world.nodes[nodes[1]].has(id) })
        _ = world.run(seconds: 20)
        world.crash(nodes[0])
        fetch(world, nodes[2], id)
        #expect(world.run(seconds: 60) { world.nodes[nodes[2]].has(id) }, "seed \(seed)")
        for (blob, bytes) in published.blobs {
            #expect(world.nodes[nodes[2]].blob(blob) == bytes)
        }
        let status = try #require(world.nodes[nodes[2]].statuses[1])
        #expect(status.sources.map(\.node) == [world.nodes[nodes[1]].key.publicKey])
        #expect(status.received == status.size && status.reused == 0)
    }

    @Test(arguments: seeds)
    func `messages lost, doubled and overtaking each other do not stop a fetch`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        world.weather.lossPerMille = 50
        world.weather.duplicationPerMille = 50
        let nodes = chain(world)
        let published = try layer(world, by: nodes[0], sizes: [1_000, 3_000_000])
        world.nodes[nodes[0]].share(published, in: world)
        let id = published.manifest.layer
        fetch(world, nodes[2], id)
        let isHere = world.run(seconds: 1200) {
            if world.nodes[nodes[2]].statuses[1]?.isOver == true,
                !world.nodes[nodes[2]].has(id)
            {
                fetch(world, nodes[2], id)
            }
            return world.nodes[nodes[2]].has(id)
        }
        #expect(isHere, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a fetching node that crashes goes on where it was`(seed: UInt64) throws {
        let world = World(seed: seed)
        world.weather.delay = 50_000_000...600_000_000
        let nodes = chain(world)
        let published = try layer(world, by: nodes[0], sizes: [40 << 20])
        world.nodes[nodes[0]].share(published, in: world)
        #expect(world.run(seconds: 20) { world.nodes[nodes[1]].catalogue.count >= 3 })
        fetch(world, nodes[1], published.manifest.layer)
        let isHalf = world.run(seconds: 60) {
            (world.nodes[nodes[1]].statuses[1]?.received ?? 0) > 10 << 20
        }
        #expect(isHalf)
        world.crash(nodes[1])
        #expect(!world.run(seconds: 5))
        world.restart(nodes[1])
        world.join(nodes[1], to: nodes[0])
        fetch(world, nodes[1], published.manifest.layer, number: 2)
        let id = published.manifest.layer
        #expect(world.run(seconds: 120) { world.nodes[nodes[1]].has(id) }, "seed \(seed)")
        let status = try #require(world.nodes[nodes[1]].statuses[2])
        // Of the first group parts were in memory only.
        #expect(status.reused > 9 << 20 && status.received + status.reused == status.size)
    }

    @Test(arguments: seeds)
    func `bytes that do not match are refused and the liar is named`(seed: UInt64) throws {
        let world = World(seed: seed)
        let nodes = chain(world)
        let published = try layer(world, by: nodes[0], sizes: [3_000_000])
        world.nodes[nodes[0]].share(published, in: world)
        world.nodes[nodes[0]].isCorrupting = true
        fetch(world, nodes[1], published.manifest.layer)
        let isOver = world.run(seconds: 60) {
            world.nodes[nodes[1]].statuses[1]?.isOver == true
        }
        #expect(isOver)
        guard case .failed(.corrupt(let faults)) = world.nodes[nodes[1]].statuses[1]?.phase else {
            Issue.record("the fetch did not fail for corruption; seed \(seed)")
            return
        }
        #expect(faults.first?.node == world.nodes[nodes[0]].key.publicKey)
        #expect(!world.nodes[nodes[1]].has(published.manifest.layer))
    }

    @Test(arguments: seeds)
    func `a good holder makes up for a lying one`(seed: UInt64) throws {
        let world = World(seed: seed)
        let nodes = chain(world)
        let published = try layer(world, by: nodes[0], sizes: [6_000_000])
        let id = published.manifest.layer
        world.nodes[nodes[0]].share(published, in: world)
        fetch(world, nodes[1], id)
        #expect(world.run(seconds: 60) { world.nodes[nodes[1]].has(id) })
        world.nodes[nodes[0]].isCorrupting = true
        world.join(nodes[2], to: nodes[0])
        #expect(!world.run(seconds: 10))
        fetch(world, nodes[2], id)
        #expect(world.run(seconds: 120) { world.nodes[nodes[2]].has(id) }, "seed \(seed)")
    }

    @Test func `private layers leave no trace outside`() throws {
        func traffic(withPrivate: Bool) throws -> (records: Int, hasLayer: Bool) {
            let world = World(seed: 11)
            let nodes = chain(world)
            let secret = try PublishedLayer(
                by: world.nodes[nodes[0]].key, name: "secret", sizes: [5_000], seed: 5,
                visibility: .private)
            if withPrivate { world.nodes[nodes[0]].share(secret, in: world) }
            _ = world.run(seconds: 30)
            fetch(world, nodes[1], secret.manifest.layer)
            _ = world.run(seconds: 60)
            return (
                world.nodes[nodes[1]].catalogue.count,
                world.nodes[nodes[1]].has(secret.manifest.layer)
            )
        }
        let with = try traffic(withPrivate: true)
        let without = try traffic(withPrivate: false)
        #expect(with.records == without.records)
        #expect(!with.hasLayer && !without.hasLayer)
    }

    @Test func `a layer that is not for peers is not announced again`() throws {
        let world = World(seed: 12)
        let nodes = chain(world)
        let published = try PublishedLayer(
            by: world.nodes[nodes[0]].key, name: "direct", sizes: [5_000], seed: 6,
            isPeerToPeer: false)
        world.nodes[nodes[0]].share(published, in: world)
        fetch(world, nodes[1], published.manifest.layer)
        let id = published.manifest.layer
        #expect(world.run(seconds: 60) { world.nodes[nodes[1]].has(id) })
        #expect(!world.run(seconds: 30))
        #expect(!world.nodes[nodes[2]].catalogue.values.contains { $0.type == .mirror })
    }

    @Test func `the same seed gives the same trace`() throws {
        func trace() throws -> (Digest, Int) {
            let world = World(seed: 77)
            world.weather.lossPerMille = 20
            let nodes = chain(world)
            let published = try layer(world, by: nodes[0], sizes: [2_000_000])
            world.nodes[nodes[0]].share(published, in: world)
            fetch(world, nodes[2], published.manifest.layer)
            _ = world.run(seconds: 60)
            return (world.trace, world.eventCount)
        }
        let first = try trace()
        let second = try trace()
        #expect(first.0 == second.0 && first.1 == second.1)
        #expect(first.1 > 100)
    }
}
