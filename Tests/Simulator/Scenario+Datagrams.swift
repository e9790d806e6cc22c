import Swarm
import Wire

/// Words that go beside sessions.
extension Scenario {
    static let datagrams: [Scenario] = [
        Scenario(
            name: "datagrams-blocked",
            goal: "16 nodes, every datagram lost, five minutes: nobody is suspected, news reaches "
                + "all as without datagrams, each path costs 18 pings at most, each node three "
                + "questions",
            isQuick: true, run: blocked),
        Scenario(
            name: "datagrams-lossy",
            goal: "16 nodes, every fifth datagram lost, ten minutes: no neighbour is taken for "
                + "dead, news reaches all in 5 s, most paths are open; one that falls silent is "
                + "dropped by all in 30 s",
            isQuick: true, run: lossy),
        Scenario(
            name: "datagrams-narrow",
            goal: "16 nodes, no datagram of more than 548 bytes passes, three minutes, 40 layers "
                + "at once each half minute: nobody is suspected, news reaches all in 5 s",
            isQuick: true, run: narrow),
        Scenario(
            name: "datagram-storm",
            goal: "10^5 datagrams of strangers in a second: what is answered is no longer than "
                + "what was asked, datagram by datagram, and nothing is kept",
            isQuick: true, run: storm),
    ]

    private static let count = 16

    /// Nodes that met, and the longest time until news of theirs reached all.
    private static func society(
        _ trial: Trial, loss: UInt64?, largest: Int = .max, atOnce: Int = 1,
        seconds: UInt64
    ) -> (world: World, slowest: UInt64?) {
        let world = World(trial)
        world.weather.datagramLossPerMille = loss
        world.weather.largestDatagram = largest
        let nodes = world.gather(count, least: 8)
        _ = world.run(seconds: 60)
        var slowest: UInt64? = 0
        for round in world.rounds(Int(seconds) / 30) {
            let start = world.now
            let ids = (0..<atOnce).map { number in
                world.share("news-\(round * atOnce + number)", by: nodes[round % nodes.count])
            }
            let isHeard = world.run(seconds: 20) {
                nodes.allSatisfy { node in ids.allSatisfy { world.knows(node, $0) } }
            }
            slowest = isHeard ? slowest.map { max($0, world.now - start) } : nil
            _ = world.run(
                seconds: (30_000_000_000 - min(world.now - start, 30_000_000_000))
                    / 1_000_000_000)
        }
        return (world, slowest)
    }

    private static func words(_ slowest: UInt64?) -> String {
        slowest.map { "news in \($0 / 1_000_000) ms" } ?? "news missed"
    }

    /// Neighbours that were suspected, and that were taken for dead.
    private static func doubts(_ world: World) -> (suspicions: UInt64, drops: UInt64) {
        world.nodes.reduce((0, 0)) { sum, node in
            let probing = node.swarm.neighbourhood.probing
            return (sum.0 + probing.suspicions, sum.1 + probing.drops)
        }
    }

    private static let blocked: @Sendable (Trial) -> Outcome = { trial in
        let (world, slowest) = society(trial, loss: 1_000, seconds: 240)
        let (plain, usual) = society(trial, loss: nil, seconds: 240)
        let (suspicions, drops) = doubts(world)
        let (usualSuspicions, _) = doubts(plain)
        let paths = world.nodes.reduce(0) { $0 + $1.swarm.datagramFigures.paths }
        let isFew = world.datagrams.count <= UInt64(paths) * 18 + UInt64(count) * 3
        return world.outcome(
            "\(world.datagrams.count) datagrams on \(paths) paths, \(words(slowest)), without "
                + "datagrams \(words(usual)); \(suspicions) suspicions, without "
                + "\(usualSuspicions)",
            [
                "nobody is taken for dead": drops == 0,
                "nobody is suspected": suspicions <= usualSuspicions,
                "few datagrams": isFew && paths > 0,
                "news in time": (slowest ?? .max) <= 5_000_000_000,
            ])
    }

    private static let narrow: @Sendable (Trial) -> Outcome = { trial in
        let (world, slowest) = society(trial, loss: 0, largest: 548, atOnce: 40, seconds: 120)
        let (suspicions, drops) = doubts(world)
        let figures = world.nodes.map(\.swarm.datagramFigures)
        let (paths, open) = figures.reduce((0, 0)) { ($0.0 + $1.paths, $0.1 + $1.open) }
        let carried = figures.reduce(0) { $0 + $1.carried }
        return world.outcome(
            "\(world.datagrams.tooLarge) of \(world.datagrams.count) too large; \(open) of "
                + "\(paths) paths open, \(carried) words went by them, \(words(slowest)), "
                + "\(suspicions) suspicions",
            [
                "some are too large": world.datagrams.tooLarge > 0,
                "nobody is suspected": suspicions == 0 && drops == 0,
                "news in time": (slowest ?? .max) <= 5_000_000_000,
            ])
    }

    private static let lossy: @Sendable (Trial) -> Outcome = { trial in
        let (world, slowest) = society(trial, loss: 200, seconds: 540)
        let (suspicions, drops) = doubts(world)
        let figures = world.nodes.map(\.swarm.datagramFigures)
        let (paths, open) = figures.reduce((0, 0)) { ($0.0 + $1.paths, $0.1 + $1.open) }
        let carried = figures.reduce(0) { $0 + $1.carried }
        let silent = world.nodes.count - 1
        let links = world.neighbours(of: silent)
        world.divide([silent], isSilent: true, isFault: false)
        let start = world.now
        let isNoticed = world.run(seconds: 30) {
            links.allSatisfy { !world.neighbours(of: $0).contains(silent) }
        }
        return world.outcome(
            "\(open) of \(paths) paths open, \(carried) words went by them, \(words(slowest)), "
                + "\(suspicions) suspicions, \(drops) taken for dead; a silent one dropped in "
                + "\((world.now - start) / 1_000_000) ms",
            [
                "nobody is taken for dead": drops == 0, "paths are open": open * 2 > paths,
                "words go by them": carried > UInt64(60 * world.log.rounds),
                "a silent one is dropped": isNoticed && !links.isEmpty,
                "news in time": (slowest ?? .max) <= 5_000_000_000,
            ])
    }

    private static let storm: @Sendable (Trial) -> Outcome = { trial in
        let world = World(trial)
        var storm = DatagramStorm(network: World.network, seed: trial.seed)
        var desk = storm.makeDesk()
        let channels = desk.channelCount
        var longer = 0
        for number in 0..<100_000 {
            let (bytes, source) = storm.next()
            let now = UInt64(number) * 10_000
            switch desk.take(bytes, count: bytes.count, at: now, from: { source }) {
            case .reply(let answer): longer += answer.count > bytes.count ? 1 : 0
            case .message, .seen: longer += 1
            case .nothing: break
            }
        }
        let counters = desk.counters
        return world.outcome(
            "\(counters.asked) of 100000 answered, \(counters.answeredBytes) bytes for "
                + "\(counters.askedBytes); \(counters.refusedCount) passed over, "
                + "\(desk.channelCount - channels) channels more, \(longer) answers longer than "
                + "their question",
            [
                "no answer is longer": longer == 0
                    && counters.answeredBytes <= counters.askedBytes,
                "nothing is kept": desk.channelCount == channels && counters.received == 0,
                "all is counted": counters.refusedCount + counters.asked == 100_000,
            ])
    }
}
