import Testing
import Wire

@testable import Swarm

@Suite struct NeighbourhoodTests {
    private func peer(_ seed: UInt8) -> PeerAddress {
        PeerAddress(key: Driver.key(seed).publicKey, endpoints: [Driver.address(1, [seed, 1, 1])])
    }

    /// Two nodes that are neighbours over link 1 of both.
    private func pair() -> (Neighbourhood, Neighbourhood) {
        var left = Neighbourhood(own: peer(1), seed: 1)
        var right = Neighbourhood(own: peer(2), seed: 2)
        left.keep(peer(2))
        #expect(left.wake(at: 0).contains(.dial(peer(2))))
        var toRight = left.linkUp(1, peer(2), isOwn: true, at: 0)
        var toLeft = right.linkUp(1, peer(1), isOwn: false, at: 0)
        for _ in 0..<4 {
            let messages = toRight.messages
            toRight = toLeft.messages.flatMap { left.receive($0, from: 1, at: 0) }
            toLeft = messages.flatMap { right.receive($0, from: 1, at: 0) }
        }
        return (left, right)
    }

    @Test func `two that met are neighbours on both sides, and news passes`() {
        var (left, right) = pair()
        #expect(left.overlay.neighbours == [1] && right.overlay.neighbours == [1])
        let sent = left.publish(NewsSample.open([9]), at: 1).messages
        #expect(sent == [.news([.init(hops: 1, record: NewsSample.bytes([9]))])])
        #expect(right.receive(sent[0], from: 1, at: 2).contains(.check(1, NewsSample.bytes([9]))))
    }

    @Test func `a neighbour that dies is noticed, dropped and forgotten by all three cores`() {
        var (left, _) = pair()
        var now: UInt64 = 0
        var isDropped = false
        while !isDropped, now < Span.minute {
            now = max(now + Span.millisecond, left.deadline)
            isDropped = left.wake(at: now).contains(.drop(1))
        }
        #expect(isDropped)
        #expect(left.linkDown(1, isDead: true, at: now).contains(.left(1)))
        #expect(left.publish(NewsSample.open([1]), at: now).isEmpty && left.probing.pulses.isEmpty)
    }

    @Test func `names from whoever is no neighbour are not believed`() {
        var (left, _) = pair()
        _ = left.linkUp(2, peer(3), isOwn: false, at: 0)
        let have = NeighbourMessage.Have(hops: 1, name: NewsName(of: [5]))
        _ = left.receive(.haves([have]), from: 2, at: 0)
        #expect(left.spread.deadline == nil)
        _ = left.receive(.haves([have]), from: 1, at: 0)
        #expect(left.spread.deadline != nil)
    }
}

extension [Neighbourhood.Effect] {
    /// What is sent over link 1.
    fileprivate var messages: [NeighbourMessage] {
        compactMap { if case .send(1, let message) = $0 { message } else { nil } }
    }
}
