import Swarm

/// News in large networks.
extension Scenario {
    static let news: [Scenario] = [
        Scenario(
            name: "news", goal: "1,000 nodes: all in 1.0 s, at most 1.4 copies", isQuick: true
        ) { trial in
            let crowd = Crowd(trial)
            crowd.gather(1_000)
            // The first news of a network draws its tree.
            _ = crowd.tell(20, pause: 2_000_000_000)
            let figures = crowd.tell(30)
            return crowd.outcome(
                figures.words,
                [
                    "all hear of all": figures.isComplete,
                    "soon": figures.typicalMilliseconds <= 1_000,
                    "few copies": figures.copies <= 1.4,
                ])
        },
        large("news-loss-5", loss: 50, typical: 2_500, slowest: 5_000, copies: 2.0),
        large(
            "news-loss-20", loss: 200, waiting: 10, typical: 4_000, slowest: 8_000, copies: 2.6),
        Scenario(
            name: "speed", goal: "10,000 nodes for 60 simulated s within 90 s of one core",
            isQuick: false
        ) { trial in
            let crowd = Crowd(trial)
            let clock = ContinuousClock()
            let span = clock.measure {
                crowd.gather(10_000, for: 50)
                _ = crowd.tell(5, pause: 2_000_000_000)
            }
            let seconds = span.components.seconds
            return crowd.outcome(
                "\(seconds) s, \(crowd.eventCount / UInt64(max(1, seconds))) events/s",
                ["fast enough": seconds <= 90])
        },
    ]

    private static func large(
        _ name: String, loss: UInt64, waiting: Int = 0, typical: UInt64, slowest: UInt64,
        copies: Double
    ) -> Scenario {
        Scenario(
            name: name,
            goal: "10,000 nodes, \(loss / 10) % lost: all in \(typical) ms, slowest "
                + "\(slowest) ms, \(copies) copies; at most \(waiting) of 100,000 later, by "
                + "comparisons in 90 s",
            isQuick: false
        ) { trial in
            let crowd = Crowd(trial)
            crowd.gather(10_000)
            crowd.weather.lossPerMille = loss
            _ = crowd.tell(10, pause: 2_000_000_000)
            let figures = crowd.tell(10, pause: 8_000_000_000)
            let isEnough = crowd.run(90_000_000_000) { crowd.missed(of: figures) == 0 }
            return crowd.outcome(
                figures.words + ", \(figures.missed) of \(figures.deliveries) later",
                [
                    "nearly all in time": figures.missed * 100_000
                        <= waiting * figures.deliveries,
                    "all hear of all": isEnough,
                    "soon": figures.typicalMilliseconds <= typical,
                    "the slowest soon": figures.slowestMilliseconds <= slowest,
                    "few copies": figures.copies <= copies,
                ])
        }
    }
}
