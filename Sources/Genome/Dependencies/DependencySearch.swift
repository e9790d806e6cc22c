/// Tries candidates for demand after demand and goes back where nothing fits.
struct DependencySearch {
    /// How a search ended.
    enum Outcome {
        /// All demands are met.
        case found(DependencyState)
        /// There is no way.
        case none
        /// The limit was reached.
        case tooManySteps
    }

    private struct Choice {
        let state: DependencyState
        let options: [Int]
        var tried = 0
    }

    let resolver: DependencyResolver
    let stepsMax: Int
    /// Candidates that were tried.
    private(set) var steps = 0
    /// The first circle that was met.
    private(set) var cycle: [Int]?

    init(resolver: DependencyResolver, stepsMax: Int) {
        self.resolver = resolver
        self.stepsMax = stepsMax
    }

    /// Begins with the root alone.
    mutating func run(ignoring ignored: Set<DependencyClause>) -> Outcome {
        var state = DependencyState()
        guard state.take(0, resolver.candidate(0), among: resolver.all, without: ignored) else {
            return .none
        }
        return run(from: state, ignoring: ignored)
    }

    /// Goes on from a state; what is taken in it stays.
    mutating func run(
        from start: DependencyState, ignoring ignored: Set<DependencyClause>
    ) -> Outcome {
        var choices: [Choice] = []
        var state: DependencyState? = start
        while true {
            if let current = state {
                guard current.next < current.demands.count else { return .found(current) }
                choices.append(Choice(state: current, options: options(current)))
            }
            state = nil
            while let choice = choices.last, state == nil {
                guard choice.tried < choice.options.count else {
                    choices.removeLast()
                    continue
                }
                guard steps < stepsMax else { return .tooManySteps }
                steps += 1
                choices[choices.count - 1].tried += 1
                state = attempt(choice.options[choice.tried], choice.state, ignored)
            }
            if choices.isEmpty, state == nil { return .none }
        }
    }

    /// What may meet the next demand: what is taken already, or any that is meant.
    private func options(_ state: DependencyState) -> [Int] {
        let target = state.demands[state.next].dependency.target
        let all = resolver.options(target)
        guard let first = all.first else { return [] }
        let place = resolver.candidate(first).place
        guard let taken = state.version(at: place) else { return all }
        return all.filter { $0 == taken }
    }

    private mutating func attempt(
        _ option: Int, _ state: DependencyState, _ ignored: Set<DependencyClause>
    ) -> DependencyState? {
        var state = state
        let demand = state.demands[state.next]
        state.next += 1
        if !state.taken.contains(option) {
            guard state.taken.count <= DependencyResolver.layersMax,
                state.take(
                    option, resolver.candidate(option), among: resolver.all, without: ignored)
            else { return nil }
        }
        if let circle = state.connect(demand.by, to: option) {
            if cycle == nil { cycle = circle }
            return nil
        }
        return state
    }
}
