import Testing
import Wire

@testable import Swarm

@Suite struct MirrorCandidateTests {
    private func weight(_ results: [Bool], room: UInt64 = 1_000, size: UInt64 = 500) -> Int {
        var standing = MirrorStanding()
        for isPassed in results {
            standing.challenge()
            standing.end(isPassed: isPassed)
        }
        return MirrorCandidate(
            node: MirrorSample.key(1), room: room, standing: standing
        ).weight(for: size)
    }

    @Test func `those that pass weigh more, those that fail or have no room nothing`() {
        #expect(weight([]) == 2)
        #expect(weight(.init(repeating: true, count: 100)) == 3)
        #expect(weight([true, true, false, false]) == 2)
        #expect(weight([false, false]) == 1)
        #expect(weight([true, true, true, false, false, false]) == 0)
        #expect(weight([], room: 499) == 0)
        #expect(weight([], room: 16 * 500) == 4)
        #expect(weight(.init(repeating: true, count: 100), room: .max) <= MirrorCandidate.weightMax)
    }
}
