import Genome
import Testing

@testable import Swarm
@testable import Wire

/// A node that holds a public layer, with its disk played by the test.
struct ChallengeSample {
    var driver: Driver
    let sample: Sample

    static let peer: UInt8 = 2

    /// The node of one seed with a layer of another's, and a session with the peer.
    init(_ seed: UInt8 = 1, by publisher: UInt8 = 1, visibility: Visibility = .public) throws {
        sample = try Sample(by: publisher, groups: [2], visibility: visibility)
        driver = Driver(seed)
        driver.feed(.layerHeld(sample.held))
        meet(1, Self.peer)
    }

    /// A session with a peer that answers challenges and is 10 ms away.
    mutating func meet(_ session: SessionNumber, _ seed: UInt8, isNew: Bool = true) {
        driver.open(session, seed)
        driver.introduce(
            session,
            features: Introduction.neighbours | (isNew ? Introduction.challenges : 0))
        let effects = driver.pass(2 * Span.second)
        for case .ping(let number) in effects.sent(to: session) {
            driver.hear(session, .pong(number))
        }
    }

    var file: Digest { sample.manifest.files[0].blob }
    var size: UInt64 { sample.manifest.files[0].size }

    func challenge(
        _ nonce: UInt64 = 1, blob: Digest? = nil, layer: Digest? = nil, steps: Int = 64,
        mode: ChallengeTerms.Mode = .holder
    ) -> StorageChallenge {
        let key = Driver.key(Self.peer).publicKey
        let terms = ChallengeTerms(
            verifier: key, mirror: key, blob: blob ?? file, size: size, epoch: 20_000,
            nonce: Digest(words: (nonce, 1, 1, 1)), steps: steps, mode: mode)
        return StorageChallenge(terms, through: layer ?? sample.id, allowed: 500_000)
    }

    /// A receipt that the peer signs about an answer of the node.
    static func receipt(
        _ terms: ChallengeTerms, _ answer: StorageReceipt.Answer?, by seed: UInt8 = peer,
        verdict: StorageReceipt.Verdict = .passed
    ) -> StorageReceipt {
        let draft = StorageReceipt.Draft(
            terms: terms, sent: 1, allowed: 9, answer: answer, elapsed: answer == nil ? 0 : 9,
            verdict: verdict)
        return draft.signed(Driver.key(seed).sign(draft.signingInput))
    }
}

extension [Effect] {
    var works: [(number: UInt64, work: ChallengeWork)] {
        compactMap { effect in
            if case .proveStorage(let number, let work) = effect { (number, work) } else { nil }
        }
    }

    var drafts: [StorageReceipt.Draft] {
        compactMap { if case .signReceipt(let draft, _) = $0 { draft } else { nil } }
    }

    var keptReceipts: [StorageReceipt] {
        compactMap { if case .keepReceipt(let receipt, _) = $0 { receipt } else { nil } }
    }

    var mirrorSearches: [UInt64] {
        compactMap { if case .findMirrors(let round, _, _) = $0 { round } else { nil } }
    }

    var reports: [ChallengeReport] {
        compactMap { if case .challengesEnded(_, let report) = $0 { report } else { nil } }
    }

    func outcomes(to session: SessionNumber) -> [ChallengeAnswer.Outcome] {
        sent(to: session).compactMap {
            if case .challengeAnswer(let answer) = $0 { answer.outcome } else { nil }
        }
    }

    func challenges(to session: SessionNumber) -> [StorageChallenge] {
        sent(to: session).compactMap {
            if case .challenge(let challenge) = $0 { challenge } else { nil }
        }
    }
}
