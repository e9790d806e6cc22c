/// What a run says of its trial: which faults came up and which of them happened, and how large it
/// would have been without bounds.
package struct TrialLog: Equatable, Sendable {
    /// A fault that came up.
    package struct Fault: Equatable, Sendable {
        /// Its place in the order in which they come up.
        package let number: Int
        /// What it is, in words.
        package let words: String
    }

    /// Those that happened.
    package private(set) var faults: [Fault] = []
    /// What weather did to messages at any time.
    package internal(set) var weather: Set<WeatherKind> = []
    /// The largest group of nodes, and the most that anything was done again.
    package private(set) var nodes = 0
    package private(set) var rounds = 0
    private let trial: Trial
    private var chosen: Set<Int>?
    private var numbers: [String: Int] = [:]

    init(_ trial: Trial) {
        self.trial = trial
        chosen = trial.faults.map(Set.init)
    }

    /// Whether a fault happens. Those with the same words are one.
    mutating func admits(_ words: String) -> Bool {
        let isNew = numbers[words] == nil
        let number = numbers[words] ?? numbers.count
        numbers[words] = number
        guard chosen?.contains(number) ?? true else { return false }
        if isNew { faults.append(Fault(number: number, words: words)) }
        return true
    }

    /// Whether one happens that comes up at a time, in virtual nanoseconds.
    mutating func admits(_ words: String, at now: UInt64) -> Bool {
        admits("at \(Double(now / 100_000_000) / 10) s \(words)")
    }

    /// How many nodes of a group there are, where fewer than `least` would be another scenario.
    mutating func nodes(_ count: Int, least: Int) -> Int {
        let allowed = min(count, max(least, trial.nodesMax ?? count))
        nodes = max(nodes, allowed)
        return allowed
    }

    /// How often something is done.
    mutating func rounds(_ count: Int, least: Int) -> Int {
        let allowed = min(count, max(least, trial.roundsMax ?? count))
        rounds = max(rounds, allowed)
        return allowed
    }
}
