import Genome
import Testing
import Wire

@testable import Learn

@Suite("Stretches of a run that are done again")
struct ReplayStretchTests {
    private func links(_ steps: [Int]) -> [CheckpointLink] {
        let hash = Blake3.hash([1])
        return steps.map { step in
            CheckpointLink(
                step: step, adapter: hash, optimiser: hash, state: hash, previous: nil)
        }
    }

    @Test(
        "are at least an eighth of its steps, however many states there are",
        arguments: [
            Array(0...1_024), [0, 1], [0, 100], [0, 3, 7, 8, 20], (0...9).map { $0 * 10 },
            (0...8).map { $0 * 25 }, Array(0...4_000) + [4_096], [0] + Array(96...4_095),
        ])
    func eighths(_ steps: [Int]) throws {
        let stretches = ReplayStretch.cut(links(steps))
        let last = try #require(steps.last)
        #expect(stretches.first?.steps.lowerBound == 0 && stretches.last?.steps.upperBound == last)
        for (one, next) in zip(stretches, stretches.dropFirst()) {
            #expect(one.links.upperBound == next.links.lowerBound)
            #expect(one.steps.upperBound == next.steps.lowerBound)
        }
        #expect(stretches.allSatisfy { $0.steps.count * 8 >= last })
    }

    @Test("are the parts between milestones where the publisher kept the usual ones")
    func usual() {
        let cut = ReplayStretch.cut(links((0...8).map { $0 * 25 }))
        #expect(cut.map(\.steps) == (0..<8).map { $0 * 25..<$0 * 25 + 25 })
        #expect(ReplayStretch.cut(links([5])).isEmpty && ReplayStretch.all(links([5])) == nil)
    }

    @Test("are drawn by their steps")
    func drawn() {
        let cut = ReplayStretch.cut(links([0, 10, 100]))
        let counts = (0..<100).map { ReplayStretch.drawn($0, of: cut)?.steps.lowerBound }
        #expect(counts.filter { $0 == 0 }.count == cut[0].steps.count)
        #expect(ReplayStretch.drawn(100, of: cut) == nil)
    }
}
