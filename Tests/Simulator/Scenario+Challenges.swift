import Genome
import Swarm
import Wire

/// Nodes that should show what they hold, and such as cannot.
extension Scenario {
    static let challenges: [Scenario] = [lost, borrowed, flooded]

    private static func failed(_ trial: Trial) -> Outcome {
        World(trial).outcome(
            "the layer did not reach its mirrors", ["the layer reaches its mirrors": false])
    }

    private static let lost = Scenario(
        name: "challenge-lost",
        goal: "a mirror lost a tenth of 196 leaves, 64 steps each hour: found at the first, in "
            + "five of five; an honest one beside it passes each time",
        isQuick: true
    ) { trial in
        guard let scene = MirroredLayer(trial) else { return failed(trial) }
        scene.world.nodes[scene.nodes[1]].auditor.conduct = .lostTenth(Int(trial.seed % 10))
        var (found, passed, others) = (0, 0, 0)
        let rounds = scene.world.rounds(5)
        for number in rounds.map({ UInt64($0) + 1 }) {
            let ends = scene.ask(number)
            if scene.publisher.auditor.reports[number]?.blob?.size != UInt64(MirroredLayer.size) {
                others += 1
            }
            if ends[scene.key(1)] == .verdict(.wrong) { found += 1 }
            if ends[scene.key(2)] == .verdict(.passed) { passed += 1 }
            scene.waitAnHour()
        }
        return scene.world.outcome(
            "found in \(found) of \(rounds.count), the honest one passed \(passed)"
                + (others > 0 ? ", another file was drawn in \(others)" : ""),
            [
                "the loss is found": found + others >= rounds.count,
                "the honest one passes": passed == rounds.count,
            ])
    }

    private static let borrowed = Scenario(
        name: "challenge-borrowed",
        goal: "a mirror with no copy fetches each leaf when it is asked: late from 12, 20 and 50 "
            + "ms away; passing the question on gives a wrong code",
        isQuick: true
    ) { trial in
        guard let scene = MirroredLayer(trial) else { return failed(trial) }
        let mirror = scene.world.nodes[scene.nodes[1]]
        var words: [String] = []
        var isReached = true
        var number: UInt64 = 0
        for milliseconds in [2, 5, 12, 20, 50] as [UInt64] {
            mirror.auditor.conduct = .fetches(
                from: scene.nodes[2], each: milliseconds * 1_000_000)
            number += 1
            let end = scene.ask(number)[scene.key(1)]
            if case .verdict(let verdict)? = end { words.append("\(milliseconds) ms \(verdict)") }
            if milliseconds >= 12, end != .verdict(.late) { isReached = false }
            scene.waitAnHour()
        }
        mirror.auditor.conduct = .passesOn(to: scene.nodes[2], in: 20_000_000)
        let passedOn = scene.ask(number + 1)[scene.key(1)]
        if case .verdict(let verdict)? = passedOn { words.append("passed on \(verdict)") }
        return scene.world.outcome(
            words.joined(separator: ", "),
            [
                "who fetches is late": isReached,
                "who passes it on is wrong": passedOn == .verdict(.wrong),
            ])
    }

    private static let flooded = Scenario(
        name: "challenge-flood",
        goal: "six strangers ask a mirror for each of ten files, 20,000 times in all: it reads 32 "
            + "MiB for them, and its publisher's demand passes",
        isQuick: true
    ) { trial in
        let sizes = [Int](repeating: 40_000, count: 10)
        guard let scene = MirroredLayer(trial, mirrors: 1, sizes: sizes) else {
            return failed(trial)
        }
        let world = scene.world
        let mirror = scene.nodes[1]
        let strangers = (0..<6).map { _ in world.addNode() }
        for stranger in strangers {
            world.join(stranger, to: mirror)
            world.nodes[stranger].auditor.isFlooding = true
        }
        _ = world.run(seconds: 5)
        var generator = SeededGenerator(seed: trial.seed)
        var sent = 0
        for _ in 0..<20_000 / strangers.count {
            for stranger in strangers {
                guard let end = world.sessions(from: stranger, to: mirror).first else { continue }
                let file = scene.published.manifest.files[
                    Int.random(in: 0..<sizes.count, using: &generator)]
                let terms = ChallengeTerms(
                    verifier: world.nodes[stranger].key.publicKey, mirror: scene.key(1),
                    blob: file.blob, size: file.size, epoch: 1,
                    nonce: Digest(words: (generator.next(), generator.next(), 0, 0)), steps: 64,
                    mode: .holder)
                world.send(
                    .challenge(StorageChallenge(terms, through: scene.layer, allowed: 0)),
                    from: end)
                sent += 1
            }
            world.run(milliseconds: 20)
        }
        let read = world.nodes[mirror].auditor.leavesRead
        let end = scene.ask()[scene.key(1)]
        let isPassed = end == .verdict(.passed)
        return world.outcome(
            "\(read / 64) MiB read for \(sent) questions, the publisher's "
                + (isPassed ? "passed" : "did not pass"),
            [
                "all is asked": sent > 19_000, "little is read": read <= 2_048,
                "the publisher's demand passes": isPassed,
            ])
    }
}
