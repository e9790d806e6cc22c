import Swarm
import Wire

/// Nodes whose disks are full.
extension Scenario {
    static let storage: [Scenario] = [
        Scenario(
            name: "catalogue-full",
            goal: "60 nodes; 15 of them, disks full for two minutes in which 3 start anew, one "
                + "word every 2 s: it reaches all others in 1 s as before, from those 15 as well; "
                + "they ask for a record once at most, keep their neighbours and say why; all "
                + "catalogues are equal 45 s after there is room again",
            isQuick: true, run: catalogueFull)
    ]

    private static let catalogueFull: @Sendable (Trial) -> Outcome = { trial in
        let world = World(trial)
        let nodes = world.gather(60, least: 8)
        _ = world.run(seconds: 60)
        let full = nodes.filter { $0 % 4 == 3 }
        let others = nodes.filter { $0 % 4 != 3 }
        let usual = talk(world, 10, speakers: nodes, listeners: nodes)
        for node in full {
            world.harm(node, "has a full disk") { $0.isDiskFull = true }
        }
        let links = full.map { world.neighbours(of: $0).count }
        let before = world.nodes.map { ($0.recordsAskedFor, $0.catalogue.count) }
        let first = talk(world, 30, speakers: nodes, listeners: others)
        // What waits in memory is lost with it.
        for node in full.prefix(3) {
            world.crash(node)
            world.restart(node)
            world.join(node, to: others[0])
        }
        let second = talk(world, 30, speakers: nodes, listeners: others)
        let heard = first.flatMap { one in second.map { max(one, $0) } }
        let asked = full.map { world.nodes[$0].recordsAskedFor - before[$0].0 }.max() ?? 0
        let isHonest = full.allSatisfy { node in
            let state = world.nodes[node]
            return !state.isDiskFull
                || state.catalogue.count <= before[node].1 && state.swarm.standing != .whole
        }
        let lost = zip(full, links).count { world.neighbours(of: $0).count < $1 / 2 }
        let unsaid = full.count { node in
            world.nodes[node].isDiskFull
                && !world.nodes[node].logs.contains { $0.contains("the disk is full") }
        }
        for node in full { world.nodes[node].isDiskFull = false }
        let start = world.now
        let isEqual = world.run(seconds: 120, each: 100) { world.areEqual(nodes) }
        let spent = (world.now - start) / 1_000_000
        let records = 2 * world.log.rounds
        return world.outcome(
            "news in \(words(heard)), before in \(words(usual)); a full one asked for \(asked) of "
                + "\(records) records, \(lost) lost neighbours, \(unsaid) did not say why; "
                + "\(isEqual ? "equal" : "not equal") after \(spent) ms",
            [
                "news reaches all others": heard != nil, "as soon": (heard ?? .max) <= 1_000,
                "nothing is claimed that was lost": isHonest, "few are asked for": asked <= records,
                "neighbours stay": lost == 0, "it is said why": unsaid == 0,
                "equal again": isEqual && spent <= 45_000,
            ])
    }

    private static func words(_ span: UInt64?) -> String { span.map { "\($0) ms" } ?? "never" }

    /// Nodes say something in turn, one every two seconds; milliseconds until the last of the
    /// listeners had it, for the slowest word, nil where some did not come in 20 s.
    private static func talk(
        _ world: World, _ count: Int, speakers: [Int], listeners: [Int]
    ) -> UInt64? {
        var waiting: [(place: SlotKey, since: UInt64)] = []
        var slowest: UInt64 = 0
        func look() {
            waiting.removeAll { word in
                guard listeners.allSatisfy({ world.nodes[$0].catalogue[word.place] != nil }) else {
                    return false
                }
                slowest = max(slowest, world.now - word.since)
                return true
            }
        }
        for number in world.rounds(count) {
            var content = NodeContent(endpoints: [], services: [])
            content.label = "word \(number)"
            let key = world.makeKey()
            waiting.append((SlotKey(publisher: key.publicKey, type: .node, slot: .only), world.now))
            let speaker = speakers[number * 7 % speakers.count]
            world.say(.node(content), by: key, at: speaker, life: 20 * 3_600_000)
            for _ in 0..<40 {
                world.run(milliseconds: 50)
                look()
            }
        }
        for _ in 0..<360 where !waiting.isEmpty {
            world.run(milliseconds: 50)
            look()
        }
        return waiting.isEmpty ? slowest / 1_000_000 : nil
    }
}
