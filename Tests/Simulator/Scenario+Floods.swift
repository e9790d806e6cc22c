import Swarm

/// Nodes that take part to harm.
extension Scenario {
    static let floods: [Scenario] = [
        Scenario(
            name: "sybils",
            goal: "100 honest nodes, 400 from four networks that pass nothing on and call "
                + "everyone: every honest node keeps 3 honest neighbours; news reaches all in 2 s",
            isQuick: true
        ) { seed in
            let crowd = Crowd(seed: seed)
            crowd.gather(100, for: 40)
            for number in 0..<400 {
                let victims = (0..<8).map { _ in
                    Int.random(in: 0..<100, using: &crowd.generator)
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
                isReached: least >= 3 && figures.isComplete
                    && figures.slowestMilliseconds <= 2_000)
        },
        Scenario(
            name: "broken-links",
            goal: "200 nodes, bursts of loss, bent, doubled and overtaking messages: news "
                + "reaches all in 5 s",
            isQuick: true
        ) { seed in
            let crowd = Crowd(seed: seed)
            crowd.gather(200)
            crowd.weather.burstPerMille = 2
            crowd.weather.flipPerMille = 1
            crowd.weather.duplicationPerMille = 50
            crowd.weather.reorderingPerMille = 100
            _ = crowd.tell(10, pause: 2_000_000_000)
            let figures = crowd.tell(30, pause: 8_000_000_000)
            return crowd.outcome(
                figures.words,
                isReached: figures.isComplete && figures.slowestMilliseconds <= 5_000)
        },
        Scenario(
            name: "cut",
            goal: "200 nodes cut in halves for two minutes: one network within 60 s of the end",
            isQuick: true
        ) { seed in
            let crowd = Crowd(seed: seed)
            crowd.gather(200)
            crowd.divide { $0 % 2 }
            crowd.run(120_000_000_000)
            crowd.heal()
            let start = crowd.now
            let time = crowd.timeUntilNewsReaches(crowd.survivors, from: start)
            let spent = time.map { "\($0 / 1_000_000) ms" } ?? "never"
            return crowd.outcome(
                "news of one half reaches all after \(spent)",
                isReached: (time ?? .max) <= 60_000_000_000)
        },
    ]
}
