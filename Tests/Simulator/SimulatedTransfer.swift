import Genome
import Swarm
import Wire

/// A layer of one file that some nodes have and others fetch, over lines with a speed.
package final class SimulatedTransfer {
    /// A tenth of a gigabit a second, in bytes.
    package static let line: UInt64 = 12_500_000

    package let world: World
    package let layer: PublishedLayer
    /// Who has it at the beginning, and who fetches it.
    package let sources: [Int]
    package let targets: [Int]
    /// Seconds after the fetches began until each target had the layer.
    package private(set) var seconds: [Int: Double] = [:]
    private let size: Int

    /// Nodes that know each other; the first source published the layer of `megabytes` MiB, of
    /// weights or of what is never coded. The last `oldSources` know nothing of coding.
    package init(
        _ trial: Trial, sources: Int, targets: Int, megabytes: Int, line: UInt64 = line,
        delay: ClosedRange<UInt64> = 1_000_000...2_000_000, isChain: Bool = false,
        isWeights: Bool = false, oldSources: Int = 0
    ) throws {
        let world = World(trial)
        world.weather.delay = delay
        self.world = world
        self.sources = (0..<sources).map { _ in world.addNode() }
        let targetCount = world.log.nodes(targets, least: min(targets, 2))
        self.targets = (0..<targetCount).map { _ in world.addNode() }
        for node in self.sources.suffix(oldSources) { world.nodes[node].isOld = true }
        size = megabytes << 20
        layer = try PublishedLayer(
            by: world.nodes[0].key, name: "sample", sizes: [size], seed: trial.seed,
            suffix: isWeights ? "safetensors" : "bin")
        for node in self.sources + self.targets {
            world.lines[node] = WorldLine(line)
            if isChain { world.nodes[node].dialsOnly = max(0, node - 1) }
            if node > 0 { world.join(node, to: isChain ? node - 1 : 0) }
        }
        world.nodes[0].share(layer, in: world)
        _ = world.run(seconds: 20)
        for node in self.sources.dropFirst() {
            world.nodes[node].share(layer, in: world)
        }
        _ = world.run(seconds: 20)
    }

    /// The layer.
    package var id: Digest { layer.manifest.layer }

    /// Has all targets fetch, each so many seconds after the one before, and waits until all have
    /// the layer; whether they do. `meanwhile` is called each 50 ms with the seconds gone by.
    package func run(
        within limit: UInt64, apart: Double = 0, meanwhile: (Double) -> Void = { _ in }
    ) -> Bool {
        let start = world.now
        var waiting = targets
        while world.now - start < limit * 1_000_000_000 {
            let spent = Double(world.now - start) / 1e9
            while let next = waiting.first, Double(targets.count - waiting.count) * apart <= spent {
                waiting.removeFirst()
                world.feed(next, .fetch(1, FetchRequest(layer: id)))
            }
            meanwhile(spent)
            world.run(milliseconds: 50)
            for node in targets where seconds[node] == nil {
                if world.nodes[node].has(id) {
                    seconds[node] = Double(world.now - start) / 1e9
                } else if let last = world.nodes[node].statuses.keys.max(),
                    world.nodes[node].isUp, world.nodes[node].statuses[last]?.isOver == true
                {
                    // Its owner asks again.
                    world.feed(node, .fetch(last + 1, FetchRequest(layer: id)))
                }
            }
            if targets.allSatisfy({ seconds[$0] != nil || !world.nodes[$0].isUp }) { return true }
        }
        return false
    }

    /// The part of the layer that has come to a target.
    package func part(of target: Int) -> Double {
        let statuses = world.nodes[target].statuses
        let last = statuses.keys.max().flatMap { statuses[$0] }
        return Double(last.map { $0.received + $0.reused } ?? 0) / Double(size)
    }

    /// The longest time of a target.
    package var slowest: Double { seconds.values.max() ?? .infinity }

    /// Times the size that left the sources.
    package var copies: Double {
        let bytes = sources.reduce(UInt64(0)) { $0 + (world.lines[$1]?.sent ?? 0) }
        return Double(bytes) / Double(size)
    }

    /// Times the size that came to the target where it was most.
    package var received: Double {
        let most = targets.map { world.lines[$0]?.received ?? 0 }.max() ?? 0
        return Double(most) / Double(size)
    }

    /// Times the size divided by the line: what one target takes at least.
    package func ideal(_ line: UInt64 = line) -> Double { Double(size) / Double(line) }
}
