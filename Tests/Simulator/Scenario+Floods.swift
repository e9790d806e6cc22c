import Swarm

/// Nodes that take part to harm.
extension Scenario {
    static let floods: [Scenario] = [
        Scenario(
            name: "sybils",
            goal: "100 honest nodes, 400 from four networks that pass nothing on and call "
                + "everyone: every honest node keeps 3 honest neighbours; news reaches all in 2 s",
            isQuick: true
        ) { trial in
            let crowd = Crowd(trial)
            crowd.gather(100, least: 16, for: 40)
            let honestCount = crowd.nodes.count
            for number in 0..<crowd.log.nodes(400, least: 0) {
                let victims = (0..<8).map { _ in
                    Int.random(in: 0..<honestCount, using: &crowd.generator)
                }
                guard crowd.suffers("stranger \(number) comes and passes nothing on") else {
                    continue
                }
                crowd.add(knowing: victims, netgroup: 20_000 + number % 4, behaviour: .silent)
            }
            crowd.run(120_000_000_000)
            let honest = crowd.survivors
            let links = honest.map { node in
                crowd.nodes[node].core.overlay.neighbours.count { link in
                    crowd.nodes[crowd.other(link)].behaviour == .honest
                }
            }
            _ = crowd.tell(10, pause: 3_000_000_000)
            let figures = crowd.tell(30)
            let least = links.min() ?? 0
            return crowd.outcome(
                "at least \(least) honest neighbours, \(figures.words)",
                [
                    "3 honest neighbours": least >= 3, "all hear of all": figures.isComplete,
                    "the slowest soon": figures.slowestMilliseconds <= 2_000,
                ])
        },
        Scenario(
            name: "broken-links",
            goal: "200 nodes, bursts of loss, bent, doubled and overtaking messages: news "
                + "reaches all in 5 s",
            isQuick: true
        ) { trial in
            let crowd = Crowd(trial)
            crowd.gather(200)
            crowd.weather.burstPerMille = 2
            crowd.weather.flipPerMille = 1
            crowd.weather.duplicationPerMille = 50
            crowd.weather.reorderingPerMille = 100
            _ = crowd.tell(10, pause: 2_000_000_000)
            let figures = crowd.tell(30, pause: 8_000_000_000)
            return crowd.outcome(
                figures.words,
                [
                    "all hear of all": figures.isComplete,
                    "the slowest soon": figures.slowestMilliseconds <= 5_000,
                ])
        },
        Scenario(
            name: "cut",
            goal: "200 nodes cut in halves for two minutes: one network within 60 s of the end",
            isQuick: true
        ) { trial in
            let crowd = Crowd(trial)
            crowd.gather(200)
            crowd.divide { $0 % 2 }
            crowd.run(120_000_000_000)
            crowd.heal()
            let start = crowd.now
            let time = crowd.timeUntilNewsReaches(crowd.survivors, from: start)
            let spent = time.map { "\($0 / 1_000_000) ms" } ?? "never"
            return crowd.outcome(
                "news of one half reaches all after \(spent)",
                ["news reaches all": (time ?? .max) <= 60_000_000_000])
        },
    ]
}
