import Swarm
import Wire

/// Nodes that die, stand still, or come and go.
extension Scenario {
    static let losses: [Scenario] = [
        dying("half-dies", part: 500, within: 8), dying("most-die", part: 800, within: 30),
        Scenario(
            name: "pauses",
            goal: "128 nodes, 10 % lost, every tenth stands still for 1 to 20 s again and again, "
                + "one hour: no node that runs is taken for dead; a dead one is suspected in 3 s "
                + "by most, dropped in 12 s by 99 of 100",
            isQuick: false
        ) { trial in pauses(trial, minutes: 60) },
        Scenario(
            name: "pauses-short", goal: "the same for five minutes", isQuick: true
        ) { trial in pauses(trial, minutes: 5) },
        Scenario(
            name: "one-way",
            goal: "200 nodes; for two minutes nothing that 60 of them say reaches 60 others, the "
                + "other way it does: news reaches all in 8 s meanwhile and in 5 s afterwards, "
                + "nobody drops one whom he hears and who hears him",
            isQuick: true, run: oneWay),
        Scenario(
            name: "churn",
            goal: "300 nodes, half of them replaced each minute for five minutes: news reaches "
                + "all that stay, 99 of 100 in 5 s",
            isQuick: true
        ) { trial in churn(trial, nodes: 300, replacing: 5, each: 2_000_000_000, times: 150) },
        Scenario(
            name: "churn-day",
            goal: "100 nodes, a tenth of them replaced each hour for 24 hours: news reaches all "
                + "that stay, 99 of 100 in 5 s",
            isQuick: false
        ) { trial in churn(trial, nodes: 100, replacing: 1, each: 360_000_000_000, times: 240) },
    ]

    private static func dying(_ name: String, part: Int, within seconds: UInt64) -> Scenario {
        Scenario(
            name: name,
            goal: "1,000 nodes, \(part) die at once, 5 % lost: one network again, and news "
                + "reaches all within \(seconds) s",
            isQuick: true
        ) { trial in
            let crowd = Crowd(trial)
            crowd.gather(1_000)
            _ = crowd.tell(10, pause: 2_000_000_000)
            crowd.weather.lossPerMille = 50
            let dead = crowd.nodes.indices.shuffled(using: &crowd.generator)
                .prefix(crowd.nodes.count * part / 1_000)
            for node in dead { crowd.kill(node) }
            let start = crowd.now
            let rest = crowd.survivors
            let time = crowd.timeUntilNewsReaches(rest, from: start)
            crowd.run(60_000_000_000)
            let parts = crowd.components(among: rest)
            let spent = time.map { "all after \($0 / 1_000_000) ms" } ?? "never all"
            return crowd.outcome(
                "\(spent), largest part \(parts.first ?? 0) of \(rest.count)",
                [
                    "news reaches all": (time ?? .max) <= seconds * 1_000_000_000,
                    "one network": parts.count == 1,
                ])
        }
    }

    private static let oneWay: @Sendable (Trial) -> Outcome = { trial in
        let crowd = Crowd(trial)
        crowd.gather(200, least: 20)
        let third = crowd.nodes.count * 3 / 10
        let order = crowd.nodes.indices.shuffled(using: &crowd.generator)
        let (speakers, hearers) = (Set(order.prefix(third)), Set(order.suffix(third)))
        for index in crowd.nodes.indices { crowd.nodes[index].dropped = [] }
        crowd.silence(speakers, for: hearers)
        let during = slowest(crowd, rounds: 24)
        let wrong = crowd.nodes.indices.reduce(0) { sum, node in
            sum
                + crowd.nodes[node].dropped.count { link, _ in
                    let other = crowd.other(link)
                    return crowd.reaches(node, other) && crowd.reaches(other, node)
                }
        }
        crowd.heal()
        crowd.run(30_000_000_000)
        let after = slowest(crowd, rounds: 6)
        let parts = crowd.components(among: Array(crowd.nodes.indices))
        func words(_ span: UInt64?) -> String { span.map { "\($0 / 1_000_000) ms" } ?? "never all" }
        return crowd.outcome(
            "news in \(words(during)), afterwards in \(words(after)), \(wrong) dropped wrongly",
            [
                "news reaches all meanwhile": (during ?? .max) <= 8_000_000_000,
                "and afterwards": (after ?? .max) <= 5_000_000_000,
                "nobody is dropped wrongly": wrong == 0, "one network": parts.count == 1,
            ])
    }

    /// News of one node after the other, five seconds apart: the longest that it took to all; nil
    /// where it did not reach all in ten seconds more.
    private static func slowest(_ crowd: Crowd, rounds: Int) -> UInt64? {
        var names: [NewsName] = []
        for _ in crowd.rounds(rounds) {
            let node = Int.random(in: crowd.nodes.indices, using: &crowd.generator)
            names.append(crowd.publish(by: node))
            crowd.run(5_000_000_000)
        }
        crowd.run(10_000_000_000)
        let all = Array(crowd.nodes.indices)
        let spans = names.map { crowd.stories[$0]?.spans(among: all) ?? [] }
        guard spans.allSatisfy({ $0.count == all.count }) else { return nil }
        return spans.compactMap(\.last).max()
    }

    private static func pauses(_ trial: Trial, minutes: UInt64) -> Outcome {
        let crowd = Crowd(trial, landscape: .laboratory)
        crowd.gather(128, least: 24, for: 40)
        crowd.weather.lossPerMille = 100
        for index in crowd.nodes.indices { crowd.nodes[index].dropped = [] }
        var wrong = 0
        var paused: [Int: UInt64] = [:]
        for _ in crowd.rounds(Int(minutes) * 60) {
            // Each second a few begin to stand still: a tenth does at any time.
            for node in crowd.nodes.indices
            where (paused[node] ?? 0) < crowd.now
                && UInt64.random(in: 0..<100, using: &crowd.generator) == 0
            {
                let span = UInt64.random(in: 1...20, using: &crowd.generator) * 1_000_000_000
                crowd.pause(node, for: span)
                paused[node] = crowd.now + span
            }
            crowd.run(1_000_000_000)
            for node in crowd.nodes.indices {
                for (link, time) in crowd.nodes[node].dropped {
                    // One that stood still in the last half minute was not healthy.
                    let end = paused[crowd.other(link)] ?? 0
                    if end + 30_000_000_000 < time { wrong += 1 }
                }
                crowd.nodes[node].dropped = []
            }
        }
        let (suspected, dropped) = deaths(crowd)
        return crowd.outcome(
            "\(wrong) wrong, suspected in \(suspected.middle / 1_000_000) ms, dropped in "
                + "\(dropped.middle / 1_000_000) ms, 99 of 100 in \(dropped.late / 1_000_000) ms",
            [
                "nobody is taken for dead": wrong == 0,
                "a dead one is suspected": suspected.middle <= 3_000_000_000,
                "a dead one is dropped": dropped.late <= 12_000_000_000,
            ])
    }

    /// Kills ten nodes, one after the other; how soon their neighbours noticed.
    private static func deaths(
        _ crowd: Crowd
    ) -> (suspected: (middle: UInt64, late: UInt64), dropped: (middle: UInt64, late: UInt64)) {
        var suspected: [UInt64] = []
        var dropped: [UInt64] = []
        crowd.run(30_000_000_000)
        for _ in crowd.rounds(10) {
            guard let node = crowd.survivors.randomElement(using: &crowd.generator) else { break }
            let start = crowd.now
            let links = Set(
                crowd.nodes[node].core.overlay.neighbours.map { crowd.opposite($0) })
            for index in crowd.nodes.indices {
                crowd.nodes[index].suspected = []
                crowd.nodes[index].dropped = []
            }
            crowd.end(node)
            crowd.run(30_000_000_000)
            for other in crowd.nodes {
                suspected += other.suspected.filter { links.contains($0.link) }
                    .map { $0.time - start }
                dropped += other.dropped.filter { links.contains($0.link) }
                    .map { $0.time - start }
            }
        }
        return (spread(suspected), spread(dropped))
    }

    private static func spread(_ spans: [UInt64]) -> (middle: UInt64, late: UInt64) {
        guard !spans.isEmpty else { return (.max, .max) }
        let order = spans.sorted()
        return (order[order.count / 2], order[order.count * 99 / 100])
    }

    /// Half of the nodes stay; of the others so many are replaced each so many nanoseconds, and one
    /// that stays has news.
    private static func churn(
        _ trial: Trial, nodes count: Int, replacing replaced: Int, each pause: UInt64, times: Int
    ) -> Outcome {
        let crowd = Crowd(trial)
        crowd.gather(count)
        _ = crowd.tell(5, pause: 2_000_000_000)
        let staying = Array(crowd.nodes.indices.prefix(crowd.nodes.count / 2))
        var names: [NewsName] = []
        var passing = Array(crowd.nodes.indices.dropFirst(crowd.nodes.count / 2))
        for _ in crowd.rounds(times) {
            for _ in 0..<replaced {
                let place = Int.random(in: 0..<passing.count, using: &crowd.generator)
                guard crowd.kill(passing[place]) else { continue }
                let known = [0, staying.randomElement(using: &crowd.generator) ?? 1]
                passing[place] = crowd.add(knowing: known)
            }
            if let node = staying.randomElement(using: &crowd.generator) {
                names.append(crowd.publish(by: node))
            }
            crowd.run(pause)
        }
        crowd.run(20_000_000_000)
        let spans = names.compactMap { crowd.stories[$0]?.spans(among: staying) }
        let all = spans.flatMap { $0 }.sorted()
        let missed = names.count * staying.count - all.count
        let late = all[all.count * 99 / 100]
        return crowd.outcome(
            "\(missed) of \(names.count * staying.count) missed, 99 of 100 in "
                + "\(late / 1_000_000) ms",
            ["all hear of all": missed == 0, "soon": late <= 5_000_000_000])
    }
}
