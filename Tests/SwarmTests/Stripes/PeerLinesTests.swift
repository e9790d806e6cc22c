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
        lines.arrived(over: nil, at: 240)
        #expect(lines.silent(for: 50, at: 260).map(\.stripe) == [7])
        lines.settle(10, over: 7)
        #expect(lines.silent(for: 50, at: 280).isEmpty)
        // What it owes anew counts from the question.
        _ = lines.ask(10, at: 900)
        #expect(lines.silent(for: 50, at: 940).map(\.stripe) == [nil])
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
