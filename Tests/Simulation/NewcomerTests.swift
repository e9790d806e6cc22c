import Genome
import Simulator
import Swarm
import Testing
import Wire

/// Nodes that know nobody, hold nothing, or have another's key.
@Suite struct NewcomerTests {
    /// So many nodes that know the first, each of which has shared a layer.
    private func laboratory(_ world: World, _ count: Int) throws -> [Int] {
        let nodes = (0..<count).map { _ in world.addNode() }
        for node in nodes.dropFirst() { world.join(node, to: nodes[0]) }
        for node in nodes {
            let layer = try PublishedLayer(
                by: world.nodes[node].key, name: "layer\(node)", sizes: [100],
                seed: UInt64(node + 1))
            world.nodes[node].share(layer, in: world)
        }
        let isAgreed = world.run(seconds: 120) {
            nodes.allSatisfy { node in
                world.nodes[node].swarm.standing == .whole
                    && world.nodes[node].catalogue.values.filter { $0.type == .layer }.count
                        == count
            }
        }
        #expect(isAgreed)
        return nodes
    }

    private func ask(
        _ world: World, _ node: Int, _ number: SearchNumber = 1
    ) throws -> SearchResult {
        world.feed(node, .search(number, try LayerQuery([])))
        #expect(world.run(seconds: 5) { world.nodes[node].searches[number] != nil })
        return try #require(world.nodes[node].searches[number])
    }

    @Test(arguments: ScenarioTests.seeds)
    func `a light node finds every layer and who hides one, and keeps little`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        let nodes = try laboratory(world, 6)
        let light = world.addNode()
        world.nodes[light].become(light: true)
        world.restart(light)
        for node in nodes { world.join(light, to: node) }
        _ = world.run(seconds: 20)
        let hidden = try #require(world.nodes[nodes[3]].heldLayers.first).layer
        world.nodes[nodes[2]].hides = [hidden]
        let result = try ask(world, light)
        #expect(Set(result.records.map(\.id)).count == 6, "seed \(seed)")
        #expect(result.asked.count == 6)
        let lacking = result.asked.filter { $0.lacking > 0 }
        #expect(lacking.map(\.node) == [world.nodes[nodes[2]].key.publicKey], "seed \(seed)")
        // Nothing but itself and what it found; and others hear of it.
        _ = world.run(seconds: 60)
        #expect(world.nodes[light].catalogue.count <= 8)
        let key = world.nodes[light].key.publicKey
        #expect(
            nodes.allSatisfy { node in
                world.nodes[node].catalogue.keys.contains { $0.publisher == key }
            })
    }

    @Test(arguments: ScenarioTests.seeds)
    func `one liar spoils no search`(seed: UInt64) throws {
        let world = World(seed: seed)
        let nodes = try laboratory(world, 4)
        let light = world.addNode()
        world.nodes[light].become(light: true)
        world.restart(light)
        for node in nodes { world.join(light, to: node) }
        _ = world.run(seconds: 20)
        world.nodes[nodes[1]].isByzantine = true
        let result = try ask(world, light)
        #expect(result.records.count == 4 && result.records.allSatisfy(\.isSignatureValid))
        let wrong = result.asked.filter { if case .wrong = $0.answer { true } else { false } }
        #expect(wrong.map(\.node) == [world.nodes[nodes[1]].key.publicKey], "seed \(seed)")
    }

    @Test(arguments: ScenarioTests.seeds)
    func `two nodes with one key are both told`(seed: UInt64) throws {
        let world = World(seed: seed)
        let nodes = try laboratory(world, 3)
        let twin = world.addNode()
        world.nodes[twin].become(twinOf: world.nodes[nodes[1]])
        world.restart(twin)
        world.join(twin, to: nodes[0])
        let areTold = world.run(seconds: 180) {
            [nodes[1], twin].allSatisfy { world.nodes[$0].swarm.twin != nil }
        }
        #expect(areTold, "seed \(seed)")
        #expect([nodes[0], nodes[2]].allSatisfy { world.nodes[$0].swarm.twin == nil })
    }

    @Test(arguments: ScenarioTests.seeds)
    func `a list of nodes leads a node that knows nobody into the network`(seed: UInt64) throws {
        let world = World(seed: seed)
        let nodes = try laboratory(world, 4)
        world.crash(nodes[3])
        let newcomer = world.addNode()
        let peers = nodes.map {
            PeerAddress(
                key: world.nodes[$0].key.publicKey, endpoints: [world.nodes[$0].endpoint])
        }
        world.feed(newcomer, .bootstrap(peers, by: world.nodes[nodes[0]].key.publicKey))
        #expect(
            world.run(seconds: 60) { world.nodes[newcomer].swarm.standing == .whole },
            "seed \(seed)")
    }
}
