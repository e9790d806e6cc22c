import Testing
import Wire

@testable import Swarm

@Suite struct ProbingTests {
    private struct Bench {
        var probing = Probing(seed: 5)
        var now: UInt64 = 0

        init(_ count: UInt64) {
            for link in 1...count {
                probing.add(link, Driver.key(UInt8(link)).publicKey, at: 0)
            }
        }

        /// Lets time pass; `answers` are the links that answer pings at once.
        mutating func pass(
            _ span: UInt64, answers: Set<SessionNumber>
        ) -> [Probing.Effect] {
            let end = now + span
            var all: [Probing.Effect] = []
            while let due = probing.deadline, due <= end {
                now = max(now, due)
                var effects: [Probing.Effect] = []
                probing.wake(at: now, into: &effects)
                all += effects
                for case .ping(let link, let number) in effects where answers.contains(link) {
                    var more: [Probing.Effect] = []
                    probing.heard(link, pong: number, at: now + Span.millisecond, into: &more)
                    all += more
                }
            }
            now = end
            return all
        }

        mutating func hear(
            _ link: SessionNumber, _ message: NeighbourMessage
        ) -> [Probing.Effect] {
            var effects: [Probing.Effect] = []
            probing.receive(message, from: link, at: now, into: &effects)
            return effects
        }
    }

    @Test func `neighbours that answer are asked each second and never suspected`() {
        var bench = Bench(3)
        let effects = bench.pass(60 * Span.second, answers: [1, 2, 3])
        let pings = effects.count { if case .ping = $0 { true } else { false } }
        #expect((150...190).contains(pings))
        #expect(effects.count == pings)
    }

    @Test func `the way is measured even if the first question was lost and the other side talks`()
    {
        var bench = Bench(1)
        for _ in 0..<20 {
            var effects: [Probing.Effect] = []
            bench.probing.heard(1, at: bench.now, into: &effects)
            _ = bench.pass(500 * Span.millisecond, answers: bench.now < Span.second ? [] : [1])
        }
        #expect(bench.probing.pulses[1]?.shortest == Span.millisecond)
    }

    @Test func `a silent one is asked, then others about it, then suspected, then dropped`() {
        var bench = Bench(3)
        _ = bench.pass(10 * Span.second, answers: [1, 2, 3])
        let start = bench.now
        var steps: [String] = []
        var times: [String: UInt64] = [:]
        for _ in 0..<200 {
            for effect in bench.pass(100 * Span.millisecond, answers: [1, 3]) {
                let step: String? =
                    switch effect {
                    case .ping(2, _): "ping"
                    case .send(_, .probe(_, Driver.key(2).publicKey)): "others"
                    case .suspect(2, true): "suspect"
                    case .drop(2): "drop"
                    case .ping: nil
                    default: "something else"
                    }
                guard let step else { continue }
                if times[step] == nil { steps.append(step) }
                times[step] = times[step] ?? bench.now - start
            }
        }
        #expect(steps == ["ping", "others", "suspect", "drop"])
        #expect((times["suspect"] ?? 0) <= 3 * Span.second)
        #expect((times["drop"] ?? 0) >= 5 * Span.second)
        #expect((times["drop"] ?? .max) <= 10 * Span.second)
    }

    @Test func `a word of the suspect clears it`() {
        var bench = Bench(2)
        _ = bench.pass(5 * Span.second, answers: [1, 2])
        let silent = bench.pass(4 * Span.second, answers: [1])
        #expect(silent.contains(.suspect(2, true)))
        var effects: [Probing.Effect] = []
        bench.probing.heard(2, at: bench.now, into: &effects)
        #expect(effects == [.suspect(2, false)])
        #expect(bench.probing.refutations == 1)
    }

    @Test func `what others heard keeps a link; that they heard nothing ends none`() {
        for outcome in [NeighbourMessage.ProbeOutcome.alive, .silent] {
            var bench = Bench(3)
            _ = bench.pass(5 * Span.second, answers: [1, 2, 3])
            var dropped: UInt64?
            let start = bench.now
            for _ in 0..<300 where dropped == nil {
                for effect in bench.pass(100 * Span.millisecond, answers: [1, 3]) {
                    if case .send(let helper, .probe(let number, _)) = effect {
                        _ = bench.hear(helper, .probeAnswer(number: number, outcome))
                    }
                    if effect == .drop(2) { dropped = bench.now - start }
                }
            }
            let span = dropped ?? .max
            #expect(span >= 5 * Span.second, "\(outcome)")
            #expect((span > 20 * Span.second) == (outcome == .alive))
        }
    }

    @Test func `a node that stood still blames itself and nobody else`() {
        var bench = Bench(8)
        _ = bench.pass(5 * Span.second, answers: Set(1...8))
        bench.now += 20 * Span.second
        var effects: [Probing.Effect] = []
        bench.probing.wake(at: bench.now, into: &effects)
        effects += bench.pass(10 * Span.second, answers: Set(1...8))
        #expect(!effects.contains { if case .suspect = $0 { true } else { false } })
        #expect(!effects.contains { if case .drop = $0 { true } else { false } })
        #expect(bench.probing.drops == 0)
    }

    @Test func `looks at a third node for a neighbour and says what it saw`() throws {
        var bench = Bench(3)
        _ = bench.pass(5 * Span.second, answers: [1, 2, 3])
        let target = Driver.key(2).publicKey
        // A question that is open already is enough.
        var effects = bench.pass(NeighbourLimits.heardLately + 1, answers: [])
        effects += bench.hear(1, .probe(number: 77, of: target))
        let numbers = effects.compactMap {
            if case .ping(2, let number) = $0 { number } else { nil }
        }
        let number = try #require(numbers.last)
        var answer: [Probing.Effect] = []
        bench.probing.heard(2, pong: number, at: bench.now + 1, into: &answer)
        #expect(answer == [.send(1, .probeAnswer(number: 77, .alive))])
        let soon = bench.hear(1, .probe(number: 80, of: target))
        #expect(soon == [.send(1, .probeAnswer(number: 80, .alive))])
        #expect(
            bench.hear(1, .probe(number: 78, of: Driver.key(9).publicKey))
                == [.send(1, .probeAnswer(number: 78, .unknown))])
        _ = bench.pass(NeighbourLimits.heardLately + 2, answers: [1, 3])
        _ = bench.hear(1, .probe(number: 79, of: target))
        let silent = bench.pass(10 * Span.second, answers: [1, 3])
        #expect(silent.contains(.send(1, .probeAnswer(number: 79, .silent))))
    }

    @Test func `whoever asks about a third node again and again makes nobody a nuisance to it`() {
        var bench = Bench(2)
        _ = bench.pass(5 * Span.second, answers: [1, 2])
        let target = Driver.key(2).publicKey
        func pings(_ effects: [Probing.Effect]) -> Int {
            effects.count { if case .ping(2, _) = $0 { true } else { false } }
        }
        var (asked, known) = (0, 0)
        for number in 0..<200 {
            let effects = bench.hear(1, .probe(number: UInt64(number), of: target))
            asked += pings(effects)
            known += effects.count {
                if case .send(1, .probeAnswer(_, .alive)) = $0 { true } else { false }
            }
        }
        #expect(asked <= 1)
        _ = bench.pass(NeighbourLimits.heardLately + 1, answers: [])
        for number in 0..<200 {
            asked += pings(bench.hear(1, .probe(number: UInt64(number), of: target)))
        }
        #expect(asked <= 2 && known + asked > 0)
    }
}
