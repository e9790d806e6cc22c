import Testing
import Wire

@testable import Swarm

@Suite struct MirrorPresenceTests {
    private let node = MirrorSample.key(1)
    private let second: UInt64 = 1_000_000_000

    @Test func `one is gone when no call has reached it for as long as the patience`() {
        var presence = MirrorPresence()
        #expect(!presence.isGone(node, at: 0, patience: second))
        #expect(presence.due([node], at: second, pause: second) == [node])
        presence.missed(node, at: 2 * second)
        presence.missed(node, at: 5 * second)
        #expect(!presence.isGone(node, at: 11 * second, patience: 10 * second))
        #expect(presence.isGone(node, at: 12 * second, patience: 10 * second))
        #expect(presence.absence(of: node, at: 12 * second) == 10)
        presence.met(node, at: 13 * second)
        #expect(!presence.isGone(node, at: 99 * second, patience: second))
        #expect(presence.absence(of: node, at: 99 * second) == nil)
    }

    @Test func `one is sure for as long as the patience after it was seen`() {
        var presence = MirrorPresence()
        #expect(!presence.isSure(node, at: 0, patience: second))
        presence.met(node, at: 10 * second)
        #expect(presence.isSure(node, at: 15 * second, patience: 5 * second))
        #expect(!presence.isSure(node, at: 16 * second, patience: 5 * second))
        presence.missed(node, at: 11 * second)
        #expect(!presence.isSure(node, at: 11 * second, patience: 5 * second))
    }

    @Test func `calls have pauses, and a session that ended is followed by one at once`() {
        var presence = MirrorPresence()
        let both: Set = [node, MirrorSample.key(2)]
        #expect(presence.due(both, at: 0, pause: 4 * second).count == 2)
        #expect(presence.due(both, at: 3 * second, pause: 4 * second).isEmpty)
        presence.left(node, at: 3 * second)
        #expect(presence.due(both, at: 3 * second, pause: 4 * second) == [node])
        #expect(presence.due(both, at: 4 * second, pause: 4 * second) == [MirrorSample.key(2)])
        // Who is not asked for is forgotten, and nothing is kept of strangers.
        presence.missed(MirrorSample.key(9), at: 0)
        #expect(presence.due([], at: 5 * second, pause: second).isEmpty)
        presence.missed(node, at: 5 * second)
        #expect(presence.absence(of: node, at: 9 * second) == nil)
    }
}
