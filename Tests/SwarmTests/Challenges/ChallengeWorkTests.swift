import Testing

@testable import Swarm
@testable import Wire

@Suite struct ChallengeWorkTests {
    private func work(_ mode: ChallengeTerms.Mode, received: UInt64?) -> ChallengeWork {
        let key = Driver.key(1).publicKey
        let nonce = Digest(words: (1, 2, 3, 4))
        return ChallengeWork(
            ChallengeTerms(
                verifier: key, mirror: key, blob: nonce, size: 70_000, epoch: 1, nonce: nonce,
                steps: 8, mode: mode), received: received)
    }

    private func run(_ work: ChallengeWork, missing: Int? = nil) -> ChallengeProof {
        work.run(
            leaf: { index in index == missing ? nil : ([UInt8(index)], [9]) },
            sign: { Driver.key(1).sign($0) })
    }

    @Test func `an answer is signed, and shows its leaves where they are asked for`() {
        guard case .code(let code, let leaves, let signature?) = run(work(.rootOnly, received: 5))
        else { return }
        #expect(leaves.count == 8 && leaves.map(\.step) == Array(0..<8))
        let input = work(.rootOnly, received: 5).terms.answerInput(code: code, received: 5)
        #expect(signature.isValid(over: input, by: Driver.key(1).publicKey))
        #expect(run(work(.holder, received: nil)) == .code(code, leaves: [], nil))
    }

    @Test func `a leaf that cannot be read ends it`() {
        let work = work(.holder, received: 5)
        let first = ChallengeChain(work.terms).next
        #expect(run(work, missing: first) == .unreadable)
    }
}
