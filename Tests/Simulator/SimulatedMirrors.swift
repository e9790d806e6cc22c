import Genome
import Swarm
import Wire

/// A publisher whose layers some nodes mirror, each by itself, up to a number of copies.
package final class SimulatedMirrors {
    package let world: World
    package let publisher: Int
    package private(set) var mirrors: [Int] = []
    package private(set) var layers: [PublishedLayer] = []
    /// Copies that should live of each layer.
    package let target: Int
    /// Seconds for which a holder may be away.
    package let patience: UInt64
    /// Most copies of one layer at one time, the fewest that were there at once when none should
    /// have been missing, and whether one was ever lost.
    package private(set) var most = 0
    package private(set) var isLost = false

    /// A world of its own seed, with mirrors in networks of their own.
    package init(
        _ trial: Trial, mirrors count: Int, layers layerCount: Int = 4, target: Int,
        patience: UInt64 = 60, kilobytes: Int = 2_000, pace: LayerSpread.Pace = .immediate
    ) throws {
        world = World(trial)
        self.target = target
        self.patience = patience
        publisher = world.addNode(.open())
        let key = world.nodes[publisher].key
        for _ in 0..<world.log.nodes(count, least: min(count, 2 * target)) {
            let node = world.addNode(.open())
            mirrors.append(node)
            world.lines[node] = WorldLine(SimulatedTransfer.line)
        }
        world.lines[publisher] = WorldLine(SimulatedTransfer.line)
        for node in mirrors { world.join(node, to: publisher) }
        for pair in zip(mirrors, mirrors.dropFirst()) { world.join(pair.1, to: pair.0) }
        _ = world.run(seconds: 30)
        var wanted = MirrorSettings()
        wanted.rules = [.init(.publisher(key.publicKey))]
        wanted.patience = patience
        for node in mirrors { world.nodes[node].mirror(wanted, in: world) }
        _ = world.run(seconds: 40)
        for number in world.rounds(layerCount) {
            let layer = try PublishedLayer(
                by: key, name: "layer\(number)", sizes: [kilobytes << 10],
                seed: trial.seed &+ UInt64(number))
            layers.append(layer)
            var held = layer.held
            held.take([try Self.spread(layer, by: key, target, pace)])
            world.nodes[publisher].share(layer, as: held, in: world)
        }
    }

    private static func spread(
        _ layer: PublishedLayer, by key: SigningKey, _ target: Int, _ pace: LayerSpread.Pace
    ) throws -> (statement: Statement, envelope: [UInt8]) {
        let statement = try Statement.make(
            kind: .propagation, layer: layer.manifest.layer, publisher: key.publicKey, sequence: 1,
            issued: 1_760_000_000,
            body: JSONObject([
                .init(name: "policy", value: .string(pace.name)),
                .init(name: "replicas", value: .integer(Int64(target))),
            ]))
        return (statement, statement.signed(by: key).encode())
    }

    /// Nodes that live and keep a layer for good: the publisher and mirrors.
    package func keepers(of layer: PublishedLayer) -> [Int] {
        let id = layer.manifest.layer
        return ([publisher] + mirrors).filter { node in
            world.nodes[node].isUp && world.nodes[node].has(id)
                && (node == publisher || world.nodes[node].copies.kept.contains(id))
        }
    }

    /// Whether each layer has as many copies as it should, or more.
    package var isWhole: Bool { layers.allSatisfy { keepers(of: $0).count >= target } }

    /// The most copies that a layer has now.
    package var mostNow: Int { layers.map { keepers(of: $0).count }.max() ?? 0 }

    /// Runs until all is whole or the time is over; seconds that it took, nil where it is not.
    package func heal(within limit: UInt64) -> Double? {
        let start = world.now
        while world.now - start < limit * 1_000_000_000 {
            if isWhole { return Double(world.now - start) / 1e9 }
            run(seconds: 1)
        }
        return isWhole ? Double(world.now - start) / 1e9 : nil
    }

    /// Runs and looks each second.
    package func run(seconds: UInt64) {
        for _ in 0..<seconds {
            _ = world.run(seconds: 1)
            most = max(most, mostNow)
            let isAnyLost = layers.contains { layer in
                !([publisher] + mirrors).contains { world.nodes[$0].has(layer.manifest.layer) }
            }
            isLost = isLost || isAnyLost
        }
    }

    /// Kills some of those mirrors that keep the most.
    package func kill(_ count: Int) -> [Int] {
        let order = mirrors.filter { world.nodes[$0].isUp }.sorted { one, other in
            (world.nodes[other].copies.kept.count, one)
                < (world.nodes[one].copies.kept.count, other)
        }
        let victims = Array(order.prefix(count))
        for node in victims { world.crash(node) }
        return victims
    }

    /// Starts a node again from its store.
    package func restart(_ node: Int) {
        world.restart(node)
        world.join(node, to: publisher)
    }

    /// Copies that were begun, over all mirrors.
    package var begun: Int { mirrors.reduce(0) { $0 + world.nodes[$1].copies.begun } }
}
