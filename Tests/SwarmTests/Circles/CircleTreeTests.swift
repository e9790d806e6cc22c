import Testing
import Wire

@testable import Swarm

@Suite struct CircleTreeTests {
    private func key(_ seed: UInt8) -> NodeKey { Driver.key(seed).publicKey }

    @Test func `members are called as long as fewer than two are linked`() {
        var tree = CircleTree(organization: key(1), isNewest: true)
        #expect(!tree.isLonely && tree.deadline == nil, "there is nobody to call")
        tree.note(key(2))
        tree.nextCall = 7
        #expect(tree.isLonely && tree.deadline == 7)
        tree.spread.add(1)
        #expect(tree.isLonely)
        tree.spread.add(2)
        #expect(!tree.isLonely && tree.deadline == nil)
        tree.spread.remove(2)
        tree.isNewest = false
        #expect(!tree.isLonely, "an epoch that is over is not looked for")
    }

    @Test func `one that was called is left alone, and is not forgotten when named again`() {
        var tree = CircleTree(organization: key(1), isNewest: true)
        tree.note(key(2))
        tree.called(key(2), at: 5)
        tree.note(key(2))
        #expect(tree.members[key(2)] == 5 + CircleLimits.calledPause)
    }

    @Test func `the names of members are bounded`() {
        var tree = CircleTree(organization: key(1), isNewest: true)
        for number in UInt64(0)..<400 {
            guard let name = NodeKey(bytes: Blake3.hash((number + 1 << 32).bytes).bytes) else {
                continue
            }
            tree.note(name)
        }
        #expect(tree.members.count == CircleLimits.membersMax)
    }
}

extension UInt64 {
    fileprivate var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }
}
