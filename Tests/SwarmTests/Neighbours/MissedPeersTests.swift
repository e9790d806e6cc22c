import Testing
import Wire

@testable import Swarm

@Suite struct MissedPeersTests {
    private func peer(_ number: UInt8) -> PeerAddress {
        PeerAddress(key: Driver.key(number).publicKey, endpoints: [Driver.address(number)])
    }

    @Test func `a lost peer is called after longer and longer pauses, and given up after an hour`()
    {
        var missed = MissedPeers()
        missed.add(peer(3), at: 0)
        var times: [UInt64] = []
        while missed.deadline < 3 * Span.hour {
            let now = missed.deadline
            #expect(missed.due(at: now) == [peer(3)])
            times.append(now / Span.second)
            missed.failed(peer(3).key, at: now)
        }
        #expect(times.prefix(6) == [1, 3, 7, 15, 31, 61])
        #expect((3500...3700).contains(times.last ?? 0) && missed.count == 0)
    }

    @Test func `one that is back is not called`() {
        var missed = MissedPeers()
        missed.add(peer(3), at: 0)
        let wasMissed = missed.remove(peer(3).key)
        let wasMissedAgain = missed.remove(peer(3).key)
        #expect(wasMissed && !wasMissedAgain && missed.deadline == .max)
    }

    @Test func `the longest lost goes when there are too many`() {
        var missed = MissedPeers()
        for number in 0..<UInt8(NeighbourLimits.missedMax + 1) {
            missed.add(peer(number + 1), at: UInt64(number))
        }
        #expect(missed.count == NeighbourLimits.missedMax)
        #expect(!missed.due(at: Span.minute).contains(peer(1)))
    }
}
