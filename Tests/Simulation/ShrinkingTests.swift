import Simulator
import Testing

/// Failures are made small before a person looks at them: with faults planted in the program, so
/// that it is known what has to be left.
@Suite struct ShrinkingTests {
    private static let seeds: [UInt64] = [1, 2, 3]

    /// 24 nodes in bad weather, of which every second stands still or dies; then each that runs
    /// says something. All hear of it, if no fault is planted.
    private static let crowded = Scenario(
        name: "crowded", goal: "news reaches all in 10 s", isQuick: true
    ) { trial in
        let crowd = Crowd(trial)
        crowd.gather(24, for: 10)
        crowd.weather.lossPerMille = 20
        crowd.weather.duplicationPerMille = 50
        crowd.weather.reorderingPerMille = 100
        for number in 0..<crowd.nodes.count / 2 {
            let node = 2 * number + 1
            if number % 2 == 0 { crowd.kill(node) } else { crowd.pause(node, for: 3_000_000_000) }
            crowd.run(100_000_000)
        }
        crowd.run(5_000_000_000)
        let names = crowd.survivors.map { crowd.publish(by: $0) }
        crowd.run(10_000_000_000)
        let parts = names.map { crowd.share(of: $0, among: crowd.survivors) }
        return crowd.outcome("\(parts)", ["all hear of all": parts.allSatisfy { $0 == 1 }])
    }

    /// Eight whole nodes, half of which die and come back; the first of these says something.
    private static let returning = Scenario(
        name: "returning", goal: "what a node says that came back is heard by all", isQuick: true
    ) { trial in
        let world = World(trial)
        let nodes = world.gather(8)
        world.weather.lossPerMille = 5
        _ = world.run(seconds: 10)
        for node in nodes where node % 2 == 1 {
            world.crash(node)
            _ = world.run(seconds: 1)
            world.restart(node)
            world.join(node, to: 0)
            _ = world.run(seconds: 1)
        }
        _ = world.run(seconds: 3)
        let layer = world.share("news", by: 1)
        let isHeard = world.run(seconds: 10) { nodes.allSatisfy { world.knows($0, layer) } }
        return world.outcome("", ["all hear of it": isHeard])
    }

    @Test(arguments: seeds)
    func `a scenario that reaches its goal is not shrunk`(seed: UInt64) {
        for scenario in [Self.crowded, Self.returning] {
            #expect(Shrinker.shrink(scenario, Trial(seed: seed)) == nil, "\(scenario.name)")
        }
    }

    @Test(arguments: seeds)
    func `where no fault is to blame, few nodes and no faults are left`(seed: UInt64) throws {
        let trial = Trial(seed: seed, defect: .mute(0))
        let found = try #require(Shrinker.shrink(Self.crowded, trial))
        #expect(found.met.nodes == 24 && found.met.log.faults.count == 12)
        #expect(found.outcome.nodes <= 8 && found.outcome.log.faults.isEmpty)
        #expect(found.outcome.log.weather.isEmpty && found.isComplete)
        #expect(Self.crowded.run(found.trial).trace == found.outcome.trace, "it repeats")
        #expect(!found.outcome.isReached)
    }

    @Test(arguments: seeds)
    func `of twelve faults those few are left that a planted one needs`(seed: UInt64) throws {
        let trial = Trial(seed: seed, defect: .muteAfterPause)
        let found = try #require(Shrinker.shrink(Self.crowded, trial))
        let faults = found.outcome.log.faults
        #expect(found.met.log.faults.count == 12)
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.allSatisfy { $0.words.contains("stands still") })
        #expect(found.outcome.nodes <= 8 && found.runs <= 100 && found.isComplete)
        let report = found.report(of: "crowded")
        #expect(report.contains("stands still for 3000 ms"))
        #expect(report.contains("--scenario crowded --seed \(seed) --nodes"), "\(report)")
    }

    @Test(arguments: seeds)
    func `whole nodes are left out as well, and the crash that matters stays`(
        seed: UInt64
    ) throws {
        let trial = Trial(seed: seed, defect: .muteAfterRestart)
        let found = try #require(Shrinker.shrink(Self.returning, trial))
        #expect(found.met.nodes == 8 && found.outcome.nodes <= 4)
        #expect(found.outcome.log.faults.map(\.words).allSatisfy { $0.hasSuffix("node 1 dies") })
        #expect(found.outcome.log.faults.count == 1)
    }

    @Test func `looking ends with its budget`() throws {
        var budget = Shrinker.Budget()
        budget.runs = 3
        let trial = Trial(seed: 1, defect: .muteAfterPause)
        let few = try #require(Shrinker.shrink(Self.crowded, trial, budget: budget))
        #expect(few.runs == 3 && !few.isComplete)
        budget.seconds = 0
        let none = try #require(Shrinker.shrink(Self.crowded, trial, budget: budget))
        #expect(none.runs == 0 && none.trial == trial)
        #expect(none.report(of: "crowded").contains("more was not allowed"))
    }

    /// Those in which much can be left out: else what is left could fail for what was left out.
    @Test(
        arguments: Scenario.all.filter { scenario in
            scenario.isQuick
                && [
                    "news", "half", "most", "churn", "sybils", "broken", "cut", "circle",
                    "datagrams",
                ]
                .contains { scenario.name.hasPrefix($0) }
        }.map(\.name))
    func `a scenario with all left out that can be still reaches its goal`(
        name: String
    ) throws {
        let scenario = try #require(Scenario.all.first { $0.name == name })
        let outcome = scenario.run(Trial(seed: 1).smallest)
        #expect(outcome.isReached, "\(name) misses \(outcome.missed): \(outcome.result)")
    }
}
