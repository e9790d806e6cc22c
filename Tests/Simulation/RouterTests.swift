import Genome
import Simulator
import Swarm
import Testing
import Wire

/// Nodes behind routers of every kind.
@Suite struct RouterTests {
    private func place(_ last: UInt8, port: UInt16 = 4747) throws -> Endpoint {
        try #require(Endpoint(bytes: [9, 9, 9, last], port: port))
    }

    @Test func `a router lets in whom its kind lets in`() throws {
        let (called, neighbour, stranger) = (try place(1), try place(1, port: 9), try place(2))
        let expected: [SimulatedNat.Kind: [Bool]] = [
            .fullCone: [true, true, true], .restricted: [true, true, false],
            .portRestricted: [true, false, false], .symmetric: [true, false, false],
        ]
        for (kind, outcome) in expected {
            var nat = SimulatedNat(kind)
            #expect(nat.letIn(to: 4747, from: called) == nil, "nothing is lent yet")
            let port = nat.callOut(from: 4747, to: called)
            #expect(
                [called, neighbour, stranger].map { nat.letIn(to: port, from: $0) == 4747 }
                    == outcome, "\(kind)")
            let other = nat.callOut(from: 4747, to: stranger)
            #expect((other == port) == (kind != .symmetric))
        }
    }

    /// Two nodes behind routers, three relays, and a layer that only the first one serves.
    private func twoLaboratories(
        _ one: SimulatedNat.Kind, _ other: SimulatedNat.Kind, seed: UInt64
    ) throws -> (world: World, a: Int, b: Int, layer: Digest) {
        let world = World(seed: seed)
        world.weather.isSteady = true
        let relays = (0..<3).map { _ in world.addNode(.open(relay: RelayOffer())) }
        let (a, b) = (world.addNode(.behind(one)), world.addNode(.behind(other)))
        for node in [a, b] { for relay in relays { world.join(node, to: relay) } }
        let published = try PublishedLayer(
            by: world.nodes[a].key, name: "sample", sizes: [3_000_000], seed: 9,
            isPeerToPeer: false)
        world.nodes[a].share(published, in: world)
        let layer = published.manifest.layer
        #expect(
            world.run(seconds: 60) {
                world.knows(b, layer) && world.nodes[a].swarm.reach.relays.count == 2
            })
        return (world, a, b, layer)
    }

    /// How the session between two nodes runs.
    private func path(_ world: World, _ from: Int, _ to: Int) -> SessionPath? {
        world.nodes[from].swarm.sessions.values.first {
            $0.facts.peer == world.nodes[to].key.publicKey
        }?.facts.path
    }

    @Test(arguments: ScenarioTests.seeds.prefix(4))
    func `cones get a connection of their own, symmetric routers stay relayed`(
        seed: UInt64
    ) throws {
        for (kind, isPunched) in [(SimulatedNat.Kind.portRestricted, true), (.symmetric, false)] {
            let (world, a, b, layer) = try twoLaboratories(kind, kind, seed: seed)
            world.feed(b, .fetch(1, FetchRequest(layer: layer)))
            #expect(world.run(seconds: 60) { world.nodes[b].statuses[1]?.phase == .done })
            #expect(world.nodes[b].blob(layer) == world.nodes[a].blob(layer))
            var wasPunched = path(world, b, a) == .punched
            _ = world.run(seconds: 20) {
                wasPunched = wasPunched || path(world, b, a) == .punched
                return wasPunched
            }
            #expect(wasPunched == isPunched, "\(kind)")
        }
    }

    @Test(arguments: ScenarioTests.seeds.prefix(4))
    func `a relay that dies is replaced, and fetches go on over the others`(seed: UInt64) throws {
        let (world, a, b, layer) = try twoLaboratories(.symmetric, .symmetric, seed: seed)
        let first = try #require(world.nodes[a].swarm.reach.relays.first?.key)
        let dead = try #require(world.nodes.first { $0.key.publicKey == first }?.index)
        world.feed(b, .fetch(1, FetchRequest(layer: layer)))
        world.crash(dead)
        #expect(world.run(seconds: 120) { world.nodes[b].statuses[1]?.isOver == true })
        #expect(
            world.run(seconds: 120) {
                let relays = world.nodes[a].swarm.reach.relays.map(\.key)
                return relays.count == 2 && !relays.contains(first)
            })
        if world.nodes[b].statuses[1]?.phase != .done {
            world.feed(b, .fetch(2, FetchRequest(layer: layer)))
            #expect(world.run(seconds: 60) { world.nodes[b].statuses[2]?.phase == .done })
        }
    }

    @Test func `relayed sessions that nobody uses end by themselves`() throws {
        let (world, a, b, layer) = try twoLaboratories(.symmetric, .symmetric, seed: 1)
        world.feed(b, .fetch(1, FetchRequest(layer: layer)))
        #expect(world.run(seconds: 60) { world.nodes[b].statuses[1]?.phase == .done })
        #expect(path(world, b, a)?.isRelayed == true)
        #expect(world.run(seconds: 120) { path(world, b, a) == nil && path(world, a, b) == nil })
        #expect(world.nodes.prefix(3).allSatisfy { $0.swarm.reach.desk?.circuits == 0 })
    }
}
