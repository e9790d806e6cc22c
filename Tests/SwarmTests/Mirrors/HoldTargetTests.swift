import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct HoldTargetTests {
    private let sample = MirrorSample()
    private let now: Int64 = 1_000_000

    private func contract(
        _ seed: UInt8, isComplete: Bool = true, issued: Int64 = 900_000, days: Int64 = 90
    ) -> ConfidedLayer.Contract {
        .init(
            mirror: MirrorSample.key(seed), isComplete: isComplete, issued: issued,
            until: issued + days * 86_400)
    }

    private func next(
        _ contracts: [ConfidedLayer.Contract], copies: Int = 3, gone: [UInt8] = [],
        refused: [UInt8] = [], untrusted: [UInt8] = [], candidates: [UInt8] = [1, 2, 3, 4]
    ) -> HoldTarget.Step? {
        HoldTarget(
            layer: ConfidedLayer(
                layer: Blake3.hash([1]), publisher: sample.publisher, size: 1_000, copies: copies,
                contracts: contracts),
            candidates: candidates.map {
                sample.nodes[MirrorSample.key($0)]!.candidate(MirrorStanding())
            },
            refused: Set(refused.map { MirrorSample.key($0) }),
            isGone: { gone.map { MirrorSample.key($0) }.contains($0) },
            isTrusted: { !untrusted.map { MirrorSample.key($0) }.contains($0) }, seconds: now,
            patience: 3_600
        ).next
    }

    private func asked(_ step: HoldTarget.Step?) -> NodeKey? {
        if case .ask(let mirror) = step { mirror } else { nil }
    }

    @Test func `mirrors are asked one after the other until there are enough`() throws {
        let first = try #require(asked(next([])))
        let seed = try #require([1, 2, 3, 4].first { MirrorSample.key($0) == first })
        let second = try #require(asked(next([contract(seed, isComplete: false, issued: now)])))
        #expect(second != first)
        #expect(next([contract(1), contract(2)]) == nil)
        #expect(next([], copies: 1) == nil)
        #expect(next([], candidates: []) == nil)
    }

    @Test func `the next is asked for one that is gone, refuses, is slow or fails`() {
        #expect(asked(next([contract(1), contract(2)], gone: [2])) != nil)
        #expect(asked(next([contract(1), contract(2)], untrusted: [2])) != nil)
        #expect(asked(next([contract(1)], refused: [2, 3])) == MirrorSample.key(4))
        let slow = contract(2, isComplete: false, issued: now - 3_601)
        #expect(asked(next([contract(1), slow], refused: [3])) == MirrorSample.key(4))
        // One that ends soon is asked for again, the same mirror if need be.
        let ending = contract(2, issued: now - 84 * 86_400)
        #expect(asked(next([contract(1), ending], candidates: [1, 2])) == MirrorSample.key(2))
    }

    @Test func `one too many ends after long, the newest first`() {
        let old = [contract(1, issued: 100), contract(2, issued: 200)]
        #expect(next(old + [contract(3, issued: now - 86_399)]) == nil)
        #expect(
            next(old + [contract(3, issued: now - 86_400)]) == .end(MirrorSample.key(3)))
    }
}
