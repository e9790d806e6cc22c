import Testing

@testable import Swarm

@Suite struct PeerLinesTests {
    @Test func `each group is asked for over the connection that owes least`() {
        var lines = PeerLines()
        var asked = [lines.ask(10, at: 1)]
        lines.add(7)
        lines.add(8)
        #expect(lines.stripes == [7, 8])
        for (step, bytes) in [10, 5, 1, 1].enumerated() as EnumeratedSequence<[UInt64]> {
            asked.append(lines.ask(bytes, at: UInt64(2 + step)))
        }
        lines.settle(10, over: nil)
        asked.append(lines.ask(1, at: 6))
        #expect(asked == [nil, 7, 8, 8, 8, nil])
        #expect(lines.all.map(\.owed) == [1, 10, 7])
    }

    @Test func `one that is slow gets fewer`() {
        var lines = PeerLines()
        lines.add(7)
        var asked: [SessionNumber?: Int] = [:]
        var owed: [(SessionNumber?, UInt64)] = []
        // The stripe answers each fourth time only.
        for step in 0..<200 {
            while owed.count < 8 {
                let line = lines.ask(1, at: UInt64(step))
                asked[line, default: 0] += 1
                owed.append((line, 1))
            }
            for line in [nil, 7] as [SessionNumber?] where line == nil || step % 4 == 0 {
                guard let place = owed.firstIndex(where: { $0.0 == line }) else { continue }
                owed.remove(at: place)
                lines.settle(1, over: line)
            }
        }
        #expect((asked[nil] ?? 0) > 3 * (asked[7] ?? 0))
        #expect((asked[7] ?? 0) > 30)
    }

    @Test func `those that bring nothing while they owe are named`() {
        var lines = PeerLines()
        lines.add(7)
        _ = lines.ask(10, at: 100)
        _ = lines.ask(10, at: 200)
        #expect(lines.silent(for: 50, at: 240).map(\.stripe) == [nil])
        lines.arrived(10, over: nil, at: 240)
        #expect(lines.silent(for: 50, at: 260).map(\.stripe) == [7])
        lines.settle(10, over: 7)
        #expect(lines.silent(for: 50, at: 280).isEmpty)
        // What it owes anew counts from the question.
        _ = lines.ask(10, at: 900)
        #expect(lines.silent(for: 50, at: 940).map(\.stripe) == [nil])
    }

    private static let group: UInt64 = 1 << 20

    /// A session's own connection that brings a group each 20 ms and a stripe that takes 200, both
    /// measured, at 10 s.
    private static func uneven() -> PeerLines {
        var lines = PeerLines()
        lines.add(7)
        let paces: [(SessionNumber?, UInt64, Int)] = [(nil, 20, 10), (7, 200, 1)]
        for (stripe, pause, count) in paces {
            var now = 10 * Span.second - pause * UInt64(count) * Span.millisecond
            lines.ask(Self.group * UInt64(count), over: stripe, at: now)
            for _ in 0..<count {
                now += pause * Span.millisecond
                lines.settle(Self.group, over: stripe)
                lines.arrived(Self.group, over: stripe, at: now)
            }
        }
        return lines
    }

    @Test func `what is left goes where it comes soonest, and a slow one is measured again`() {
        #expect(Self.uneven().all.map { ($0.rate ?? 0) >> 20 } == [50, 5])
        for (isTail, most) in [(true, 9), (false, 4)] {
            var lines = Self.uneven()
            var asked: [SessionNumber?] = []
            for _ in 0..<(most + 2) {
                asked.append(lines.ask(Self.group, isTail: isTail, at: 10 * Span.second))
            }
            // As many as the fast one brings while the slow one brings one; not a tail: it counts
            // for a fourth of the fast one at least.
            #expect(asked.firstIndex(of: 7).map { (most - 1...most + 1).contains($0) } == true)
        }
        var fresh = Self.uneven()
        fresh.add(8)
        #expect(fresh.ask(Self.group, isTail: true, at: 10 * Span.second) == nil)
        #expect(fresh.ask(Self.group, isTail: true, at: 10 * Span.second) == 8, "not known yet")
    }

    @Test func `an idle one stands in for one that is long overdue`() {
        let now = 10 * Span.second
        var lines = Self.uneven()
        func idle(_ stripe: SessionNumber?, after span: UInt64) -> Bool {
            lines.idle(
                insteadOf: stripe, for: Self.group, roundTrip: 10 * Span.millisecond,
                at: now + span * Span.millisecond) != nil
        }
        // 210 ms over the stripe, 30 over the session's own connection.
        lines.ask(Self.group, over: 7, at: now)
        #expect(!idle(7, after: 0) && !idle(7, after: 340) && idle(7, after: 350))
        // One that owes something has no time.
        lines.ask(Self.group, over: nil, at: now)
        #expect(!idle(7, after: 900))
        lines.settle(Self.group, over: 7)
        #expect(!idle(nil, after: 250) && idle(nil, after: 260))
    }

    @Test func `a stripe that is gone owes nothing`() {
        var lines = PeerLines()
        lines.add(7)
        _ = lines.ask(1, at: 0)
        _ = lines.ask(1, at: 0)
        lines.remove(7)
        lines.settle(1, over: 7)
        #expect(lines.all.count == 1 && lines.all[0].owed == 1)
    }
}
