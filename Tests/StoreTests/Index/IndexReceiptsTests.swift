import Host
import Testing
import Wire

@testable import Store

@Suite("Receipts of storage challenges")
struct IndexReceiptsTests {
    private func receipt(
        _ nonce: UInt64, by verifier: UInt8 = 1, about mirror: UInt8 = 2
    ) -> StorageReceipt {
        let terms = ChallengeTerms(
            verifier: Fixture.key(verifier).publicKey, mirror: Fixture.key(mirror).publicKey,
            blob: Digest(words: (1, 2, 3, 4)), size: 5, epoch: nonce,
            nonce: Digest(words: (nonce, 0, 0, 0)), steps: 64, mode: .holder)
        let draft = StorageReceipt.Draft(
            terms: terms, sent: nonce, allowed: 9, answer: nil, elapsed: 0, verdict: .silent)
        return draft.signed(Fixture.key(verifier).sign(draft.signingInput))
    }

    @Test func `are kept once, in the order in which they came`() throws {
        let fixture = try LibraryFixture()
        let library = fixture.library
        let own = [9, 3, 7, 5].map { receipt($0) }
        for receipt in own { try library.add(receipt: receipt, isPublic: true) }
        try library.add(receipt: own[1], isPublic: true)
        let other = receipt(4, by: 3, about: 1)
        try library.add(receipt: other, isPublic: false)
        let one = Fixture.key(1).publicKey
        #expect(try library.index.receipts(verifier: one).map(\.receipt) == own)
        #expect(try library.index.receipts(mirror: one).map(\.receipt) == [other])
        #expect(try library.index.receipts().map(\.isPublic) == [true, true, true, true, false])
        #expect(try library.index.receipts(limit: 2).map(\.receipt) == [own[3], other])
    }

    @Test func `outlive the loss of the index, and that of the journal`() throws {
        let fixture = try LibraryFixture()
        let own = [9, 3, 7].map { receipt($0) }
        for receipt in own { try fixture.library.add(receipt: receipt, isPublic: true) }
        try fixture.restart { layout in try Directory.removeFile(layout.index) }
        #expect(try fixture.library.index.receipts().map(\.receipt) == own)
        try fixture.library.rewriteJournal()
        let kept = try fixture.library.journal.replay(after: 0).compactMap { event in
            if case .receipt(let bytes, true) = event.change { bytes } else { nil }
        }
        #expect(kept.suffix(3) == own.map(\.bytes)[...])
    }
}
