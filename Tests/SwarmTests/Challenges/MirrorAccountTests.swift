import Testing
import Wire

@testable import Swarm

@Suite struct MirrorAccountTests {
    private func receipt(
        _ nonce: UInt64, _ verdict: StorageReceipt.Verdict
    ) -> StorageReceipt {
        let terms = ChallengeTerms(
            verifier: Driver.key(1).publicKey, mirror: Driver.key(2).publicKey,
            blob: Digest(words: (nonce, 1, 0, 0)), size: 5, epoch: nonce,
            nonce: Digest(words: (nonce, 0, 0, 0)), steps: 64, mode: .holder)
        let answer = StorageReceipt.Answer(
            code: terms.nonce, received: 1, signature: Driver.key(2).sign([]))
        let isAnswered = verdict == .passed || verdict == .wrong
        return ChallengeSample.receipt(
            terms, isAnswered ? answer : nil, by: 1, verdict: verdict)
    }

    @Test func `all receipts count, those about public layers are told, both signed are hashed`() {
        let receipts = [
            (receipt(1, .passed), true), (receipt(2, .passed), false), (receipt(3, .wrong), true),
            (receipt(4, .silent), true),
        ]
        var account = MirrorAccount()
        var memory = ChallengeMemory()
        var root = MerkleFrontier()
        for (receipt, isPublic) in receipts {
            account.take(receipt, isPublic: isPublic)
            memory.take(receipt, isPublic: isPublic)
        }
        for (receipt, isPublic) in receipts where isPublic && receipt.isSignedByBoth {
            root.append(receipt.bytes)
        }
        #expect(account.standing.challenged == 4 && account.standing.failedInARow == 2)
        let content = account.content(of: Driver.key(2).publicKey)
        #expect(content.challenged == 3 && content.passed == 1 && content.failed == 2)
        #expect(content.receipts == root.root && root.count == 2)
        #expect(account.last == .silent)
        // After a restart it is the same.
        let again = memory.accounts[Driver.key(2).publicKey]
        #expect(again?.standing == account.standing)
        #expect(again?.receipts.root == account.receipts.root)
        #expect(memory.epochs[Digest(words: (4, 1, 0, 0))] == 4)
    }
}
