import Genome
import Swarm
import Wire

/// News among the members of an organisation that is a small part of a network.
extension Scenario {
    static let circles: [Scenario] = [
        Scenario(
            name: "circle-news",
            goal: "50 members among 200 nodes, each with the ticket of one other: a layer for "
                + "members is known to all in 3 s, at most 2.0 copies, strangers hear nothing",
            isQuick: true
        ) { trial in
            let circle = SimulatedCircle(trial, nodes: 200, members: 50)
            var worst: UInt64 = 0
            var copies = 0.0
            var isComplete = true
            var direct = 0
            for turn in circle.world.rounds(4) {
                let news = circle.tell(turn)
                worst = max(worst, news.last ?? .max)
                isComplete = isComplete && news.last != nil
                // The first news draws the tree.
                if turn > 0 { copies = max(copies, news.copies) }
                direct = max(direct, news.direct)
            }
            let strangers = circle.strangersThatHeard
            return circle.world.outcome(
                "all members after \(isComplete ? "\(worst) ms" : "never"), \(direct) of 49 "
                    + "linked to the publisher, \(Int(copies * 100)) % copies, "
                    + "\(strangers) strangers heard of it",
                [
                    "all members hear of all": isComplete, "soon": worst <= 3_000,
                    "few copies": copies <= 2, "few are linked to the publisher": direct < 25,
                    "strangers hear nothing": strangers == 0,
                ])
        },
        Scenario(
            name: "circle-away",
            goal: "a member that was away hears of a layer that came and of one that went, from "
                + "one that holds neither, within 5 s of its return",
            isQuick: true
        ) { trial in
            let circle = SimulatedCircle(trial, nodes: 10, members: 3, isChain: true)
            let gone = circle.share("gone", by: 0)
            _ = circle.world.run(seconds: 5)
            let isHeard = circle.world.knows(2, gone)
            circle.world.crash(2)
            _ = circle.world.run(seconds: 60)
            circle.world.nodes[0].remove(gone, in: circle.world)
            let came = circle.share("came", by: 0)
            _ = circle.world.run(seconds: 30)
            circle.world.crash(0)
            circle.restart(2)
            let world = circle.world
            let isCaughtUp = world.run(seconds: 5) {
                world.knows(2, came) && !world.knows(2, gone)
            }
            let strangers = circle.strangersThatHeard
            return world.outcome(
                "heard \(isHeard), caught up \(isCaughtUp), \(strangers) strangers heard of it",
                [
                    "heard": isHeard, "caught up": isCaughtUp,
                    "strangers hear nothing": strangers == 0,
                ])
        },
    ]
}

/// Members of one organisation among strangers.
final class SimulatedCircle {
    let world: World
    let members: [Int]
    private let society: SimulatedSociety

    /// How one layer became known.
    struct News {
        /// Milliseconds until the last member knew; nil where one did not within a minute.
        var last: UInt64?
        /// Records that members were sent in the circle, for each that was to hear.
        var copies: Double
        /// Members with a session with its publisher.
        var direct: Int
    }

    /// A network in which the first nodes are members, each of which has the ticket of one before
    /// it; in a chain the one right before it, and no way to any other.
    init(_ trial: Trial, nodes: Int, members count: Int, isChain: Bool = false) {
        world = World(trial)
        world.weather.isSteady = true
        members = Array(0..<world.log.nodes(count, least: min(count, 4)))
        _ = world.gather(nodes, least: members.count)
        society = SimulatedSociety(founder: world.makeKey(), wall: World.wallStart)
        for node in members {
            enter(node)
            for other in 0..<node {
                if isChain, other < node - 1 { world.apart.insert(World.Pair(node, other)) }
            }
            guard node > 0 else { continue }
            let other = isChain ? node - 1 : Int.random(in: 0..<node, using: &world.generator)
            world.join(node, to: other)
        }
        _ = world.run(seconds: 60)
    }

    private func enter(_ node: Int) {
        world.feed(node, .organizations([society.known(to: world.nodes[node].key.publicKey)]))
    }

    /// Starts a member that was away.
    func restart(_ node: Int) {
        world.restart(node)
        enter(node)
        world.join(node, to: node - 1)
    }

    /// A member shares a layer for members.
    func share(_ name: String, by node: Int) -> Digest {
        world.share(name, by: node, visibility: .organization, organization: society.id)
    }

    /// A member shares a layer; how it became known.
    func tell(_ turn: Int) -> News {
        let publisher = members[turn * 7 % members.count]
        let before = sent
        let start = world.now
        let layer = share("news-\(turn)", by: publisher)
        let isKnown = world.run(seconds: 60) { members.allSatisfy { world.knows($0, layer) } }
        let span = (world.now - start) / 1_000_000
        _ = world.run(seconds: 5)
        let direct = members.count { !world.sessions(from: publisher, to: $0).isEmpty }
        return News(
            last: isKnown ? span : nil,
            copies: Double(sent - before) / Double(members.count - 1), direct: direct)
    }

    private var sent: UInt64 {
        members.reduce(0) { sum, node in
            sum + world.nodes[node].swarm.circleFigures.reduce(0) { $0 + $1.sent }
        }
    }

    /// Nodes that are no members and have a record that is not for everyone, or were told a word
    /// of a circle.
    var strangersThatHeard: Int {
        world.nodes.indices.count { node in
            guard !members.contains(node) else { return false }
            return world.nodes[node].wordsOfCircles > 0
                || world.nodes[node].catalogue.values.contains { $0.domain != .everyone }
        }
    }
}
