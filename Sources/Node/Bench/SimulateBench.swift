import Genome
import Simulator
import Wire

/// `plasmid bench simulate`: disasters of many nodes in virtual time, each with a goal.
struct SimulateBench {
    private let scenarios: [Scenario]
    private let trial: Trial
    private let isShrinking: Bool

    init(_ arguments: Arguments) throws(Failure) {
        let names = arguments.texts("scenario")
        for name in names where !Scenario.all.contains(where: { $0.name == name }) {
            throw Failure(
                .usage, "there is no scenario called \(PlainText.shown(name))",
                remedy: "use " + Scenario.all.map(\.name).joined(separator: ", "))
        }
        scenarios = Scenario.all.filter { scenario in
            names.isEmpty
                ? scenario.isQuick || arguments.isGiven("all") : names.contains(scenario.name)
        }
        isShrinking = arguments.isGiven("shrink")
        trial = try Self.trial(arguments)
    }

    /// The run that the options describe: those that the report of a failure names repeat it.
    private static func trial(_ arguments: Arguments) throws(Failure) -> Trial {
        var trial = Trial(seed: UInt64(try arguments.integer("seed", in: 0...Int.max) ?? 1))
        trial.nodesMax = try arguments.integer("nodes", in: 0...1_000_000)
        trial.roundsMax = try arguments.integer("rounds", in: 0...1_000_000)
        for word in words(arguments.text("faults")) {
            trial.faults = trial.faults ?? []
            guard word != "none" else { continue }
            guard let number = Int(word), number >= 0 else {
                throw Failure(.usage, "a fault has a number, not \(PlainText.shown(word))")
            }
            trial.faults?.append(number)
        }
        for word in words(arguments.text("calm")) {
            guard let kind = WeatherKind(rawValue: word) else {
                throw Failure(
                    .usage, "weather does not know \(PlainText.shown(word))",
                    remedy: "use " + WeatherKind.allCases.map(\.rawValue).joined(separator: ", "))
            }
            trial.calm.insert(kind)
        }
        return trial
    }

    private static func words(_ list: String?) -> [String] {
        list?.split(separator: ",").map(String.init) ?? []
    }

    func run(_ report: Report) throws(Failure) {
        var lines: [String] = []
        var rows: [JSONValue] = []
        var reached = 0
        for scenario in scenarios {
            report.note("\(scenario.name): \(scenario.goal)")
            let outcome = scenario.run(trial)
            if outcome.isReached { reached += 1 }
            lines += text(scenario, outcome)
            if !outcome.isReached, isShrinking {
                let found = Shrinker.shrink(scenario, trial, met: outcome)
                lines += found.report(of: scenario.name).split(separator: "\n").map { "    \($0)" }
            }
            rows.append(row(scenario, outcome))
        }
        let share = Double(reached) / Double(max(1, scenarios.count))
        lines.append("\(reached) of \(scenarios.count) goals reached.")
        let summary: JSONValue = [
            "bench": "simulate", "name": "goals reached", "figure": .double(Double(reached)),
            "unit": "scenarios", "against": .string("\(scenarios.count) scenarios"),
            "ratio": .double(share), "seed": .integer(Int64(clamping: trial.seed)),
            "rows": .array(rows),
        ]
        report.done(summary.object ?? JSONObject(), text: lines)
        guard reached == scenarios.count else {
            throw Failure(
                .refused, "\(scenarios.count - reached) goals were not reached",
                remedy: "run one alone with --scenario NAME --seed \(trial.seed) --shrink: it "
                    + "repeats bit for bit, and a smaller run that fails alike is looked for")
        }
    }

    private func text(_ scenario: Scenario, _ outcome: Scenario.Outcome) -> [String] {
        [
            "\(outcome.isReached ? "reached" : "MISSED ")  \(scenario.name)",
            "    goal    \(scenario.goal)",
            "    result  \(outcome.result)",
            "    \(outcome.nodes) nodes, \(outcome.seconds) simulated s, "
                + "\(outcome.messages) messages, \(Sizes.text(outcome.bytes)), seed \(trial.seed)",
        ]
    }

    private func row(_ scenario: Scenario, _ outcome: Scenario.Outcome) -> JSONValue {
        [
            "name": .string(scenario.name), "goal": .string(scenario.goal),
            "result": .string(outcome.result), "reached": .bool(outcome.isReached),
            "nodes": .integer(Int64(outcome.nodes)),
            "seconds": .integer(Int64(clamping: outcome.seconds)),
            "messages": .integer(Int64(clamping: outcome.messages)),
            "bytes": .integer(Int64(clamping: outcome.bytes)),
            "trace": .string(String(outcome.trace, radix: 16)),
        ]
    }
}
