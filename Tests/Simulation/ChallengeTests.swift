import Genome
import Simulator
import Swarm
import Testing
import Wire

/// Nodes that show what they hold, and such as cannot; a failure prints the seed that repeats it.
@Suite struct ChallengeTests {
    private static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]
    private func scene(
        _ seed: UInt64, sizes: [Int] = [MirroredLayer.size]
    ) throws -> MirroredLayer {
        try #require(MirroredLayer(Trial(seed: seed), sizes: sizes), "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `honest mirrors pass, both sides keep the receipt, and it counts`(seed: UInt64) throws {
        let scene = try scene(seed)
        let ends = scene.ask()
        #expect(
            ends == [
                scene.key(1): .verdict(.passed), scene.key(2): .verdict(.passed),
            ], "seed \(seed)")
        _ = scene.world.run(seconds: 2)
        for mirror in 1...2 {
            let kept = scene.world.nodes[scene.nodes[mirror]].auditor.kept
            #expect(kept.count == 1 && kept.allSatisfy(\.isAuthentic))
            let signed = scene.publisher.auditor.signed.filter {
                $0.terms.mirror == scene.key(mirror)
            }
            #expect(signed == kept)
            let standing = scene.publisher.swarm.standing(of: scene.key(mirror))
            #expect(standing.passed == 1 && standing.failed == 0)
        }
        let sent = scene.publisher.auditor.signed.map(\.draft.sent)
        #expect(Set(sent).count == 1, "they were not asked at the same moment")
    }

    @Test(arguments: seeds)
    func `one that lost a tenth is found out by 64 steps, an honest one beside it is not`(
        seed: UInt64
    ) throws {
        let scene = try scene(seed)
        scene.world.nodes[scene.nodes[1]].auditor.conduct = .lostTenth(Int(seed) % 10)
        let ends = scene.ask()
        // 1 - 0.9^64 = 0.9988 for the file; the manifest has one leaf and is seldom drawn.
        #expect(ends[scene.key(1)] == .verdict(.wrong), "seed \(seed)")
        #expect(ends[scene.key(2)] == .verdict(.passed), "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `one that fetches each leaf 20 ms away is late, whoever it fetches from`(
        seed: UInt64
    ) throws {
        let scene = try scene(seed)
        scene.world.nodes[scene.nodes[1]].auditor.conduct = .fetches(
            from: scene.nodes[2], each: 20_000_000)
        let ends = scene.ask()
        #expect(ends[scene.key(1)] == .verdict(.late), "seed \(seed)")
        #expect(ends[scene.key(2)] == .verdict(.passed))
        // Its answer was right, and it says nothing of that.
        let receipt = scene.publisher.auditor.signed.first { $0.verdict == .late }
        #expect(receipt?.isAuthentic == true && receipt?.isSignedByBoth == true)
    }

    @Test(arguments: seeds)
    func `one that passes the question on gets a code that is not its own`(seed: UInt64) throws {
        let scene = try scene(seed)
        scene.world.nodes[scene.nodes[1]].auditor.conduct = .passesOn(
            to: scene.nodes[2], in: 30_000_000)
        #expect(scene.ask()[scene.key(1)] == .verdict(.wrong), "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `old answers and other blobs are wrong, silence is a failure`(seed: UInt64) throws {
        let scene = try scene(seed, sizes: [MirroredLayer.size, 40_000])
        #expect(scene.ask()[scene.key(1)] == .verdict(.passed), "seed \(seed)")
        scene.waitAnHour()
        scene.world.nodes[scene.nodes[1]].auditor.conduct = .replays
        #expect(scene.ask(2)[scene.key(1)] == .verdict(.wrong), "seed \(seed)")
        scene.waitAnHour()
        let other = scene.published.manifest.files[1].blob
        scene.world.nodes[scene.nodes[1]].auditor.conduct = .reads(other)
        let wrong = scene.ask(3)
        let asked = scene.publisher.auditor.reports[3]?.blob?.blob
        #expect(wrong[scene.key(1)] == .verdict(asked == other ? .passed : .wrong))
        scene.waitAnHour()
        scene.world.nodes[scene.nodes[1]].auditor.conduct = .silent
        #expect(scene.ask(4)[scene.key(1)] == .verdict(.silent), "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `three failures in a row end a holder, and one right answer makes it one again`(
        seed: UInt64
    ) throws {
        let scene = try scene(seed)
        let mirror = scene.world.nodes[scene.nodes[1]]
        mirror.auditor.conduct = .silent
        // Rounds of the publisher's own come between.
        for number in 1...3 as ClosedRange<UInt64> {
            let standing = scene.publisher.swarm.standing(of: scene.key(1))
            #expect(standing.isTrusted == (standing.failedInARow < 3))
            #expect(scene.ask(number)[scene.key(1)] == .verdict(.silent), "seed \(seed)")
            scene.waitAnHour()
        }
        #expect(!scene.publisher.swarm.standing(of: scene.key(1)).isTrusted)
        #expect(scene.publisher.logs.contains { $0.contains("counts as a holder no longer") })
        mirror.auditor.conduct = .honest
        #expect(scene.ask(4)[scene.key(1)] == .verdict(.passed))
        _ = scene.world.run(seconds: 1)
        #expect(scene.publisher.swarm.standing(of: scene.key(1)).isTrusted)
    }

    @Test(arguments: seeds)
    func `a publisher that lost its own copy has the leaves shown, and liars do not pass`(
        seed: UInt64
    ) throws {
        let scene = try scene(seed)
        scene.publisher.auditor.conduct = .lostAll
        scene.world.nodes[scene.nodes[1]].auditor.conduct = .lostTenth(Int(seed) % 10)
        // 1 - 0.9^16 = 0.81 each time; a blob may be shown again after an hour.
        var found = 0
        for number in 1...3 as ClosedRange<UInt64> {
            let ends = scene.ask(number)
            let report = scene.publisher.auditor.reports[number]
            #expect(report?.rows.allSatisfy { $0.mode == .rootOnly && $0.steps == 16 } == true)
            #expect(ends[scene.key(2)] == .verdict(.passed), "seed \(seed)")
            if ends[scene.key(1)] == .verdict(.wrong) { found += 1 }
            scene.waitAnHour()
        }
        #expect(found >= 1, "seed \(seed)")
    }

    /// What is not shown: that there are two copies. Two names over one disk answer both.
    @Test(arguments: seeds)
    func `two names with one copy both pass`(seed: UInt64) throws {
        let scene = try scene(seed)
        scene.world.nodes[scene.nodes[1]].auditor.conduct = .shares(with: scene.nodes[2])
        let ends = scene.ask()
        #expect(ends.values.allSatisfy { $0 == .verdict(.passed) }, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `within a day all are challenged unasked, in bad weather too, and it is told`(
        seed: UInt64
    ) throws {
        let scene = try scene(seed)
        scene.world.weather.lossPerMille = 5
        scene.world.weather.duplicationPerMille = 20
        let isDone = scene.world.run(seconds: 2 * 86_400) {
            scene.world.nodes.allSatisfy { !$0.auditor.signed.isEmpty }
                && scene.world.nodes[scene.nodes[1]].catalogue.values.contains {
                    $0.type == .endorsement && $0.publisher == scene.key(0)
                }
        }
        #expect(isDone, "seed \(seed)")
        for node in scene.world.nodes {
            // Each holder challenges the others; nobody is put down by weather alone.
            #expect(
                node.auditor.signed.allSatisfy {
                    $0.verdict == .passed || $0.verdict == .silent
                })
        }
        for node in scene.world.nodes {
            #expect(!node.logs.contains { $0.contains("too many faults") }, "seed \(seed)")
        }
    }
}
