import Swarm
import Wire

/// A disaster with a name and a goal, which anyone can run again from its seed.
package struct Scenario: Sendable {
    /// What came of one run.
    package struct Outcome: Sendable {
        /// What was measured, in words with units.
        package var result: String
        /// Claims of the goal that do not hold, in words.
        package var missed: [String]
        /// Nodes in it.
        package var nodes: Int
        /// Simulated seconds.
        package var seconds: UInt64
        /// Messages that nodes sent, and their bytes.
        package var messages: UInt64
        package var bytes: UInt64
        /// A mix of all that happened: the same for a seed on every machine.
        package var trace: UInt64
        /// The faults that happened, and how large it was.
        package var log: TrialLog

        /// Whether the goal was reached.
        package var isReached: Bool { missed.isEmpty }
    }

    /// What a scenario claims, and whether it holds.
    package typealias Claims = KeyValuePairs<String, Bool>

    /// Its name on the command line.
    package let name: String
    /// What should come of it, in words.
    package let goal: String
    /// Whether it takes seconds only.
    package let isQuick: Bool
    private let body: @Sendable (Trial) -> Outcome

    /// A scenario that does what `run` does.
    package init(
        name: String, goal: String, isQuick: Bool, run: @escaping @Sendable (Trial) -> Outcome
    ) {
        self.name = name
        self.goal = goal
        self.isQuick = isQuick
        body = run
    }

    /// Runs all of it.
    package func run(_ seed: UInt64) -> Outcome { run(Trial(seed: seed)) }

    /// Runs it with something left out.
    package func run(_ trial: Trial) -> Outcome { body(trial) }

    /// All of them.
    package static let all: [Scenario] =
        news + losses + floods + catalogues + secrets + circles + addresses + routers + transfers
        + transferFaults + transferParts + challenges + mirrors + datagrams + storage
}

extension Crowd {
    /// What a scenario reports of it.
    package func outcome(_ result: String, _ claims: Scenario.Claims) -> Scenario.Outcome {
        Scenario.Outcome(
            result: result, missed: claims.filter { !$0.value }.map(\.key), nodes: nodes.count,
            seconds: now / 1_000_000_000, messages: traffic.messages, bytes: traffic.bytes,
            trace: trace, log: log)
    }

    /// How often a scenario does something again, at least once.
    package func rounds(_ count: Int, least: Int = 1) -> Range<Int> {
        0..<log.rounds(count, least: least)
    }

    /// So many nodes that know the first one and one other each, and a minute to meet.
    package func gather(_ count: Int, least: Int = 8, for seconds: UInt64 = 60) {
        for index in nodes.count..<nodes.count + log.nodes(count, least: least) {
            let others = index == 0 ? [] : [0, Int.random(in: 0..<index, using: &generator)]
            add(knowing: others)
        }
        run(seconds * 1_000_000_000)
    }

    /// Publishes a record each second for a minute; the time from `start` until the first moment
    /// when some record of them had reached all, nil if none did.
    func timeUntilNewsReaches(_ all: [Int], from start: UInt64) -> UInt64? {
        var names: [NewsName] = []
        for _ in 0..<600 {
            if names.count * 1_000_000_000 <= now - start, names.count < 60,
                let node = all.randomElement(using: &generator)
            {
                names.append(publish(by: node))
            }
            run(100_000_000)
            if names.contains(where: { share(of: $0, among: all) == 1 }) { return now - start }
        }
        return nil
    }

    /// How news of random nodes came about, each `pause` after the one before.
    package func tell(_ count: Int, pause: UInt64 = 5_000_000_000) -> NewsFigures {
        let before = traffic.records
        var figures = NewsFigures()
        for _ in rounds(count) {
            let present = survivors
            guard let node = present.randomElement(using: &generator) else { continue }
            figures.told.append((publish(by: node), present))
            run(pause)
        }
        // The last ones have as long as the others to reach everybody.
        run(10_000_000_000)
        var sent = Double(traffic.records - before)
        figures.missed = missed(of: figures)
        for (name, present) in figures.told {
            let spans = stories[name]?.spans(among: present.filter { nodes[$0].isUp }) ?? []
            guard let last = spans.last, !spans.isEmpty else { continue }
            figures.deliveries += present.count
            figures.worst.append(last)
            figures.medians.append(spans[spans.count / 2])
            figures.reached.append(Double(spans.count) / Double(present.count))
        }
        sent /= Double(max(1, figures.told.count)) * Double(max(1, nodes.count { $0.isUp } - 1))
        figures.copies = sent
        return figures
    }

    /// How often a record had to reach a node that does not have it now.
    package func missed(of figures: NewsFigures) -> Int {
        figures.told.reduce(0) { sum, record in
            guard let story = stories[record.name] else { return sum }
            return sum + record.present.count { !story.has($0) || !nodes[$0].isUp }
        }
    }
}
