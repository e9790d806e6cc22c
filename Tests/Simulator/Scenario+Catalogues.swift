import Swarm
import Wire

/// What whole nodes know after cuts, with wrong clocks and out of old backups.
extension Scenario {
    static let catalogues: [Scenario] = [
        Scenario(
            name: "cut-catalogues",
            goal: "40 nodes cut in halves for 30 minutes, 1,000 new records on each side: nine "
                + "of ten have neighbours on both sides within 30 s of the cut's end, all "
                + "catalogues are equal within 60 s, sketches take at most 60 kB a link between "
                + "the halves",
            isQuick: false
        ) { cut($0, nodes: 40, minutes: 30, records: 1_000) },
        Scenario(
            name: "cut-catalogues-small", goal: "the same with 10 nodes, 5 minutes and 200 records",
            isQuick: true
        ) { cut($0, nodes: 10, minutes: 5, records: 200) },
        Scenario(
            name: "clocks",
            goal: "12 nodes, 4 of them with clocks up to 10 minutes off, all drifting by up to "
                + "500 ppm, two that jump a day for ten minutes: after 50 minutes no "
                + "record is lost or stuck, and who is two minutes off was told, nobody else",
            isQuick: true, run: clocks),
        Scenario(
            name: "old-backup",
            goal: "a node comes back from a backup that is 60 days old: nothing that was taken "
                + "back or signed with a revoked key since reappears anywhere",
            isQuick: true, run: oldBackup),
        Scenario(
            name: "unreachable",
            goal: "one of eight neighbours never answers: what the others have comes at most "
                + "100 ms later for it",
            isQuick: true, run: unreachable),
    ]

    private static func cut(
        _ trial: Trial, nodes count: Int, minutes: UInt64, records: Int
    ) -> Outcome {
        let world = World(trial)
        let nodes = world.gather(count, least: 8)
        _ = world.run(seconds: 60)
        let half = Array(nodes.prefix(nodes.count / 2))
        world.divide(half, isSilent: true)
        let pause = minutes * 60_000 / UInt64(records)
        for number in world.rounds(records) {
            for side in [half, Array(nodes.dropFirst(nodes.count / 2))] {
                guard let node = side.randomElement(using: &world.generator) else { continue }
                var content = NodeContent(endpoints: [], services: [])
                content.label = "news \(number)"
                world.say(
                    .node(content), by: world.makeKey(), at: node, life: 20 * 3_600_000)
            }
            world.run(milliseconds: pause)
        }
        let before = world.traffic
        world.heal()
        let start = world.now
        var mixed: UInt64?
        let isHealed = world.run(seconds: 180) {
            let mixedCount = mixed == nil ? nodes.count { isMixed(world, $0, half) } : 0
            if mixedCount * 10 >= nodes.count * 9 { mixed = world.now }
            return mixed != nil && world.areEqual(nodes)
        }
        let spans = ((mixed ?? .max) - start, world.now - start)
        let across = world.traffic.filter {
            half.contains($0.key.low) && !half.contains($0.key.high)
        }
        let costs = across.map { $0.value.sketches - (before[$0.key]?.sketches ?? 0) }
        let most = costs.max() ?? 0
        return world.outcome(
            "mixed after \(spans.0 / 1_000_000) ms, \(isHealed ? "equal" : "not equal") after "
                + "\(spans.1 / 1_000_000) ms, sketches of at most \(most) bytes a link",
            [
                "equal": isHealed && spans.1 <= 60_000_000_000, "mixed": spans.0 <= 30_000_000_000,
                "small sketches": most <= 60_000,
            ])
    }

    private static func isMixed(_ world: World, _ node: Int, _ half: [Int]) -> Bool {
        let sides = world.neighbours(of: node).map { half.contains($0) }
        return sides.contains(true) && sides.contains(false)
    }

    private static let clocks: @Sendable (Trial) -> Outcome = { trial in
        let world = World(trial)
        let nodes = world.gather(12, least: 12)
        for node in nodes {
            let most: Int64 = node < 4 ? 600_000 : 1_000
            let skew = Int64.random(in: -most...most, using: &world.generator)
            let drift = Int64.random(in: -500...500, using: &world.generator)
            world.harm(node, "has a clock that is \(skew) ms and \(drift) ppm off") {
                $0.skewMilliseconds = skew
                $0.driftPartsPerMillion = drift
            }
        }
        _ = world.run(seconds: 60)
        var layers: [Digest] = []
        for minute in 0..<30 {
            guard let node = nodes.randomElement(using: &world.generator) else { continue }
            layers.append(world.share("minute\(minute)", by: node))
            switch minute {
            case 2: world.nodes[8].skewMilliseconds += 86_400_000
            case 12: world.nodes[8].skewMilliseconds -= 86_400_000
            case 14: world.nodes[9].skewMilliseconds -= 86_400_000
            case 24: world.nodes[9].skewMilliseconds += 86_400_000
            default: break
            }
            _ = world.run(seconds: 60)
        }
        _ = world.run(seconds: 1_200)
        let lost = nodes.reduce(0) { sum, node in
            sum + layers.count { !world.knows(node, $0) }
        }
        let clocks = nodes.map { Int64(world.moment(of: $0).wall) }.sorted()
        let middle = clocks[clocks.count / 2]
        let wrong = nodes.filter { node in
            abs(Int64(world.moment(of: node).wall) - middle) > 120_000 || [8, 9].contains(node)
        }
        let told = nodes.filter { node in
            world.nodes[node].logs.contains { $0.hasPrefix("this machine's clock is") }
        }
        let unsaid = wrong.count { !told.contains($0) }
        let inVain = told.count { node in
            abs(Int64(world.moment(of: node).wall) - middle) < 30_000
                && ![8, 9].contains(node)
        }
        return world.outcome(
            "\(lost) of \(layers.count * nodes.count) not known, \(unsaid) of \(wrong.count) "
                + "with wrong clocks not told, \(inVain) told for nothing, "
                + (world.areEqual(nodes) ? "equal" : "not equal"),
            [
                "nothing is lost": lost == 0, "who is wrong is told": unsaid == 0,
                "nobody else is told": inVain == 0, "equal": world.areEqual(nodes),
            ])
    }

    private static let oldBackup: @Sendable (Trial) -> Outcome = { trial in
        let world = World(trial)
        let nodes = world.gather(8, least: 8)
        _ = world.run(seconds: 30)
        let layers = (0..<20).map { world.share("layer\($0)", by: nodes[$0 % 4]) }
        let key = world.makeKey()
        for number in 0..<5 {
            var content = LayerContent(
                layer: Blake3.hash([UInt8(number)]), manifestSize: 9, type: "memory",
                name: "of-a-lost-key-\(number)", version: "1.0.0", licence: "MIT", size: 1,
                files: 1)
            content.summary = nil
            world.say(
                .layer(content), by: key, at: nodes[5], life: 365 * 86_400_000)
        }
        _ = world.run(seconds: 60)
        let isSpread = world.areEqual(nodes)
        let backup = world.nodes[nodes[7]].backup
        for (number, layer) in layers.enumerated() where number % 2 == 0 {
            world.nodes[nodes[number % 4]].remove(layer, in: world)
        }
        let end = KeyRevocationContent(successor: nil, reason: "stolen")
        world.say(.keyRevocation(end), by: key, at: nodes[5], life: nil)
        _ = world.run(seconds: 60)
        for node in nodes { world.crash(node, isFault: false) }
        world.skip(seconds: 60 * 86_400)
        for node in nodes.dropLast() { world.restart(node) }
        for node in nodes.dropLast().dropFirst() { world.join(node, to: nodes[0]) }
        _ = world.run(seconds: 300)
        world.restore(nodes[7], backup)
        world.join(nodes[7], to: nodes[2])
        _ = world.run(seconds: 900)
        let gone = layers.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        let back = nodes.reduce(0) { sum, node in
            sum + gone.count { world.knows(node, $0) }
                + world.nodes[node].catalogue.values.count {
                    $0.publisher == key.publicKey && $0.type != .keyRevocation
                }
        }
        let kept = layers.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        let lost = nodes.reduce(0) { sum, node in sum + kept.count { !world.knows(node, $0) } }
        return world.outcome(
            "\(back) came back, \(lost) lost of those that stand, "
                + "\(world.areEqual(nodes) ? "equal" : "not equal")",
            [
                "all hear of all": isSpread, "nothing comes back": back == 0,
                "nothing is lost": lost == 0, "equal": world.areEqual(nodes),
            ])
    }

    private static let unreachable: @Sendable (Trial) -> Outcome = { trial in
        /// When the newcomer had the record of each of eight, and the world.
        func arrivals(isOneAway: Bool) -> ([UInt64], World) {
            let world = World(trial)
            world.weather.isSteady = true
            let nodes = (0..<9).map { _ in world.addNode() }
            let newcomer = nodes[8]
            if isOneAway { world.divide([nodes[0]], isSilent: true) }
            _ = world.run(seconds: 5)
            for node in nodes.dropLast() { world.join(newcomer, to: node) }
            var times = [UInt64](repeating: .max, count: 8)
            _ = world.run(seconds: 60) {
                for node in nodes.dropLast() where times[node] == .max {
                    let place = SlotKey(
                        publisher: world.nodes[node].key.publicKey, type: .node, slot: .only)
                    if world.nodes[newcomer].catalogue[place] != nil { times[node] = world.now }
                }
                return false
            }
            return (times, world)
        }
        let (all, _) = arrivals(isOneAway: false)
        let (others, world) = arrivals(isOneAway: true)
        let later = zip(others, all).dropFirst().map { $0 > $1 ? $0 - $1 : 0 }.max() ?? .max
        let isComplete = !others.dropFirst().contains(.max) && !all.contains(.max)
        return world.outcome(
            isComplete ? "\(later / 1_000_000) ms later at most" : "not all came",
            ["all comes": isComplete, "no later": later <= 100_000_000])
    }
}
