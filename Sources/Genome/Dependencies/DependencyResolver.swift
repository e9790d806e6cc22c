import Wire

/// Finds the layers that a layer needs, or says why there are none.
///
/// Pure and the same everywhere: demands are met in the order in which they come up, each by the
/// highest version that goes with all others, so that the same candidates always give the same
/// lock. Of one publisher's layer only one version is taken. A circle is no way.
public struct DependencyResolver {
    /// Candidates that are tried before it gives up: a family tree of hundreds of layers needs a
    /// few hundred, and a puzzle made to be hard ends within a second.
    public static let stepsMax = 20_000

    /// Most layers that one layer may need.
    public static let layersMax = 256

    /// Demands that are left out one by one to find the smallest set that cannot be met.
    static let clausesMax = 256

    private let candidates: [DependencyCandidate]
    private let root: Int
    private let places: [LayerPlace: [Int]]
    private let layers: [Digest: Int]

    /// A resolver for `root` over everything that is known; `candidates` may stand in any order,
    /// each layer once.
    public init(_ root: DependencyCandidate, candidates: [DependencyCandidate]) {
        let others = candidates.filter { $0.layer != root.layer }
        let all = [root] + others.sorted { $0.layer < $1.layer }
        self.candidates = all
        self.root = 0
        var places: [LayerPlace: [Int]] = [:]
        var layers: [Digest: Int] = [:]
        for (index, candidate) in all.enumerated() {
            if let place = candidate.place { places[place, default: []].append(index) }
            layers[candidate.layer] = index
        }
        // Highest first; of equal versions the lower id, so that the order is nobody's choice.
        self.places = places.mapValues { indices in
            indices.sorted { left, right in
                guard let one = all[left].version, let two = all[right].version, one != two
                else { return all[left].layer < all[right].layer }
                return one > two
            }
        }
        self.layers = layers
    }

    /// What the layer needs.
    public func resolve() -> DependencyAnswer {
        var search = DependencySearch(resolver: self, stepsMax: Self.stepsMax)
        switch search.run(ignoring: []) {
        case .found(let state): return .locked(lock(state))
        case .none: return .unsatisfiable(core())
        case .tooManySteps:
            return .tooHard("\(Self.stepsMax) choices were tried without an end")
        }
    }

    // MARK: For the search

    var count: Int { candidates.count }

    func candidate(_ index: Int) -> DependencyCandidate { candidates[index] }

    var all: [DependencyCandidate] { candidates }

    /// The candidates that a dependency may mean, best first.
    func options(_ target: LayerDependency.Target) -> [Int] {
        switch target {
        case .layer(let layer): layers[layer].map { [$0] } ?? []
        case .named(let place, _):
            (places[place] ?? []).filter { candidates[$0].isMeant(by: target) }
        }
    }

    // MARK: The answer

    /// What was found, and what may be used besides: never at the price of what is needed.
    private func lock(_ found: DependencyState) -> DependencyLock {
        var state = found
        var leftOut: [LayerDependency] = []
        var reader = 0
        while reader < state.taken.count {
            let index = state.taken[reader]
            reader += 1
            for dependency in candidates[index].dependencies
            where dependency.kind == "requires" && !dependency.isRequired {
                var wider = state
                wider.demands.append(.init(by: index, dependency: dependency))
                var search = DependencySearch(resolver: self, stepsMax: Self.stepsMax)
                if case .found(let more) = search.run(from: wider, ignoring: []) {
                    state = more
                } else {
                    leftOut.append(dependency)
                }
            }
        }
        return DependencyLock(
            layers: state.order.map { candidates[$0].layer }, leftOut: leftOut,
            warnings: warnings(state))
    }

    private func warnings(_ state: DependencyState) -> [String] {
        state.taken.flatMap { index in
            candidates[index].dependencies.filter {
                $0.kind == "conflicts-with" && !$0.isRequired
            }.flatMap { dependency in
                state.taken.filter { candidates[$0].isMeant(by: dependency.target) }.map {
                    "\(candidates[index].title) says it does not go well with "
                        + candidates[$0].title
                }
            }
        }
    }

    // MARK: Why not

    /// Leaves out one demand after the other, the farthest first; what cannot be left out without
    /// a way opening is the core.
    private func core() -> DependencyCore {
        let clauses = reachable()
        var ignored = Set<DependencyClause>()
        var steps = Self.stepsMax
        for clause in clauses.suffix(Self.clausesMax).reversed() where steps > 0 {
            var search = DependencySearch(resolver: self, stepsMax: steps)
            let outcome = search.run(ignoring: ignored.union([clause]))
            steps -= search.steps
            if case .none = outcome { ignored.insert(clause) }
        }
        var search = DependencySearch(resolver: self, stepsMax: Self.stepsMax)
        _ = search.run(ignoring: ignored)
        let kept = clauses.filter { !ignored.contains($0) }
        return DependencyCore(
            lines: lines(kept), cycle: (search.cycle ?? []).map { candidates[$0].title })
    }

    /// Every demand that could come up, from the root outwards.
    private func reachable() -> [DependencyClause] {
        var seen: Set<Int> = [root]
        var queue = [root]
        var clauses: [DependencyClause] = []
        var reader = 0
        while reader < queue.count {
            let index = queue[reader]
            reader += 1
            for (number, dependency) in candidates[index].dependencies.enumerated()
            where dependency.isRequired
                && ["requires", "conflicts-with"].contains(dependency.kind)
            {
                clauses.append(DependencyClause(candidate: index, number: number))
                guard dependency.kind == "requires" else { continue }
                queue += options(dependency.target).filter { seen.insert($0).inserted }
            }
        }
        return clauses
    }

    private func lines(_ clauses: [DependencyClause]) -> [String] {
        var lines: [String] = []
        var named: [LayerDependency.Target] = []
        for clause in clauses {
            let candidate = candidates[clause.candidate]
            let dependency = candidate.dependencies[clause.number]
            let verb = dependency.kind == "requires" ? "requires" : "conflicts with"
            lines.append("\(candidate.title) \(verb) \(dependency.target)")
            named.append(dependency.target)
        }
        var told = Set<LayerPlace>()
        for target in named {
            switch target {
            case .layer(let layer) where layers[layer] == nil:
                lines.append("nothing is known of \(target)")
            case .named(let place, _) where told.insert(place).inserted:
                let versions = (places[place] ?? []).compactMap { candidates[$0].version?.text }
                lines.append(
                    versions.isEmpty
                        ? "nothing is known of \(place)"
                        : "known of \(place): \(versions.joined(separator: ", "))")
            default: break
            }
        }
        return lines
    }
}
