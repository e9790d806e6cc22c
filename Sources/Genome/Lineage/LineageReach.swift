/// Which nodes of a graph are reached from one of them, and in how few steps: breadth first over
/// numbered nodes. Circles, doubled edges and nodes without edges are all allowed.
public struct LineageReach: Equatable, Sendable {
    /// The nodes that were reached, the start first, then by distance and in the order found.
    public private(set) var nodes: [Int] = []
    /// Steps from the start to each of `nodes`.
    public private(set) var depths: [Int] = []
    /// Whether nodes were left out because there were more than were asked for.
    public private(set) var isCut = false

    /// Follows `edges`, given as two lists of equal length with numbers from 0 to below `count`.
    /// With `isUp` from source to target, else back. At most `depth` steps and `limit` nodes.
    public init(
        from start: Int, sources: [Int32], targets: [Int32], count: Int, isUp: Bool,
        depth: Int = .max, limit: Int = .max
    ) {
        precondition(sources.count == targets.count && (0..<count).contains(start))
        let (heads, tails) = isUp ? (sources, targets) : (targets, sources)
        // Where the edges of each node begin in one list sorted by node: counted, then filled.
        var places = [Int32](repeating: 0, count: count + 1)
        for head in heads { places[Int(head) + 1] += 1 }
        for node in 0..<count { places[node + 1] += places[node] }
        var next = places
        var sorted = [Int32](repeating: 0, count: tails.count)
        for (index, head) in heads.enumerated() {
            sorted[Int(next[Int(head)])] = tails[index]
            next[Int(head)] += 1
        }
        var isSeen = [Bool](repeating: false, count: count)
        isSeen[start] = true
        nodes.append(start)
        depths.append(0)
        var done = 0
        while done < nodes.count {
            let (node, steps) = (nodes[done], depths[done])
            done += 1
            guard steps < depth else { continue }
            for place in places[node]..<places[node + 1] {
                let other = Int(sorted[Int(place)])
                guard !isSeen[other] else { continue }
                guard nodes.count < limit else {
                    isCut = true
                    return
                }
                isSeen[other] = true
                nodes.append(other)
                depths.append(steps + 1)
            }
        }
    }
}
