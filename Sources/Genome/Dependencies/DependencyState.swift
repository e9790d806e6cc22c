import Wire

/// One way through the demands as far as it was gone: which layers are taken, what they demand and
/// who leads to whom.
struct DependencyState {
    /// A demand of a layer that was taken.
    struct Demand {
        let by: Int
        let dependency: LayerDependency
    }

    /// The layers that are taken, by their places in the list of candidates; the root first.
    private(set) var taken: [Int] = []
    private(set) var edges: [Int: [Int]] = [:]
    private var versions: [LayerPlace: Int] = [:]
    private var conflicts: [LayerDependency.Target] = []
    /// Demands, those before `next` being met.
    var demands: [Demand] = []
    var next = 0

    /// Takes a candidate and what it demands; false if it does not go with those taken.
    mutating func take(
        _ index: Int, _ candidate: DependencyCandidate, among all: [DependencyCandidate],
        without ignored: Set<DependencyClause>
    ) -> Bool {
        if let place = candidate.place {
            guard versions.updateValue(index, forKey: place) == nil else { return false }
        }
        guard !conflicts.contains(where: { candidate.isMeant(by: $0) }) else { return false }
        taken.append(index)
        for (number, dependency) in candidate.dependencies.enumerated()
        where !ignored.contains(DependencyClause(candidate: index, number: number)) {
            switch dependency.kind {
            case "requires" where dependency.isRequired:
                demands.append(Demand(by: index, dependency: dependency))
            case "conflicts-with" where dependency.isRequired:
                conflicts.append(dependency.target)
                let clashes = taken.contains { all[$0].isMeant(by: dependency.target) }
                guard !clashes else { return false }
            default: break
            }
        }
        return true
    }

    /// The candidate that is taken for the place, if any.
    func version(at place: LayerPlace?) -> Int? { place.flatMap { versions[$0] } }

    /// Notes that one layer leads to another; the circle that this closes, if it does.
    mutating func connect(_ from: Int, to: Int) -> [Int]? {
        if let path = path(from: to, to: from) { return path + [to] }
        if edges[from]?.contains(to) != true { edges[from, default: []].append(to) }
        return nil
    }

    private func path(from: Int, to: Int) -> [Int]? {
        var seen: Set<Int> = [from]
        var paths = [[from]]
        while let path = paths.popLast() {
            guard let end = path.last else { continue }
            if end == to { return path }
            for next in (edges[end] ?? []).reversed() where seen.insert(next).inserted {
                paths.append(path + [next])
            }
        }
        return nil
    }

    /// Everything that is taken, each behind what it leads to, without the first.
    var order: [Int] {
        guard let root = taken.first else { return [] }
        var order: [Int] = []
        var seen: Set<Int> = [root]
        var open = [(root, 0)]
        while let (index, number) = open.last {
            let targets = edges[index] ?? []
            if number < targets.count {
                open[open.count - 1].1 += 1
                if seen.insert(targets[number]).inserted { open.append((targets[number], 0)) }
            } else {
                order.append(index)
                open.removeLast()
            }
        }
        return order.dropLast()
    }
}

/// One line of a candidate's dependencies.
struct DependencyClause: Hashable {
    let candidate: Int
    let number: Int
}
