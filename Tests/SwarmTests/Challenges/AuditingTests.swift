import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct AuditingTests {
    private let mirror = Driver.key(2).publicKey

    @Test func `nonces follow from the secret and are never the same`() {
        var one = Auditing(seed: 5, secret: [1])
        var other = Auditing(seed: 5, secret: [2])
        let first = (0..<100).map { _ in one.nonce() }
        #expect(Set(first).count == 100)
        #expect(first[0] != other.nonce())
        // Where none was given all follows from the seed.
        var seeded = Auditing(seed: 5, secret: [])
        var again = Auditing(seed: 5, secret: [])
        #expect(seeded.nonce() == again.nonce())
    }

    /// Milliseconds of an hour.
    private let hour: Int64 = 3_600_000

    @Test func `a layer is challenged within an hour, and once a day from then on`() throws {
        var sample = try ChallengeSample()
        func rounds(_ nanoseconds: UInt64) -> Int {
            let rounds = sample.driver.pass(nanoseconds).mirrorSearches
            for round in rounds { sample.driver.feed(.mirrorsFound(round, [])) }
            return rounds.count
        }
        #expect(rounds(Span.hour + Span.minute) == 1)
        var days: [Int] = []
        for _ in 0..<10 {
            var today = 0
            // The clock on the wall goes on by hours while the core looks each minute.
            for _ in 0..<24 {
                sample.driver.skew += hour
                today += rounds(2 * Span.minute)
            }
            days.append(today)
        }
        #expect(days.reduce(0, +) >= 8 && days.allSatisfy { $0 <= 2 }, "\(days)")
    }

    @Test func `what was challenged today before a restart waits for tomorrow`() throws {
        let sample = try ChallengeSample()
        let epoch = sample.driver.moment.wall / ChallengeLimits.epochMilliseconds
        let terms = ChallengeTerms(
            verifier: sample.driver.key.publicKey, mirror: mirror, blob: sample.file,
            size: sample.size, epoch: epoch, nonce: sample.file, steps: 64, mode: .holder)
        var memory = ChallengeMemory()
        memory.take(
            ChallengeSample.receipt(terms, nil, by: 1, verdict: .silent), isPublic: true)
        var driver = Driver(1)
        driver.feed(.challengesKnown(memory))
        driver.feed(.layerHeld(sample.sample.held))
        #expect(driver.core.standing(of: mirror).failed == 1)
        #expect(driver.pass(2 * Span.hour).mirrorSearches.isEmpty)
        // Two days later at the latest.
        driver.skew += 48 * hour
        let rounds = driver.pass(2 * Span.minute).mirrorSearches
        #expect(rounds.count == 1)
    }

    @Test func `a mirror that nobody reaches for a day has failed, unless this node is alone`()
        throws
    {
        for isAlone in [false, true] {
            var sample = try ChallengeSample()
            if isAlone { sample.driver.feed(.sessionClosed(1, reason: "gone")) }
            let away = LayerHolders.Holder(node: Driver.key(7).publicKey, endpoints: [])
            func drafts(minutes: Int) -> [StorageReceipt.Draft] {
                var drafts: [StorageReceipt.Draft] = []
                for _ in 0..<6 * minutes {
                    // The peer is there and says so.
                    if !isAlone { sample.driver.hear(1, .pong(0)) }
                    let effects = sample.driver.pass(10 * Span.second)
                    drafts += effects.drafts
                    for round in effects.mirrorSearches {
                        sample.driver.feed(.mirrorsFound(round, [away]))
                    }
                }
                return drafts
            }
            #expect(drafts(minutes: 62).isEmpty)
            sample.driver.skew += 10 * hour
            let given = drafts(minutes: 2)
            #expect(given.map(\.verdict) == (isAlone ? [] : [.unreached]))
            #expect(given.allSatisfy { $0.terms.mirror == away.node })
        }
    }

    @Test func `an Endorsement tells once a day what the receipts about public layers say`()
        throws
    {
        var sample = try ChallengeSample()
        func receipt(_ nonce: UInt64, isPublic: Bool) -> Input {
            let terms = ChallengeTerms(
                verifier: sample.driver.key.publicKey, mirror: mirror, blob: sample.file,
                size: sample.size, epoch: 1, nonce: Digest(words: (nonce, 0, 0, 0)), steps: 64,
                mode: .holder)
            return .receiptSigned(
                ChallengeSample.receipt(terms, nil, by: 1, verdict: .silent), isPublic: isPublic)
        }
        func told(_ effects: [Effect]) throws -> [EndorsementContent] {
            try sample.driver.signed(effects).compactMap {
                if case .endorsement(let content) = $0.content { content } else { nil }
            }
        }
        sample.driver.feed(receipt(1, isPublic: false))
        #expect(try told(sample.driver.pass(2 * Span.minute)).isEmpty)
        sample.driver.feed(receipt(2, isPublic: true))
        let first = try told(sample.driver.pass(2 * Span.minute))
        #expect(first.map(\.failed) == [1] && first.map(\.challenged) == [1])
        sample.driver.feed(receipt(3, isPublic: true))
        #expect(try told(sample.driver.pass(2 * Span.minute)).isEmpty)
        sample.driver.skew += 24 * hour
        #expect(try told(sample.driver.pass(2 * Span.minute)).map(\.failed) == [2])
    }
}
