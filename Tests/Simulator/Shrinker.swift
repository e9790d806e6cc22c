/// Looks for a smaller run of a scenario that still fails in the same way, so that whoever has to
/// find out why looks at few nodes and few faults: delta debugging (Zeller and Hildebrandt, 2002)
/// over what a trial can leave out. Small runs are tried first, as they take the least time.
package struct Shrinker {
    /// What looking may cost: a suite that fails must not hang.
    package struct Budget: Sendable {
        /// Runs at most.
        package var runs = 200
        /// Seconds after which no run is begun.
        package var seconds = 60.0

        package init() {}
    }

    /// What was found.
    package struct Finding: Sendable {
        /// The failure as it was met.
        package let met: Scenario.Outcome
        /// The smallest trial that fails, and what comes of it.
        package fileprivate(set) var trial: Trial
        package fileprivate(set) var outcome: Scenario.Outcome
        /// Runs that were looked at.
        package fileprivate(set) var runs = 0
        /// Whether there was nothing left to try.
        package fileprivate(set) var isComplete = false
    }

    private let scenario: Scenario
    private let budget: Budget
    private let start = ContinuousClock.now
    private var finding: Finding

    /// The smallest failure that the budget allows to find; nil where the trial does not fail.
    package static func shrink(
        _ scenario: Scenario, _ trial: Trial, budget: Budget = Budget()
    ) -> Finding? {
        let met = scenario.run(trial)
        guard !met.isReached else { return nil }
        return shrink(scenario, trial, met: met, budget: budget)
    }

    /// The same for a failure that was met already.
    package static func shrink(
        _ scenario: Scenario, _ trial: Trial, met: Scenario.Outcome, budget: Budget = Budget()
    ) -> Finding {
        var shrinker = Shrinker(scenario, trial, met, budget)
        shrinker.look()
        return shrinker.finding
    }

    private init(
        _ scenario: Scenario, _ trial: Trial, _ met: Scenario.Outcome, _ budget: Budget
    ) {
        self.scenario = scenario
        self.budget = budget
        finding = Finding(met: met, trial: trial, outcome: met)
    }

    private mutating func look() {
        if isFailing(finding.trial.smallest) {
            finding.isComplete = true
            return
        }
        var before: Trial
        repeat {
            before = finding.trial
            tryWithoutFaultsAndWeather()
            reduce(\.roundsMax, from: finding.outcome.log.rounds)
            reduce(\.nodesMax, from: finding.outcome.log.nodes)
            reduceFaults()
            reduceWeather()
        } while finding.trial != before && !isSpent
        finding.isComplete = !isSpent
    }

    private var isSpent: Bool {
        finding.runs >= budget.runs
            || (ContinuousClock.now - start) / .seconds(1) >= budget.seconds
    }

    /// Whether a trial fails in the way that was met: it misses nothing that was not missed then.
    private mutating func isFailing(_ trial: Trial) -> Bool {
        guard trial != finding.trial, !isSpent else { return false }
        finding.runs += 1
        let outcome = scenario.run(trial)
        guard !outcome.isReached, Set(outcome.missed).isSubset(of: finding.met.missed) else {
            return false
        }
        finding.trial = trial
        finding.outcome = outcome
        return true
    }

    /// All faults and all weather at once: mostly one or the other is no part of it.
    private mutating func tryWithoutFaultsAndWeather() {
        var trial = finding.trial
        trial.faults = []
        _ = isFailing(trial)
        trial = finding.trial
        trial.calm = Set(WeatherKind.allCases)
        _ = isFailing(trial)
    }

    /// The lowest bound of 0, 1, 2, 4 and so on that still fails, then those between it and the
    /// one before.
    private mutating func reduce(_ bound: WritableKeyPath<Trial, Int?>, from count: Int) {
        var trial = finding.trial
        let count = min(count, trial[keyPath: bound] ?? count)
        var tooFew = -1
        var next = 0
        while next < count {
            trial[keyPath: bound] = next
            if isFailing(trial) { break }
            tooFew = next
            next = max(1, next * 2)
        }
        var enough = min(next, count)
        while enough - tooFew > 1, !isSpent {
            let middle = (enough + tooFew) / 2
            trial[keyPath: bound] = middle
            if isFailing(trial) { enough = middle } else { tooFew = middle }
        }
    }

    /// Leaves out parts of the faults, half of them first, then finer ones.
    private mutating func reduceFaults() {
        var parts = 2
        while !isSpent {
            let faults = finding.outcome.log.faults.map(\.number)
            guard faults.count > 1 else {
                _ = tryWithout(faults[...], of: faults)
                return
            }
            let size = (faults.count + parts - 1) / parts
            var isSmaller = false
            for begin in stride(from: 0, to: faults.count, by: size) {
                let some = faults[begin..<min(begin + size, faults.count)]
                if isFailing(with(Array(some))) || parts > 2 && tryWithout(some, of: faults) {
                    isSmaller = true
                    break
                }
            }
            if !isSmaller, size == 1 { return }
            parts = isSmaller ? 2 : parts * 2
        }
    }

    @discardableResult
    private mutating func tryWithout(_ some: ArraySlice<Int>, of faults: [Int]) -> Bool {
        !some.isEmpty && isFailing(with(faults.filter { !some.contains($0) }))
    }

    private func with(_ faults: [Int]) -> Trial {
        var trial = finding.trial
        trial.faults = faults
        return trial
    }

    private mutating func reduceWeather() {
        for kind in finding.outcome.log.weather.sorted() {
            var trial = finding.trial
            trial.calm.insert(kind)
            _ = isFailing(trial)
        }
    }
}

extension Shrinker.Finding {
    /// What a failing test says: what was missed, the smallest run that still misses it, and how
    /// to have exactly that run again.
    package func report(of scenario: String) -> String {
        let small = outcome.log
        var lines = [
            "\(scenario), seed \(trial.seed), missed: \(met.missed.joined(separator: "; "))",
            "    \(met.result)",
            "shrunk in \(runs) runs\(isComplete ? "" : ", more was not allowed"): "
                + "\(outcome.nodes) nodes of \(met.nodes), \(small.faults.count) faults of "
                + "\(met.log.faults.count), \(outcome.seconds) simulated s of \(met.seconds), "
                + "missed: \(outcome.missed.joined(separator: "; "))",
            "    \(outcome.result)",
        ]
        lines += small.faults.prefix(Self.faultsShown).map { "    fault \($0.number): \($0.words)" }
        if small.faults.count > Self.faultsShown { lines.append("    and so on") }
        let weather = small.weather.sorted().map(\.rawValue).joined(separator: ", ")
        lines.append("    messages: \(weather.isEmpty ? "all arrive" : weather)")
        lines.append("again: plasmid bench simulate --scenario \(scenario) \(trial.options)")
        return lines.joined(separator: "\n")
    }

    private static var faultsShown: Int { 20 }
}
