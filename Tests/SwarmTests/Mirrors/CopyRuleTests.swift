import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct CopyRuleTests {
    private let seeds: [UInt8] = [1, 2, 3, 4, 5, 6]
    private let second: UInt64 = 1_000_000_000

    @Test func `as many take a new layer as are missing, and all agree who`() {
        let sample = MirrorSample()
        for number in UInt8(1)...20 {
            let copy = sample.watched(sample.layer(number, copies: 4))
            #expect(sample.takers(copy, among: seeds).count == 3)
        }
    }

    @Test func `nothing is taken where enough live, and a holder that is gone is replaced by one`()
    {
        var sample = MirrorSample()
        let copy = sample.watched(holders: [1, 2])
        #expect(sample.takers(copy, among: [3, 4, 5, 6]).isEmpty)
        #expect(sample.decide(copy, as: 3) == .none(.leftToOthers))
        sample.lose(1, for: 59)
        #expect(sample.takers(copy, among: [3, 4, 5, 6]).isEmpty)
        sample.lose(1, for: 60)
        #expect(sample.takers(copy, among: [3, 4, 5, 6]).count == 1)
        sample.lose(2, for: 60)
        #expect(sample.takers(copy, among: [3, 4, 5, 6]).count == 2)
        sample.lose(100, for: 60)
        #expect(sample.takers(copy, among: [3, 4, 5, 6]).count == 3)
    }

    @Test func `the next one has its turn when those before it do nothing`() {
        var sample = MirrorSample()
        let order = Placement.order(
            seeds.map { seed in
                sample.nodes[MirrorSample.key(seed)]!.candidate(MirrorStanding())
            },
            beside: [sample.nodes[sample.publisher]!.candidate(MirrorStanding())],
            for: sample.layer().content.layer, size: 1_001_000, count: 6)
        let last = seeds.first { MirrorSample.key($0) == order[5] } ?? 0
        var copy = sample.watched()
        #expect(sample.rule(of: last).decide(&copy) == .none(.waiting(.others)))
        sample.now += 60 * second
        #expect(sample.rule(of: last).decide(&copy) == .none(.waiting(.others)))
        sample.now += 60 * second
        #expect(sample.rule(of: last).decide(&copy) == .take(.open))
    }

    @Test func `copies of strangers, liars and failing mirrors do not count`() {
        var sample = MirrorSample()
        sample.add(50, mirrors: false)
        let copy = sample.watched(holders: [50, 51, 2])
        #expect(
            sample.rule.counting(copy.watched) == [MirrorSample.key(2), sample.publisher].sorted())
        #expect(sample.takers(copy, among: [1, 3, 4, 5, 6]).count == 1)
        var standing = MirrorStanding()
        for _ in 0..<MirrorStanding.failuresMax { standing.end(isPassed: false) }
        sample.standings[MirrorSample.key(2)] = standing
        #expect(sample.takers(copy, among: [1, 3, 4, 5, 6]).count == 2)
    }

    @Test func `one that has not said for a day that it is there is gone`() {
        var sample = MirrorSample()
        sample.add(2, issued: Driver.wallStart - 86_402_000)
        let copy = sample.watched(holders: [2])
        #expect(sample.rule.living(copy.watched) == [sample.publisher])
        // Unless it was just met.
        sample.presence.met(MirrorSample.key(2), at: sample.now)
        #expect(sample.rule.living(copy.watched).count == 2)
    }

    @Test func `a node that knows of nobody yet waits`() {
        var sample = MirrorSample()
        sample.isSettled = false
        #expect(sample.decide(sample.watched()) == .none(.waiting(.catalogue)))
        // What it keeps always needs no word of others.
        sample.settings.rules = [.init(.publisher(sample.publisher), isAll: true)]
        #expect(sample.decide(sample.watched()) == .take(.open))
    }

    @Test func `the publisher's pace holds, but for mirrors that are named and by hand`() {
        var sample = MirrorSample()
        sample.settings.rules = [.init(.publisher(sample.publisher), isAll: true)]
        let own = MirrorSample.key(1)
        func copy(_ pace: LayerSpread.Pace, _ mirrors: [NodeKey] = []) -> WatchedCopy {
            sample.watched(sample.layer(pace: pace, mirrors: mirrors))
        }
        #expect(sample.decide(copy(.immediate)) == .take(.open))
        #expect(sample.decide(copy(.batched)) == .take(.batch))
        #expect(sample.decide(copy(.manual)) == .none(.waiting(.hand)))
        for pace in LayerSpread.Pace.allCases {
            #expect(sample.decide(copy(pace, [own])) == .take(.open))
        }
        sample.settings.taken = [sample.layer().content.layer]
        #expect(sample.decide(copy(.manual)) == .take(.open))
        // What is left of a publisher who is gone is no news that waits for others.
        sample.settings.taken = []
        sample.lose(100, for: 60)
        #expect(sample.decide(copy(.batched)) == .take(.open))
        #expect(sample.decide(copy(.manual)) == .none(.waiting(.hand)))
    }

    @Test func `what is kept and not followed any more is let go of`() {
        var sample = MirrorSample()
        sample.settings.rules = []
        guard case .release = sample.decide(sample.watched(isKept: true)) else {
            Issue.record("it stays")
            return
        }
        #expect(sample.decide(sample.watched()) == .none(.leftToOthers))
    }

    @Test func `one too many is let go of by the last alone, after long, and only for sure`() {
        var sample = MirrorSample()
        var copies: [UInt8: WatchedCopy] = [:]
        for seed in [UInt8(1), 2, 3] {
            let others = [UInt8(1), 2, 3].filter { $0 != seed }
            copies[seed] = sample.watched(holders: others, isKept: true)
            sample.presence.met(MirrorSample.key(seed), at: sample.now)
        }
        sample.presence.met(sample.publisher, at: sample.now)
        func releasing(_ sample: MirrorSample) -> [UInt8] {
            copies.keys.sorted().filter { seed in
                let decision = sample.rule(of: seed).decide(&copies[seed]!)
                if case .release = decision { return true }
                #expect(decision == .none(.kept))
                return false
            }
        }
        #expect(releasing(sample).isEmpty)
        for _ in 0..<24 {
            sample.now += 59 * second
            for seed in [UInt8(1), 2, 3, 100] {
                sample.presence.met(MirrorSample.key(seed), at: sample.now)
            }
            #expect(releasing(sample).isEmpty)
        }
        sample.now += 60 * second
        // Nobody lets go while one of those that stay was not seen.
        #expect(releasing(sample).count == 1)
        sample.presence.missed(sample.publisher, at: sample.now)
        #expect(releasing(sample).isEmpty)
    }
}
