import Testing
import Wire

@testable import Swarm

@Suite struct SpreadTests {
    private struct Bench {
        var spread = Spread()
        var now: UInt64 = 0

        init(_ count: UInt64) {
            for link in 1...count { spread.add(link) }
        }

        mutating func act(
            _ body: (inout Spread, UInt64, inout [Spread.Effect]) -> Void
        ) -> [Spread.Effect] {
            var effects: [Spread.Effect] = []
            body(&spread, now, &effects)
            return effects
        }

        mutating func hear(
            _ link: SessionNumber, _ record: [UInt8], hops: UInt8 = 1
        ) -> [Spread.Effect] {
            act { $0.receive([.init(hops: hops, record: record)], from: link, at: $1, into: &$2) }
        }

        mutating func have(
            _ link: SessionNumber, _ record: [UInt8], hops: UInt8 = 1
        ) -> [Spread.Effect] {
            let have = NeighbourMessage.Have(hops: hops, name: NewsName(of: record))
            return act { $0.receive([have], from: link, at: $1, into: &$2) }
        }

        mutating func accept(_ record: [UInt8]) -> [Spread.Effect] {
            act { $0.accept(record, at: $1, into: &$2) }
        }

        mutating func wake(after span: UInt64) -> [Spread.Effect] {
            now += span
            return act { $0.wake(at: $1, into: &$2) }
        }
    }

    private func links(_ effects: [Spread.Effect]) -> [SessionNumber] {
        effects.compactMap { if case .send(let link, .news) = $0 { link } else { nil } }
    }

    private func grafts(_ effects: [Spread.Effect]) -> [SessionNumber] {
        effects.compactMap { if case .send(let link, .graft) = $0 { link } else { nil } }
    }

    @Test func `news goes on only after it was checked, to all but its source, one hop further`() {
        var bench = Bench(3)
        #expect(bench.hear(2, [1], hops: 4) == [.check(2, [1])])
        let effects = bench.accept([1])
        #expect(links(effects) == [1, 3])
        #expect(effects.first == .send(1, .news([.init(hops: 5, record: [1])])))
    }

    @Test func `who sends what is known is told to send names only`() {
        var bench = Bench(3)
        _ = bench.hear(1, [1])
        _ = bench.accept([1])
        #expect(bench.hear(2, [1]) == [.send(2, .prune)])
        #expect(bench.hear(3, [1]) == [.send(3, .prune)])
        bench.now += NeighbourLimits.prunePause / 2
        #expect(bench.hear(3, [1]).isEmpty, "not twice in a moment")
        _ = bench.hear(1, [2])
        #expect(links(bench.accept([2])).isEmpty)
        let named = bench.wake(after: NeighbourLimits.havesPause)
        let name = NewsName(of: [2])
        #expect(
            named == [2, 3].map { .send($0, .haves([.init(hops: 2, name: name)])) })
    }

    @Test func `one link stays that brings whole records`() {
        var bench = Bench(1)
        _ = bench.hear(1, [1])
        #expect(bench.hear(1, [1]).isEmpty)
        #expect(bench.spread.eagerCount == 1)
    }

    @Test func `a record that only its name reached is asked for, of one after the other`() {
        var bench = Bench(3)
        _ = bench.have(2, [1])
        _ = bench.have(3, [1])
        #expect(bench.wake(after: NeighbourLimits.firstGraft - 1).isEmpty)
        #expect(bench.wake(after: 1) == [.send(2, .graft([NewsName(of: [1])]))])
        #expect(grafts(bench.wake(after: NeighbourLimits.nextGraft)) == [3])
        #expect(grafts(bench.wake(after: NeighbourLimits.nextGraft)) == [2])
        #expect(bench.hear(3, [1]) == [.check(3, [1])])
        #expect(grafts(bench.wake(after: Span.second)).isEmpty)
    }

    @Test func `asking ends`() {
        var bench = Bench(2)
        _ = bench.have(2, [1])
        var count = 0
        for _ in 0..<100 { count += grafts(bench.wake(after: Span.second)).count }
        #expect(count == NeighbourLimits.graftsMax)
        #expect(bench.spread.deadline == nil)
    }

    @Test func `who asks gets the record, and whole ones from then on`() {
        var bench = Bench(2)
        _ = bench.hear(1, [1])
        _ = bench.accept([1])
        bench.spread.receivePrune(from: 2)
        let name = NewsName(of: [1])
        let answer = bench.act { spread, _, effects in
            spread.receive(graft: [name, NewsName(of: [9])], from: 2, into: &effects)
        }
        #expect(answer == [.send(2, .news([.init(hops: 2, record: [1])]))])
        _ = bench.hear(1, [2])
        #expect(links(bench.accept([2])) == [2])
    }

    @Test func `a false record goes nowhere, and its name is not asked for`() {
        var bench = Bench(3)
        _ = bench.hear(1, [1])
        bench.spread.refuse([1])
        #expect(bench.have(2, [1]).isEmpty && bench.spread.deadline == nil)
        #expect(!bench.hear(2, [1]).contains { if case .check = $0 { true } else { false } })
    }

    @Test func `a record that could not be looked at may come again`() {
        var bench = Bench(2)
        _ = bench.hear(1, [1])
        bench.spread.forget([1])
        #expect(bench.hear(2, [1]) == [.check(2, [1])])
    }

    @Test func `a way that is shorter by three hops is taken`() {
        var bench = Bench(3)
        bench.spread.receivePrune(from: 2)
        _ = bench.hear(1, [1], hops: 6)
        _ = bench.accept([1])
        #expect(bench.have(2, [1], hops: 4).isEmpty)
        #expect(bench.have(2, [1], hops: 3) == [.send(2, .graft([])), .send(1, .prune)])
    }

    @Test func `what waits by name only is bounded`() {
        var bench = Bench(1)
        for number in 0..<NeighbourLimits.missingMax + 100 {
            _ = bench.have(1, [UInt8(number & 255), UInt8(number >> 8)])
        }
        let asked = bench.wake(after: NeighbourLimits.firstGraft)
        #expect(grafts(asked).count == NeighbourLimits.missingMax)
    }

    @Test func `without a link that brings whole records another becomes one`() {
        var bench = Bench(3)
        bench.spread.receivePrune(from: 2)
        bench.spread.receivePrune(from: 3)
        bench.spread.remove(1)
        #expect(bench.spread.eagerCount == 1)
    }
}
