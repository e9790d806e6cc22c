import Testing
import Wire

@testable import Swarm

@Suite struct GossipTests {
    private func name(_ number: Int) -> Digest { Gossip.name(Array("\(number)".utf8)) }

    @Test func `news is seen once until it is forgotten`() {
        var gossip = Gossip()
        let answers = [gossip.see(name(1)), gossip.see(name(1))]
        #expect(answers == [true, false])
        gossip.forget(Array("1".utf8))
        let isNew = gossip.see(name(1))
        #expect(isNew)
    }

    @Test func `remembers the last half of its bound and never more than the whole`() {
        var gossip = Gossip()
        let half = SwarmLimits.seenMax / 2
        let areNew = (0..<2 * half + 1).map { gossip.see(name($0)) }
        #expect(!areNew.contains(false))
        #expect(gossip.hasSeen(name(half)) && gossip.hasSeen(name(2 * half)))
        #expect(!gossip.hasSeen(name(0)))
        gossip.forgetSeen()
        #expect(!gossip.hasSeen(name(2 * half)))
    }
}
