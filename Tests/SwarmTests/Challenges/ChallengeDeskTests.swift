import Testing
import Wire

@testable import Swarm

@Suite struct ChallengeDeskTests {
    private func blob(_ number: UInt64) -> Digest { Digest(words: (number, 5, 5, 5)) }

    @Test func `an hour's reading is bounded, for one, for strangers, and for all`() {
        var desk = ChallengeDesk(at: 0)
        func leaves(_ seed: UInt8, isPublisher: Bool) -> Int {
            (0..<100).count { number in
                desk.admit(
                    Driver.key(seed).publicKey, blob: blob(number), steps: 64,
                    isPublisher: isPublisher, at: Span.second) == 0
            } * 64
        }
        #expect(leaves(1, isPublisher: false) == 1_024)
        #expect(leaves(2, isPublisher: false) == 1_024)
        // However many keys a stranger makes, half is left for publishers.
        #expect(leaves(3, isPublisher: false) == 0)
        #expect(leaves(4, isPublisher: true) == 1_024)
        #expect(leaves(5, isPublisher: true) == 1_024)
        #expect(leaves(6, isPublisher: true) == 0)
    }

    @Test func `a short challenge counts as much as a daily one, for its receipt`() {
        var desk = ChallengeDesk(at: 0)
        let taken = (0..<200 as Range<UInt64>).count { number in
            desk.admit(
                Driver.key(1).publicKey, blob: blob(number), steps: 1, isPublisher: true,
                at: Span.second) == 0
        }
        #expect(taken == 16)
    }

    @Test func `for days on end the hour's reading is used and no more, by whoever asks`() {
        var desk = ChallengeDesk(at: 0)
        var taken = 0
        for minute in 0..<60 * 24 * 4 as Range<UInt64> {
            let seed = UInt8(minute % 200)
            for number in 0..<3 as Range<UInt64> {
                let wait = desk.admit(
                    Driver.key(seed).publicKey, blob: blob(minute * 3 + number), steps: 64,
                    isPublisher: true, at: minute * Span.minute)
                if wait == 0 { taken += 1 }
            }
        }
        // 64 at once, and then 64 in each hour of four days.
        #expect((96 * 64 - 64...97 * 64).contains(taken), "\(taken)")
    }

    @Test func `of too many answers the oldest is forgotten`() throws {
        var desk = ChallengeDesk(at: 0)
        let key = Driver.key(1)
        func terms(_ number: Int) -> ChallengeTerms {
            ChallengeTerms(
                verifier: key.publicKey, mirror: key.publicKey, blob: blob(1), size: 5, epoch: 1,
                nonce: Digest(words: (UInt64(number) &* 0x9e37_79b9_7f4a_7c15, 0, 0, 0)),
                steps: 1, mode: .holder)
        }
        let answer = StorageReceipt.Answer(code: blob(2), received: 1, signature: key.sign([]))
        for number in 0...ChallengeLimits.answersMax {
            desk.note(terms(number), answer, isPublic: true)
        }
        #expect(!desk.hasAnswered(terms(0).nonce) && desk.hasAnswered(terms(1).nonce))
    }
}
