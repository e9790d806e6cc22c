import Wire

/// Who should keep a layer, of those who could: an order that every node which knows the same
/// works out alike, without a word to any other.
///
/// Rendezvous hashing (Thaler and Ravishankar 1998): each candidate draws numbers from its key and
/// the layer's id, as many as it has weight, and its highest counts; so it comes first with a
/// chance in proportion to its weight, a candidate that comes or goes moves no other, and weights
/// need no logarithms, which processors round differently. On top of that no network has a second
/// copy before each has one that can, and among equals no region.
public enum Placement {
    /// The first `count` of the candidates in the order in which they should keep a layer of `size`
    /// bytes beside those that do. Those that cannot are left out.
    public static func order(
        _ candidates: [MirrorCandidate], beside holders: [MirrorCandidate] = [],
        for layer: Digest, size: UInt64, count: Int
    ) -> [NodeKey] {
        var crowds = Crowds()
        for holder in holders { crowds.add(holder) }
        var rest = drawn(candidates, for: layer, size: size)
        var chosen: [NodeKey] = []
        while chosen.count < count, let next = crowds.takeBest(of: &rest) {
            crowds.add(next)
            chosen.append(next.node)
        }
        return chosen
    }

    /// Those that can keep it, the highest draw first.
    private static func drawn(
        _ candidates: [MirrorCandidate], for layer: Digest, size: UInt64
    ) -> [MirrorCandidate] {
        var drawn: [(candidate: MirrorCandidate, draw: UInt64)] = []
        for candidate in candidates {
            let weight = candidate.weight(for: size)
            guard weight > 0 else { continue }
            drawn.append((candidate, draw(of: candidate.node, for: layer, weight: weight)))
        }
        drawn.sort { one, other in
            one.draw != other.draw
                ? one.draw > other.draw : one.candidate.node < other.candidate.node
        }
        return drawn.map(\.candidate)
    }

    /// How many of those that are chosen lie in each network and region. Those of whom none is
    /// known are in one together: who says nothing of where it is gains nothing by it.
    private struct Crowds {
        private var networks: [Subnet?: Int] = [:]
        private var regions: [String?: Int] = [:]

        mutating func add(_ candidate: MirrorCandidate) {
            networks[candidate.network, default: 0] += 1
            regions[candidate.region, default: 0] += 1
        }

        /// Takes out the first of the least crowded network, and of these of the least crowded
        /// region.
        func takeBest(of rest: inout [MirrorCandidate]) -> MirrorCandidate? {
            func crowd(_ candidate: MirrorCandidate) -> (Int, Int) {
                (networks[candidate.network] ?? 0, regions[candidate.region] ?? 0)
            }
            guard let first = rest.first else { return nil }
            var best = (index: 0, crowd: crowd(first))
            for index in rest.indices.dropFirst() {
                let found = crowd(rest[index])
                if found < best.crowd { best = (index, found) }
            }
            return rest.remove(at: best.index)
        }
    }

    /// The highest of so many numbers that belong to a node and a layer.
    static func draw(of node: NodeKey, for layer: Digest, weight: Int) -> UInt64 {
        let (one, other) = (layer.words, node.digest.words)
        var seed: UInt64 = 0
        for word in [one.0, one.1, one.2, one.3, other.0, other.1, other.2, other.3] {
            seed = mix(seed ^ word)
        }
        return (0..<weight).reduce(0) { max($0, mix(seed &+ UInt64($1))) }
    }

    /// SplitMix64's step (Steele, Lea and Flood 2014): each bit of the result hangs on all of the
    /// input.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
