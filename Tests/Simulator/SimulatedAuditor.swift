import Genome
import Swarm
import Wire

/// How a node of the world behaves when it is to show what it holds, and what it learned of others.
package struct SimulatedAuditor {
    /// What it does with a challenge.
    package enum Conduct: Equatable, Sendable {
        /// Reads its own copy.
        case honest
        /// Has lost the leaves whose number leaves this remainder modulo ten.
        case lostTenth(Int)
        /// Has no copy: fetches each leaf from another node, in so many nanoseconds for each.
        case fetches(from: Int, each: UInt64)
        /// Has no copy: passes the question on to an honest holder as a verifier of its own.
        case passesOn(to: Int, in: UInt64)
        /// Answers with a code that it gave before.
        case replays
        /// Reads another blob of its own instead.
        case reads(Digest)
        /// Says nothing.
        case silent
        /// Has lost its whole copy, also as a verifier.
        case lostAll
        /// Reads the copy of another node at the same site: two names, one disk.
        case shares(with: Int)
    }

    /// What it does.
    package var conduct = Conduct.honest
    /// Whether it asks by itself, past its core, and does not listen to answers.
    package var isFlooding = false
    /// Nanoseconds that its disk takes for a leaf.
    package var leafNanoseconds: UInt64 = 100_000
    /// Leaves that it has read for others.
    package fileprivate(set) var leavesRead = 0
    /// Codes that it gave, in order.
    fileprivate var given: [Digest] = []
    /// Receipts that it signed as a verifier, and such as were sent to it.
    package fileprivate(set) var signed: [StorageReceipt] = []
    package fileprivate(set) var kept: [StorageReceipt] = []
    /// Rounds that somebody waited for.
    package fileprivate(set) var reports: [RoundNumber: ChallengeReport] = [:]
}

extension SimulatedNode {
    /// Carries out what the core wants done about challenges; false for anything else.
    package func performChallenge(_ effect: Effect, in world: World) -> Bool {
        switch effect {
        case .proveStorage(let work, let challenge): prove(work, challenge, in: world)
        case .findMirrors(let round, let layer, let nodes):
            world.answer(index, .mirrorsFound(round, mirrors(of: layer, nodes)))
        case .signReceipt(let draft, let isPublic):
            let receipt = draft.signed(key.sign(draft.signingInput))
            auditor.signed.append(receipt)
            world.answer(index, .receiptSigned(receipt, isPublic: isPublic))
        case .keepReceipt(let receipt, _): auditor.kept.append(receipt)
        case .challengesEnded(let asker, let report): auditor.reports[asker] = report
        default: return false
        }
        return true
    }

    private func prove(_ number: UInt64, _ work: ChallengeWork, in world: World) {
        let steps = UInt64(work.terms.steps)
        var time = steps * auditor.leafNanoseconds
        var proof = chain(work, blob(work.terms.blob), in: world)
        if auditor.conduct == .lostAll { proof = .unreadable }
        if work.received != nil {
            auditor.leavesRead += work.terms.steps
            switch auditor.conduct {
            case .honest, .lostTenth, .lostAll: break
            case .silent: return
            case .fetches(let other, let each):
                time = steps * each
                proof = chain(work, world.nodes[other].blob(work.terms.blob), in: world)
            case .shares(let other):
                proof = chain(work, world.nodes[other].blob(work.terms.blob), in: world)
            case .passesOn(let other, let wait):
                time = wait
                proof = passedOn(work, to: world.nodes[other], in: world)
            case .reads(let blob): proof = chain(work, self.blob(blob), in: world)
            case .replays:
                if let old = auditor.given.first { proof = signed(old, work) }
            }
        }
        if case .code(let code, _, _) = proof, work.received != nil { auditor.given.append(code) }
        world.answer(index, .storageProved(number, proof), after: max(1_000, time))
    }

    private func signed(_ code: Digest, _ work: ChallengeWork) -> ChallengeProof {
        let input = work.terms.answerInput(code: code, received: work.received ?? 0)
        return .code(code, leaves: [], key.sign(input))
    }

    /// What an honest holder answers when this node asks it with the verifier's own nonce.
    private func passedOn(
        _ work: ChallengeWork, to holder: SimulatedNode, in world: World
    ) -> ChallengeProof {
        let terms = work.terms
        let asked = ChallengeTerms(
            verifier: key.publicKey, mirror: holder.key.publicKey, blob: terms.blob,
            size: terms.size, epoch: terms.epoch, nonce: terms.nonce, steps: terms.steps,
            mode: terms.mode)
        let proof = chain(
            ChallengeWork(asked, received: work.received), holder.blob(terms.blob), in: world)
        guard case .code(let code, _, _) = proof else { return proof }
        return signed(code, work)
    }

    private func chain(
        _ work: ChallengeWork, _ bytes: [UInt8]?, in world: World
    ) -> ChallengeProof {
        guard let bytes else { return .unreadable }
        let size = UInt64(bytes.count)
        let isShown = work.terms.mode == .rootOnly
        let layer = isShown ? world.layer(of: work.terms.blob, bytes) : nil
        return work.run(
            leaf: { index in
                guard index < HashTree.leafCount(size: size) else { return ([], []) }
                let range = HashTree.leafRange(index, size: size)
                var leaf = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
                if work.received != nil, case .lostTenth(let rest) = auditor.conduct,
                    index % 10 == rest
                {
                    leaf[0] ^= 1
                }
                let proof = layer.flatMap { Self.proof(of: range, $0, bytes) }
                return (leaf, proof ?? [])
            }, sign: { key.sign($0) })
    }

    private static func proof(
        of range: Range<UInt64>, _ layer: GroupLayer, _ bytes: [UInt8]
    ) -> [UInt8]? {
        guard let groups = RangeProof.groups(covering: range, size: layer.size) else { return nil }
        var values: [UInt8] = []
        for group in groups {
            let part = HashTree.groupRange(group, size: layer.size)
            let slice = Array(bytes[Int(part.lowerBound)..<Int(part.upperBound)])
            values += HashTree.leafValues(
                of: slice.span.bytes, groupIndex: group, isOnlyGroup: layer.count == 1)
        }
        guard let proof = try? RangeProof(range, layer: layer, leafValues: values) else {
            return nil
        }
        var writer = Writer()
        proof.write(to: &writer)
        return writer.bytes
    }
}
