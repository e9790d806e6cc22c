import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct JudgingTests {
    private let code = Digest(words: (7, 7, 7, 7))

    /// A node that has just asked the peer of session 1.
    private func asked() throws -> (ChallengeSample, StorageChallenge) {
        var sample = try ChallengeSample()
        let wish = ChallengeWish(layer: sample.sample.id, contracts: [], steps: 64)
        var effects = sample.driver.feed(.challengeHolders(5, wish))
        let holder = LayerHolders.Holder(
            node: Driver.key(2).publicKey, endpoints: [Driver.address(2)])
        let round = try #require(effects.mirrorSearches.first)
        effects = sample.driver.feed(.mirrorsFound(round, [holder]))
        let work = try #require(effects.works.first)
        effects = sample.driver.feed(.storageProved(work.number, .code(code, leaves: [], nil)))
        return (sample, try #require(effects.challenges(to: 1).first))
    }

    private func answer(
        _ sample: ChallengeSample, _ challenge: StorageChallenge, _ code: Digest,
        signedBy seed: UInt8 = 2
    ) -> Message {
        let size = sample.sample.held.size(of: challenge.blob) ?? 0
        let terms = challenge.terms(
            verifier: sample.driver.key.publicKey, mirror: Driver.key(2).publicKey, size: size)
        let signature = Driver.key(seed).sign(terms.answerInput(code: code, received: 1))
        return .challengeAnswer(
            .init(nonce: challenge.nonce, outcome: .code(code, received: 1, signature)))
    }

    @Test func `the right code in time passes, and its receipt goes to the mirror`() throws {
        var (sample, challenge) = try asked()
        sample.driver.time += 30 * Span.millisecond
        let effects = sample.driver.hear(1, answer(sample, challenge, code))
        let draft = try #require(effects.drafts.first)
        #expect(draft.verdict == .passed && draft.elapsed == 30_000)
        #expect(effects.reports.first?.rows.first?.end == .verdict(.passed))
        let receipt = draft.signed(sample.driver.key.sign(draft.signingInput))
        #expect(receipt.isAuthentic)
        let told = sample.driver.feed(.receiptSigned(receipt, isPublic: true))
        #expect(told.sent(to: 1) == [.receipt(receipt)])
        #expect(sample.driver.core.standing(of: Driver.key(2).publicKey).passed == 1)
    }

    @Test func `a wrong code, one that is late, and other words are failures of their own kind`()
        throws
    {
        for (words, wait, verdict) in [
            (nil as ChallengeAnswer.Outcome?, 0 as UInt64, StorageReceipt.Verdict.wrong),
            (nil, 3 * Span.second, .late), (.absent, 0, .absent), (.damaged, 0, .damaged),
        ] {
            var (sample, challenge) = try asked()
            sample.driver.time += wait
            let message =
                words.map { Message.challengeAnswer(.init(nonce: challenge.nonce, outcome: $0)) }
                ?? answer(sample, challenge, challenge.nonce)
            let draft = try #require(sample.driver.hear(1, message).drafts.first)
            #expect(draft.verdict == verdict && (draft.answer != nil) == (words == nil))
        }
        var (silent, _) = try asked()
        #expect(silent.driver.pass(8 * Span.second).drafts.first?.verdict == .silent)
    }

    @Test func `put off or hung up is no failure`() throws {
        var (sample, challenge) = try asked()
        let later = ChallengeAnswer(nonce: challenge.nonce, outcome: .later(seconds: 60))
        let effects = sample.driver.hear(1, .challengeAnswer(later))
        #expect(effects.drafts.isEmpty)
        #expect(effects.reports.first?.rows.first?.end == .later(seconds: 60))
        var (other, _) = try asked()
        other.driver.feed(.sessionClosed(1, reason: "gone"))
        let closed = other.driver.pass(2 * Span.second)
        #expect(closed.drafts.isEmpty)
        #expect(closed.reports.first?.rows.first?.end == .unreachable)
    }

    @Test func `answers to nothing and forged ones are faults, repeated ones are passed over`()
        throws
    {
        var (sample, challenge) = try asked()
        let unknown = ChallengeAnswer(nonce: sample.file, outcome: .absent)
        #expect(sample.driver.hear(1, .challengeAnswer(unknown)).drafts.isEmpty)
        #expect(sample.driver.core.sessions[1]?.faults == 1)
        let forged = answer(sample, challenge, code, signedBy: 3)
        #expect(sample.driver.hear(1, forged).drafts.isEmpty)
        #expect(sample.driver.core.sessions[1]?.faults == 2)
        // Another peer cannot answer in its place.
        sample.meet(2, 3)
        let right = answer(sample, challenge, code)
        #expect(sample.driver.hear(2, right).drafts.isEmpty)
        #expect(sample.driver.core.sessions[2]?.faults == 1)
        #expect(sample.driver.hear(1, right).drafts.count == 1)
        #expect(sample.driver.hear(1, right).isEmpty)
        #expect(sample.driver.core.sessions[1]?.faults == 2)
        // A leaf was not asked for.
        let leaf = ChallengeLeaf(nonce: sample.file, step: 0, proof: [], bytes: [])
        _ = sample.driver.hear(1, .challengeLeaf(leaf))
        #expect(sample.driver.core.sessions[1]?.faults == 3)
    }
}
