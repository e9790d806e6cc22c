import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct ChallengingTests {
    private func holder(_ seed: UInt8) -> LayerHolders.Holder {
        .init(node: Driver.key(seed).publicKey, endpoints: [Driver.address(seed)])
    }

    /// Demands proofs of holders and plays the disk; the challenges that leave then.
    private func ask(
        _ sample: inout ChallengeSample, of seeds: [UInt8], code: Digest?
    ) -> [Effect] {
        let wish = ChallengeWish(layer: sample.sample.id, contracts: [], steps: 64)
        var effects = sample.driver.feed(.challengeHolders(5, wish))
        for round in effects.mirrorSearches {
            effects += sample.driver.feed(.mirrorsFound(round, seeds.map(holder)))
        }
        effects += sample.driver.pass(12 * Span.second)
        for work in effects.works where work.work.received == nil {
            effects += sample.driver.feed(
                .storageProved(
                    work.number, code.map { .code($0, leaves: [], nil) } ?? .unreadable))
        }
        return effects
    }

    @Test func `all holders are asked at the same moment, each with its own nonce`() throws {
        var sample = try ChallengeSample()
        sample.meet(2, 3)
        let effects = ask(&sample, of: [2, 3], code: Digest(words: (1, 1, 1, 1)))
        let one = try #require(effects.challenges(to: 1).first)
        let other = try #require(effects.challenges(to: 2).first)
        #expect(one.nonce != other.nonce)
        #expect(one.blob == other.blob && one.epoch == other.epoch)
        #expect(one.mode == .holder && one.steps == 64)
        #expect(one.allowed >= 570_000)
        // In one go: nothing lies between them but each other's reading.
        let order = effects.compactMap { effect -> SessionNumber? in
            if case .send(let session, .challenge) = effect { session } else { nil }
        }
        #expect(order.sorted() == [1, 2])
        let first = effects.firstIndex { if case .send(_, .challenge) = $0 { true } else { false } }
        guard let first, case .send(_, .challenge) = effects[first + 1] else {
            Issue.record("something lies between the two")
            return
        }
    }

    @Test func `who is not met is unreachable, and an old version is not asked`() throws {
        var sample = try ChallengeSample()
        sample.meet(2, 3, isNew: false)
        let effects =
            ask(&sample, of: [3, 4], code: Digest(words: (1, 1, 1, 1)))
            + sample.driver.pass(12 * Span.second)
        let report = try #require(effects.reports.first)
        let ends = Dictionary(uniqueKeysWithValues: report.rows.map { ($0.mirror, $0.end) })
        #expect(
            ends == [
                Driver.key(3).publicKey: .unsupported, Driver.key(4).publicKey: .unreachable,
            ])
        #expect(effects.drafts.isEmpty)
    }

    @Test func `a node that cannot read its own copy has the leaves shown`() throws {
        var sample = try ChallengeSample()
        let effects = ask(&sample, of: [2], code: nil)
        let challenge = try #require(effects.challenges(to: 1).first)
        #expect(challenge.mode == .rootOnly && challenge.steps == ChallengeLimits.shownSteps)
    }

    @Test func `a layer that is not public has no holders to ask, nor one that is not here`()
        throws
    {
        var sample = try ChallengeSample(1, by: 1, visibility: .whitelist)
        for layer in [sample.sample.id, sample.file] {
            let wish = ChallengeWish(layer: layer, contracts: [], steps: 64)
            let effects = sample.driver.feed(.challengeHolders(5, wish))
            #expect(effects.reports.first?.blob == nil && effects.mirrorSearches.isEmpty)
        }
    }

    @Test func `mirrors are asked through their contracts once they have said that all is there`()
        throws
    {
        let (request, envelope) = try HoldSample.request()
        var sample = try ChallengeSample()
        let blobs = (0..<3).map { HoldSample.blob($0) }
        sample.driver.feed(.contractHeld(HeldContract(request, blobs: blobs)))
        sample.driver.feed(
            .askHold(request.contract, mirror: request.mirror, envelope: envelope))
        let wish = ChallengeWish(
            layer: sample.sample.id, contracts: [request.contract], steps: 64)
        #expect(sample.driver.feed(.challengeHolders(5, wish)).reports.first?.blob == nil)
        sample.driver.hear(1, .holdAnswer(contract: request.contract, 3, ""))
        var effects = sample.driver.feed(.challengeHolders(6, wish))
        let round = try #require(effects.mirrorSearches.first)
        effects = sample.driver.feed(.mirrorsFound(round, [holder(2)]))
        let work = try #require(effects.works.first)
        effects = sample.driver.feed(
            .storageProved(work.number, .code(Digest(words: (1, 1, 1, 1)), leaves: [], nil)))
        #expect(effects.challenges(to: 1).first?.layer == request.contract)
    }
}
