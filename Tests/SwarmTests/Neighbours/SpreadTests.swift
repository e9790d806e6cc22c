import Testing
import Wire

@testable import Swarm

@Suite struct SpreadTests {
    private struct Bench {
        var spread = Spread<Everyone>(.everyone)
        var now: UInt64 = 0

        init(_ count: UInt64) {
            for link in 1...count { spread.add(link) }
        }

        mutating func act(
            _ body: (inout Spread<Everyone>, UInt64, inout [Spread<Everyone>.Effect]) -> Void
        ) -> [Spread<Everyone>.Effect] {
            var effects: [Spread<Everyone>.Effect] = []
            body(&spread, now, &effects)
            return effects
        }

        mutating func hear(
            _ link: SessionNumber, _ record: [UInt8], hops: UInt8 = 1
        ) -> [Spread<Everyone>.Effect] {
            let item = NeighbourMessage.NewsItem(hops: hops, record: NewsSample.bytes(record))
            return act { $0.receive([item], from: link, at: $1, into: &$2) }
        }

        mutating func have(
            _ link: SessionNumber, _ record: [UInt8], hops: UInt8 = 1
        ) -> [Spread<Everyone>.Effect] {
            let have = NeighbourMessage.Have(hops: hops, name: NewsSample.name(record))
            return act { $0.receive([have], from: link, at: $1, into: &$2) }
        }

        mutating func accept(_ record: [UInt8]) -> [Spread<Everyone>.Effect] {
            act { $0.accept(NewsSample.open(record), at: $1, into: &$2) }
        }

        mutating func wake(after span: UInt64) -> [Spread<Everyone>.Effect] {
            now += span
            return act { $0.wake(at: $1, into: &$2) }
        }
    }

    private func links(_ effects: [Spread<Everyone>.Effect]) -> [SessionNumber] {
        effects.compactMap { if case .send(let link, .news) = $0 { link } else { nil } }
    }

    private func grafts(_ effects: [Spread<Everyone>.Effect]) -> [SessionNumber] {
        effects.compactMap { if case .send(let link, .graft) = $0 { link } else { nil } }
    }

    @Test func `news goes on only after it was checked, to all but its source, one hop further`() {
        var bench = Bench(3)
        #expect(bench.hear(2, [1], hops: 4) == [.check(2, NewsSample.bytes([1]))])
        let effects = bench.accept([1])
        #expect(links(effects) == [1, 3])
        #expect(effects.first == .send(1, .news([.init(hops: 5, record: NewsSample.bytes([1]))])))
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
        let name = NewsSample.name([2])
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
        #expect(bench.wake(after: 1) == [.send(2, .graft([NewsSample.name([1])]))])
        #expect(grafts(bench.wake(after: NeighbourLimits.nextGraft)) == [3])
        #expect(grafts(bench.wake(after: NeighbourLimits.nextGraft)) == [2])
        #expect(bench.hear(3, [1]) == [.check(3, NewsSample.bytes([1]))])
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
        let name = NewsSample.name([1])
        let answer = bench.act { spread, _, effects in
            spread.receive(graft: [name, NewsSample.name([9])], from: 2, into: &effects)
        }
        #expect(answer == [.send(2, .news([.init(hops: 2, record: NewsSample.bytes([1]))]))])
        _ = bench.hear(1, [2])
        _ = bench.accept([2])
        #expect(links(bench.wake(after: NeighbourLimits.newsPause)) == [2])
    }

    @Test func `a flood goes out in few messages, single news at once, the rest by name`() {
        var bench = Bench(1)
        var effects: [Spread<Everyone>.Effect] = []
        for number in 0..<2_000 {
            effects += bench.act { spread, now, effects in
                spread.publish(
                    NewsSample.open([1, UInt8(number & 255), UInt8(number >> 8)]), at: now,
                    into: &effects)
            }
        }
        #expect(links(effects) == [1])
        for _ in 0..<20 { effects += bench.wake(after: NeighbourLimits.havesPause) }
        let gathered = NeighbourLimits.gatheredMax / NeighbourLimits.newsPerMessage
        #expect(links(effects).count == 1 + gathered)
        let named = effects.reduce(0) { sum, effect in
            if case .send(1, .haves(let haves)) = effect { sum + haves.count } else { sum }
        }
        #expect(named == 2_000 - 1 - NeighbourLimits.gatheredMax)
        #expect(bench.spread.deadline == nil)
    }

    @Test func `what came by comparing goes to others by name, and not back`() {
        var bench = Bench(3)
        let effects = bench.act { spread, now, effects in
            spread.publish(NewsSample.open([1]), from: 2, isNameOnly: true, at: now, into: &effects)
        }
        #expect(effects.isEmpty)
        let told = bench.wake(after: NeighbourLimits.havesPause).compactMap { effect in
            if case .send(let link, .haves) = effect { link } else { nil }
        }
        #expect(told == [1, 3])
    }

    @Test func `what the store takes is passed on, however it came and how often it was seen`() {
        var bench = Bench(3)
        _ = bench.hear(1, [1])
        let both = bench.act { spread, now, effects in
            spread.publish(NewsSample.open([1]), at: now, into: &effects)
        }
        #expect(links(both) == [2, 3], "it came by comparing and as news from 1")
        var flood = Bench(2)
        for number in 0...NeighbourLimits.waysMax {
            _ = flood.hear(1, [UInt8(number & 255), UInt8(number >> 8)])
        }
        #expect(links(flood.accept([0, 0])) == [1, 2])
    }

    @Test func `one neighbour cannot fill what is missing, nor shut another out`() {
        var bench = Bench(2)
        for number in 0..<4_000 {
            _ = bench.have(1, [7, UInt8(number & 255), UInt8(number >> 8)])
        }
        for _ in 0..<20 { _ = bench.have(1, [1]) }
        _ = bench.have(2, [1])
        _ = bench.have(2, [2])
        var asked: [SessionNumber: Int] = [:]
        for _ in 0..<30 {
            for effect in bench.wake(after: NeighbourLimits.firstGraft) {
                if case .send(let link, .graft(let names)) = effect {
                    asked[link, default: 0] += names.count
                }
            }
        }
        #expect(asked[2, default: 0] >= 2)
        #expect(
            asked[1, default: 0] <= NeighbourLimits.namedMax * NeighbourLimits.graftsMax)
        // Nothing came of all that: its names are not asked for any more.
        _ = bench.have(1, [3])
        #expect(bench.spread.deadline == nil)
    }

    @Test func `a false record goes nowhere, and its name is not asked for`() {
        var bench = Bench(3)
        _ = bench.hear(1, [1])
        bench.spread.refuse(NewsSample.bytes([1]))
        #expect(bench.have(2, [1]).isEmpty && bench.spread.deadline == nil)
        #expect(!bench.hear(2, [1]).contains { if case .check = $0 { true } else { false } })
    }

    @Test func `a record that could not be looked at may come again`() {
        var bench = Bench(2)
        _ = bench.hear(1, [1])
        bench.spread.forget(NewsSample.bytes([1]))
        #expect(bench.hear(2, [1]) == [.check(2, NewsSample.bytes([1]))])
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
        var bench = Bench(10)
        for number in 0..<NeighbourLimits.missingMax + 1_000 {
            let link = SessionNumber(number % 10 + 1)
            _ = bench.have(link, [UInt8(number & 255), UInt8(number >> 8)])
        }
        var names = 0
        for effect in bench.wake(after: NeighbourLimits.firstGraft) {
            if case .send(_, .graft(let asked)) = effect { names += asked.count }
        }
        #expect(names == NeighbourLimits.missingMax)
    }

    @Test func `without a link that brings whole records another becomes one`() {
        var bench = Bench(3)
        bench.spread.receivePrune(from: 2)
        bench.spread.receivePrune(from: 3)
        bench.spread.remove(1)
        #expect(bench.spread.eagerCount == 1)
    }

    @Test func `a circle's links beyond the first few begin with names, and what is kept is told`()
    {
        var spread = Spread<Members>(.circle)
        for link in SessionNumber(1)...8 { spread.add(link) }
        #expect(spread.eagerCount == SpreadBounds.circle.eagerAtFirst)
        var effects: [Spread<Members>.Effect] = []
        let (kept, sent) = (NewsSample.closed([1]), NewsSample.closed([2]))
        spread.keep(kept)
        spread.publish(sent, at: 0, into: &effects)
        #expect(effects.count == SpreadBounds.circle.eagerAtFirst)
        effects = []
        spread.tellAll(to: 8, into: &effects)
        let haves = [kept, sent].map {
            NeighbourMessage.Have(hops: 1, name: NewsName(of: $0.bytes))
        }
        #expect(effects == [.send(8, .haves(haves))])
    }

    @Test func `a record that came another way is not asked for by its name`() {
        var bench = Bench(1)
        _ = bench.have(1, [1])
        bench.spread.keep(NewsSample.open([1]))
        #expect(bench.wake(after: Span.second).isEmpty)
    }
}
