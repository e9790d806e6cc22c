import Testing
import Wire

@testable import Swarm

@Suite struct OverlayTests {
    /// An overlay with its effects.
    private struct Bench {
        var overlay: Overlay
        var now: UInt64 = 0

        init(seed: UInt64 = 3) {
            overlay = Overlay(own: OverlayTests.peer(1), seed: seed)
        }

        mutating func up(_ link: SessionNumber, _ seed: UInt8, isOwn: Bool) -> [Overlay.Effect] {
            var effects: [Overlay.Effect] = []
            overlay.linkUp(
                link, OverlayTests.peer(seed), isOwn: isOwn, at: now, into: &effects)
            return effects
        }

        mutating func down(_ link: SessionNumber, isDead: Bool = false) -> [Overlay.Effect] {
            var effects: [Overlay.Effect] = []
            overlay.linkDown(link, isDead: isDead, at: now, into: &effects)
            return effects
        }

        mutating func hear(
            _ link: SessionNumber, _ message: NeighbourMessage
        ) -> [Overlay.Effect] {
            var effects: [Overlay.Effect] = []
            overlay.receive(message, from: link, at: now, into: &effects)
            return effects
        }

        mutating func keep(_ told: [PeerAddress]) -> [Overlay.Effect] {
            var effects: [Overlay.Effect] = []
            overlay.keep(told, at: now, into: &effects)
            return effects
        }

        mutating func offer(_ peers: [PeerAddress]) -> [Overlay.Effect] {
            var effects: [Overlay.Effect] = []
            overlay.offer(peers, at: now, into: &effects)
            return effects
        }

        mutating func wake(after span: UInt64) -> [Overlay.Effect] {
            now += span
            var effects: [Overlay.Effect] = []
            overlay.wake(at: now, into: &effects)
            return effects
        }
    }

    fileprivate static func peer(_ seed: UInt8) -> PeerAddress {
        PeerAddress(key: Driver.key(seed).publicKey, endpoints: [Driver.address(1, [seed, 1, 1])])
    }

    private func dialled(_ effects: [Overlay.Effect]) -> [PeerAddress] {
        effects.compactMap { if case .dial(let peer) = $0 { peer } else { nil } }
    }

    /// A bench with so many neighbours that it chose, on links from 100.
    private func settled(_ count: UInt8) -> Bench {
        var bench = Bench()
        for number in 0..<count {
            bench.overlay.keep(Self.peer(100 + number))
            for peer in dialled(bench.wake(after: 2 * Span.second)) {
                let link = SessionNumber(peer.endpoints[0].bytes[0])
                #expect(bench.up(link, UInt8(link), isOwn: true).contains { $0.isAsk })
                _ = bench.hear(link, .accept)
            }
        }
        return bench
    }

    @Test func `dials out of its reserve, asks, and is a neighbour when the other accepts`() {
        var bench = Bench()
        bench.overlay.keep(Self.peer(2))
        #expect(dialled(bench.wake(after: 0)) == [Self.peer(2)])
        let asked = bench.up(7, 2, isOwn: true)
        #expect(asked.contains(.send(7, .ask(isUrgent: true))))
        #expect(bench.hear(7, .accept).contains(.joined(7)))
        #expect(bench.overlay.neighbours == [7] && bench.overlay.chosen == 1)
        #expect(bench.overlay.passive.isEmpty)
    }

    @Test func `passes few shuffles on, of neighbours alone, and none without addresses`() {
        var bench = settled(5)
        func walks(_ effects: [Overlay.Effect]) -> Int {
            effects.count { if case .send(_, .shuffle) = $0 { true } else { false } }
        }
        _ = bench.up(50, 50, isOwn: false)
        let stranger = NeighbourMessage.shuffle(number: 1, hopsLeft: 6, [Self.peer(50)])
        #expect(bench.hear(50, stranger).isEmpty)
        var passed = 0
        for number in 0..<1_000 {
            passed += walks(
                bench.hear(100, .shuffle(number: UInt64(number), hopsLeft: 6, [Self.peer(51)])))
        }
        #expect(passed == Int(NeighbourLimits.shufflesBurst))
        // All its addresses were sifted away: a relay must not send what nobody may decode.
        let empty = bench.hear(101, .shuffle(number: 9, hopsLeft: 6, []))
        #expect(
            walks(empty) == 0
                && empty.contains { effect in
                    if case .send(101, .shuffleAnswer(9, let peers)) = effect {
                        !peers.isEmpty
                    } else {
                        false
                    }
                })
    }

    @Test func `a dial that is not needed any more is let go, one in a suspect's place is asked`()
        throws
    {
        var bench = settled(4)
        bench.overlay.keep(Self.peer(150))
        bench.overlay.keep(Self.peer(151))
        var both = dialled(bench.wake(after: 31 * Span.second))
        #expect(both.count == 1)
        // Two come at once: the one that was dialled, and one whose session stood for another
        // reason took the place.
        var effects: [Overlay.Effect] = []
        let suspect = bench.overlay.neighbours[0]
        bench.overlay.suspect(suspect, true, at: bench.now, into: &effects)
        both += dialled(effects)
        #expect(both.count == 2)
        bench.overlay.suspect(suspect, false, at: bench.now, into: &effects)
        let first = bench.up(150, UInt8(both[0].endpoints[0].bytes[0]), isOwn: true)
        #expect(first.contains { $0.isAsk })
        _ = bench.hear(150, .accept)
        let second = bench.up(151, UInt8(both[1].endpoints[0].bytes[0]), isOwn: true)
        #expect(second.contains(.left(151)) && !second.contains { $0.isAsk })
        // With one of the five suspected, a sixth that was dialled for it is asked.
        bench.overlay.keep(Self.peer(152))
        bench.overlay.suspect(suspect, true, at: bench.now, into: &effects)
        let dial = dialled(bench.wake(after: 31 * Span.second) + effects)
        let peer = try #require(dial.last)
        let third = bench.up(152, UInt8(peer.endpoints[0].bytes[0]), isOwn: true)
        #expect(third.contains { $0.isAsk })
    }

    @Test func `neighbours that fall silent again and again do not pile up`() {
        var bench = settled(5)
        var effects: [Overlay.Effect] = []
        for round in 0..<30 {
            let link = bench.overlay.neighbours[round % bench.overlay.neighbours.count]
            effects = []
            bench.overlay.suspect(link, true, at: bench.now, into: &effects)
            bench.overlay.keep(Self.peer(UInt8(150 + round)))
            for peer in dialled(effects + bench.wake(after: 31 * Span.second)) {
                let number = SessionNumber(peer.endpoints[0].bytes[0])
                _ = bench.up(number, UInt8(number), isOwn: true)
                _ = bench.hear(number, .accept)
            }
            bench.overlay.suspect(link, false, at: bench.now, into: &effects)
            #expect(bench.overlay.chosen <= NeighbourLimits.outboundMax)
        }
    }

    @Test func `looks for five neighbours and no more`() {
        let bench = settled(9)
        #expect(bench.overlay.chosen == NeighbourLimits.outboundWanted)
    }

    @Test func `who calls often fills no place that this node chooses`() {
        var bench = settled(9)
        for number in UInt8(0)..<40 {
            _ = bench.up(SessionNumber(number), 10 + number, isOwn: false)
            _ = bench.hear(SessionNumber(number), .ask(isUrgent: false))
        }
        #expect(bench.overlay.chosen == NeighbourLimits.outboundWanted)
        #expect(
            bench.overlay.neighbours.count
                == NeighbourLimits.outboundWanted + NeighbourLimits.inboundMax)
    }

    @Test func `a full node refuses with other addresses, but lets in whoever has nobody`() {
        var bench = settled(9)
        for number in UInt8(0)..<11 {
            _ = bench.up(SessionNumber(number), 10 + number, isOwn: false)
            #expect(
                bench.hear(SessionNumber(number), .ask(isUrgent: false))
                    == [.joined(SessionNumber(number)), .send(SessionNumber(number), .accept)])
        }
        _ = bench.up(50, 50, isOwn: false)
        let refusal = bench.hear(50, .ask(isUrgent: false))
        guard case .send(50, .refuse(let others)) = refusal.first else {
            Issue.record("not refused: \(refusal)")
            return
        }
        #expect(others.count == NeighbourMessage.peersMax / 2)
        #expect(!others.contains(Self.peer(50)))
        let urgent = bench.hear(50, .ask(isUrgent: true))
        #expect(urgent.contains(.joined(50)) && urgent.contains(.send(50, .accept)))
        let gone = urgent.compactMap { if case .left(let link) = $0 { link } else { nil } }
        #expect(gone.count == 1 && gone.allSatisfy { $0 < 11 })
    }

    @Test func `who is refused tries the others that it heard of, and that one later`() {
        var bench = Bench()
        bench.overlay.keep(Self.peer(2))
        _ = bench.wake(after: 0)
        _ = bench.up(7, 2, isOwn: true)
        let others = [Self.peer(3), Self.peer(1)]
        let refused = bench.hear(7, .refuse(others))
        #expect(refused.contains(.left(7)) && refused.contains(.told(7, others)))
        let next = bench.keep(others)
        #expect(dialled(next) == [Self.peer(3)], "not itself, and not the one that refused")
    }

    @Test func `a neighbour that is lost goes to the reserve, a dead one does not`() {
        for isDead in [false, true] {
            var bench = settled(1)
            let effects = bench.down(100, isDead: isDead)
            #expect(effects.contains(.left(100)))
            #expect(dialled(effects) == (isDead ? [] : [Self.peer(100)]))
            #expect(bench.overlay.neighbours.isEmpty)
        }
    }

    @Test func `an address that nobody answers at leaves the reserve`() {
        var bench = Bench()
        bench.overlay.keep(Self.peer(2))
        _ = bench.wake(after: 0)
        bench.now += Span.second
        var effects: [Overlay.Effect] = []
        bench.overlay.dialFailed(Self.peer(2).key, at: bench.now, into: &effects)
        #expect(bench.overlay.passive.isEmpty && effects == [.needAddress])
    }

    @Test func `a shuffle walks on, ends in a swap, and its answer comes back the same way`() {
        var bench = settled(3)
        let sent = [Self.peer(60), Self.peer(61)]
        let on = bench.hear(100, .shuffle(number: 9, hopsLeft: 4, sent))
        guard case .send(let next, .shuffle(9, 3, sent)) = on.first, next != 100 else {
            Issue.record("it did not walk on: \(on)")
            return
        }
        #expect(bench.overlay.passive.isEmpty)
        let back = [Self.peer(70)]
        #expect(
            bench.hear(next, .shuffleAnswer(number: 9, back))
                == [.send(100, .shuffleAnswer(number: 9, back))])
        let end = bench.hear(101, .shuffle(number: 10, hopsLeft: 0, sent))
        guard case .send(101, .shuffleAnswer(10, let answer)) = end.first else {
            Issue.record("it did not end: \(end)")
            return
        }
        #expect(answer.first == Self.peer(1) && answer.count <= sent.count)
        #expect(end.contains(.told(101, sent)) && bench.overlay.passive.isEmpty)
    }

    @Test func `its own shuffles go to a neighbour, the first ones quickly`() {
        var bench = settled(2)
        let effects = bench.wake(after: 2 * Span.second)
        let shuffles = effects.compactMap { effect -> [PeerAddress]? in
            if case .send(_, .shuffle(_, NeighbourLimits.shuffleHops, let peers)) = effect {
                peers
            } else {
                nil
            }
        }
        #expect(shuffles.count == 1 && shuffles.first?.first == Self.peer(1))
        #expect(bench.overlay.deadline <= bench.now + 2 * NeighbourLimits.firstShufflePause)
    }

    @Test func `half of those it dials were told lately, the others come out of the book`() {
        var bench = Bench()
        let first = bench.keep((UInt8(10)..<20).map(Self.peer))
        #expect(dialled(first).count == 2 && first.contains(.needAddress))
        let offered = bench.offer((UInt8(30)..<40).map(Self.peer))
        #expect(dialled(offered) == [Self.peer(30), Self.peer(31)])
        #expect(bench.offer([Self.peer(40)]).isEmpty, "enough are under way")
    }

    @Test func `the book is asked now and then only, and not again for those that failed`() {
        var bench = Bench()
        #expect(bench.wake(after: 0).contains(.needAddress))
        #expect(dialled(bench.offer([Self.peer(30)])) == [Self.peer(30)])
        var failed: [Overlay.Effect] = []
        bench.overlay.dialFailed(Self.peer(30).key, at: bench.now, into: &failed)
        #expect(failed.isEmpty)
        #expect(bench.wake(after: NeighbourLimits.needPause * 4).contains(.needAddress))
        #expect(bench.offer([Self.peer(30)]).isEmpty)
    }

    @Test func `one that answers in a network with a neighbour already is not asked`() {
        var bench = settled(1)
        bench.overlay.keep(Self.peer(50))
        #expect(dialled(bench.wake(after: 2 * Span.second)) == [Self.peer(50)])
        let elsewhere = PeerAddress(
            key: Self.peer(50).key, endpoints: [Driver.address(9, [100, 1, 7])])
        var effects: [Overlay.Effect] = []
        bench.overlay.linkUp(50, elsewhere, isOwn: true, at: bench.now, into: &effects)
        #expect(!effects.contains { $0.isAsk })
    }

    @Test func `it tells others of whom it met itself, not of whom it heard`() {
        var bench = settled(2)
        _ = bench.keep((UInt8(10)..<40).map(Self.peer))
        _ = bench.down(101)
        let answer = bench.hear(100, .shuffle(number: 3, hopsLeft: 0, [Self.peer(60)]))
        guard case .send(100, .shuffleAnswer(3, let first)) = answer.first else {
            Issue.record("no answer: \(answer)")
            return
        }
        #expect(first == [Self.peer(1)], "as many as came, itself among them")
        let many = (UInt8(60)..<68).map(Self.peer)
        let next = bench.hear(100, .shuffle(number: 4, hopsLeft: 0, many))
        guard case .send(100, .shuffleAnswer(4, let told)) = next.first else {
            Issue.record("no answer: \(next)")
            return
        }
        #expect(Set(told) == [Self.peer(1), Self.peer(100), Self.peer(101)])
    }

    @Test func `the reserve is bounded and holds no neighbour and not itself`() {
        var bench = settled(5)
        for seed in UInt8(1)..<200 { bench.overlay.keep(Self.peer(seed)) }
        #expect(bench.overlay.passive.count == NeighbourLimits.passiveMax)
        let keys = Set(bench.overlay.passive.map(\.key))
        #expect(!keys.contains(Self.peer(1).key))
        #expect((UInt8(100)..<105).allSatisfy { !keys.contains(Self.peer($0).key) })
    }
}

extension Overlay.Effect {
    fileprivate var isAsk: Bool {
        if case .send(_, .ask) = self { true } else { false }
    }
}
