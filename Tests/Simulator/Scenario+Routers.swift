import Swarm
import Wire

/// Nodes behind routers.
extension Scenario {
    static let routers: [Scenario] = [
        Scenario(
            name: "nat",
            goal: "40 whole nodes, 12 of them behind routers of four kinds, 4 that relay: all news "
                + "reaches all in 60 s, and every node fetches what every other one alone serves",
            isQuick: true
        ) { trial in nat(trial, open: 24, relays: 4, hidden: 12) }
    ]

    private static func nat(_ trial: Trial, open: Int, relays: Int, hidden: Int) -> Outcome {
        let world = World(trial)
        // A stream keeps its order.
        world.weather.isSteady = true
        for _ in 0..<relays { _ = world.addNode(.open(relay: RelayOffer())) }
        let openCount = world.log.nodes(open, least: 8)
        for _ in 0..<openCount { _ = world.addNode(.open()) }
        let behind = (0..<world.log.nodes(hidden, least: 4)).map { number in
            world.addNode(.behind(SimulatedNat.Kind.allCases[number % 4]))
        }
        let callable = openCount + relays
        for index in world.nodes.indices where index > 0 {
            for _ in 0..<2 {
                let other = Int.random(in: 0..<min(index, callable), using: &world.generator)
                world.join(index, to: other)
            }
        }
        let known = world.run(seconds: 120) {
            behind.allSatisfy { node in
                let reach = world.nodes[node].swarm.reach
                return reach.state == .reachable || reach.relays.count == 2
            }
        }
        let began = world.now
        let layers = world.nodes.indices.map {
            world.share("layer\($0)", by: $0, isPeerToPeer: false)
        }
        let isHeard = world.run(seconds: 60) {
            world.nodes.indices.allSatisfy { node in
                layers.allSatisfy { world.knows(node, $0) }
            }
        }
        let spent = (world.now - began) / 1_000_000
        let fetched = fetchAll(layers, in: world)
        let all = layers.count * (layers.count - 1)
        let punched = behind.reduce(0) { $0 + Int(world.nodes[$1].swarm.reach.punches.succeeded) }
        let passed = world.nodes.prefix(relays).reduce(0) {
            $0 + ($1.swarm.reach.desk?.counters.bytes ?? 0)
        }
        return world.outcome(
            "news in \(isHeard ? "\(spent) ms" : "never"), \(fetched) of \(all) fetched, "
                + "\(punched) punches, \(passed / 1024) KiB relayed"
                + (known ? "" : ", some without relays"),
            [
                "all find relays": known, "all hear of all": isHeard,
                "all is fetched": fetched == all,
            ])
    }

    /// Each node fetches each other's layer, one at a time; how many came.
    private static func fetchAll(_ layers: [Digest], in world: World) -> Int {
        for step in 1..<layers.count {
            let number = FetchNumber(step)
            for node in world.nodes.indices {
                let layer = layers[(node + step) % layers.count]
                world.feed(node, .fetch(number, FetchRequest(layer: layer)))
            }
            _ = world.run(seconds: 60) {
                world.nodes.allSatisfy { $0.statuses[number]?.isOver == true }
            }
        }
        return world.nodes.reduce(0) { sum, node in
            sum + node.statuses.values.count { $0.phase == .done }
        }
    }
}
