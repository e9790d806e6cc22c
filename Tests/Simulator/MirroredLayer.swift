import Genome
import Swarm
import Wire

/// A publisher and nodes that fetched its layer and say so, 20 ms or less from each other.
package struct MirroredLayer {
    /// Bytes of a file with 196 leaves.
    package static let size = 3_200_000

    package let world: World
    /// The publisher first.
    package let nodes: [Int]
    package let published: PublishedLayer

    package var layer: Digest { published.manifest.layer }
    package var publisher: SimulatedNode { world.nodes[nodes[0]] }

    /// Nil where the layer did not reach all, or not all said so.
    package init?(_ trial: Trial, mirrors: Int = 2, sizes: [Int] = [MirroredLayer.size]) {
        let world = World(trial)
        self.world = world
        world.weather.isSteady = true
        world.weather.delay = 8_000_000...10_000_000
        nodes = (0...mirrors).map { _ in world.addNode() }
        for node in nodes.dropFirst() { world.join(node, to: nodes[0]) }
        let own = world.nodes[nodes[0]]
        guard
            let published = try? PublishedLayer(
                by: own.key, name: "sample", sizes: sizes, seed: 99)
        else { return nil }
        self.published = published
        own.share(published, in: world)
        let layer = published.manifest.layer
        for mirror in nodes.dropFirst() {
            _ = world.run(seconds: 60) { world.nodes[mirror].catalogue.count >= 3 }
            world.feed(mirror, .fetch(1, FetchRequest(layer: layer)))
            guard world.run(seconds: 300, until: { world.nodes[mirror].has(layer) }) else {
                return nil
            }
            world.feed(mirror, .layerHeld(published.held))
        }
        let isSaid = world.run(seconds: 120) {
            own.catalogue.values.count { $0.type == .mirror } == mirrors
        }
        guard isSaid else { return nil }
    }

    /// The publisher demands proofs now; who answered how.
    package func ask(
        _ number: RoundNumber = 1, steps: Int = ChallengeLimits.dailySteps
    ) -> [NodeKey: ChallengeReport.End] {
        let wish = ChallengeWish(layer: layer, contracts: [], steps: steps)
        world.feed(nodes[0], .challengeHolders(number, wish))
        _ = world.run(seconds: 60) { publisher.auditor.reports[number] != nil }
        let rows = publisher.auditor.reports[number]?.rows ?? []
        return Dictionary(rows.map { ($0.mirror, $0.end) }, uniquingKeysWith: { one, _ in one })
    }

    package func key(_ node: Int) -> NodeKey { world.nodes[nodes[node]].key.publicKey }

    /// So long that every blob may be asked for again.
    package func waitAnHour() { _ = world.run(seconds: 3_700) }
}
