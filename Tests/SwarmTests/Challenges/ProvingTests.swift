import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct ProvingTests {
    private let code = Digest(words: (7, 7, 7, 7))

    /// The disk gives a code for what the core wants read.
    private func prove(
        _ sample: inout ChallengeSample, _ effects: [Effect]
    ) throws -> (effects: [Effect], answer: StorageReceipt.Answer, terms: ChallengeTerms) {
        let (number, work) = try #require(effects.works.first)
        let received = try #require(work.received)
        let signature = sample.driver.key.sign(
            work.terms.answerInput(code: code, received: received))
        let proved = sample.driver.feed(
            .storageProved(number, .code(code, leaves: [], signature)))
        return (
            proved, .init(code: code, received: received, signature: signature), work.terms
        )
    }

    @Test func `a blob that the peer may have is shown, by the terms of both`() throws {
        var sample = try ChallengeSample()
        let asked = sample.driver.hear(1, .challenge(sample.challenge()))
        let (proved, answer, terms) = try prove(&sample, asked)
        #expect(terms.verifier == Driver.key(2).publicKey)
        #expect(terms.mirror == Driver.key(1).publicKey)
        #expect(terms.size == sample.size && terms.steps == 64)
        #expect(
            proved.outcomes(to: 1)
                == [.code(code, received: answer.received, answer.signature)])
    }

    @Test func `what is absent, denied or of another layer gets the same answer`() throws {
        var sample = try ChallengeSample(1, by: 1, visibility: .whitelist)
        let absent = Digest(words: (6, 6, 6, 6))
        for (blob, layer) in [
            (sample.file, sample.sample.id), (absent, sample.sample.id), (sample.file, absent),
            (absent, absent),
        ] {
            let challenge = sample.challenge(1, blob: blob, layer: layer)
            let effects = sample.driver.hear(1, .challenge(challenge)).unnoted
            #expect(effects.count == 1 && effects.outcomes(to: 1) == [.absent])
        }
        #expect(sample.driver.core.sessions[1]?.faults == 0)
    }

    @Test func `within an hour a blob is shown to one verifier once, and that is no failure`()
        throws
    {
        var sample = try ChallengeSample()
        #expect(sample.driver.hear(1, .challenge(sample.challenge(1))).works.count == 1)
        let again = sample.driver.hear(1, .challenge(sample.challenge(2)))
        #expect(again.outcomes(to: 1) == [.later(seconds: 3_601)])
        sample.meet(2, 3)
        #expect(sample.driver.hear(2, .challenge(sample.challenge(3))).works.count == 1)
        sample.driver.feed(.sessionClosed(1, reason: "gone"))
        sample.driver.pass(Span.hour + Span.second)
        sample.meet(3, 2)
        #expect(sample.driver.hear(3, .challenge(sample.challenge(4))).works.count == 1)
    }

    @Test func `the same question twice is read once`() throws {
        var sample = try ChallengeSample()
        let asked = sample.driver.hear(1, .challenge(sample.challenge()))
        #expect(sample.driver.hear(1, .challenge(sample.challenge())).isEmpty)
        _ = try prove(&sample, asked)
        #expect(sample.driver.hear(1, .challenge(sample.challenge())).isEmpty)
    }

    @Test func `a flood of questions is put off, and reads no more than is allowed`() throws {
        var sample = try ChallengeSample()
        var works = 0
        var others = 0
        for number in 0..<2_000 as Range<UInt64> {
            // Each blob of the layer once, and then the same over and over.
            let blobs = sample.sample.held.blobs
            let blob = blobs[Int(number) % blobs.count].blob
            let effects = sample.driver.hear(
                1, .challenge(sample.challenge(number, blob: blob, steps: 512)))
            works += effects.works.count
            others += effects.outcomes(to: 1).count
        }
        #expect(works <= 2 && works + others == 2_000)
    }

    @Test func `what cannot be read is said to be damaged`() throws {
        var sample = try ChallengeSample()
        let work = try #require(
            sample.driver.hear(1, .challenge(sample.challenge())).works.first)
        let effects = sample.driver.feed(.storageProved(work.number, .unreadable))
        #expect(effects.outcomes(to: 1) == [.damaged])
    }

    // MARK: Receipts

    @Test func `a receipt about an answer is kept once`() throws {
        var sample = try ChallengeSample()
        let asked = sample.driver.hear(1, .challenge(sample.challenge()))
        let (_, answer, terms) = try prove(&sample, asked)
        let receipt = ChallengeSample.receipt(terms, answer)
        #expect(sample.driver.hear(1, .receipt(receipt)).keptReceipts == [receipt])
        #expect(sample.driver.hear(1, .receipt(receipt)).isEmpty)
        #expect(sample.driver.core.sessions[1]?.faults == 0)
    }

    @Test func `a receipt of another, about another answer or not signed is a fault`() throws {
        var sample = try ChallengeSample()
        let asked = sample.driver.hear(1, .challenge(sample.challenge()))
        let (_, answer, terms) = try prove(&sample, asked)
        let other = StorageReceipt.Answer(
            code: terms.nonce, received: answer.received, signature: answer.signature)
        for receipt in [
            ChallengeSample.receipt(terms, answer, by: 3), ChallengeSample.receipt(terms, other),
        ] {
            #expect(sample.driver.hear(1, .receipt(receipt)).keptReceipts.isEmpty)
        }
        sample.meet(2, 3)
        let passedOn = ChallengeSample.receipt(terms, answer)
        #expect(sample.driver.hear(2, .receipt(passedOn)).keptReceipts.isEmpty)
        #expect(sample.driver.core.sessions[1]?.faults == 2)
        #expect(sample.driver.core.sessions[2]?.faults == 1)
        // What was never answered fills no journal.
        let unknown = sample.challenge(9).terms(
            verifier: terms.verifier, mirror: terms.mirror, size: terms.size)
        let unasked = ChallengeSample.receipt(unknown, nil, verdict: .silent)
        #expect(sample.driver.hear(1, .receipt(unasked)).isEmpty)
    }
}
