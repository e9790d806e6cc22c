import Testing

@testable import Wire

@Suite struct StorageReceiptTests {
    private let verifier = SigningKey(seed: [UInt8](repeating: 1, count: 32))
    private let mirror = SigningKey(seed: [UInt8](repeating: 2, count: 32))

    private func receipt(
        _ verdict: StorageReceipt.Verdict, answerBy other: SigningKey? = nil
    ) throws -> StorageReceipt {
        let verifier = try #require(verifier)
        let mirror = try #require(mirror)
        let nonce = Digest(words: (1, 2, 3, 4))
        let terms = ChallengeTerms(
            verifier: verifier.publicKey, mirror: mirror.publicKey, blob: nonce, size: 5,
            epoch: 20_000, nonce: nonce, steps: 64, mode: .holder)
        let code = Digest(words: (5, 6, 7, 8))
        let signature = (other ?? mirror).sign(terms.answerInput(code: code, received: 77))
        let draft = StorageReceipt.Draft(
            terms: terms, sent: 70, allowed: 1_000,
            answer: verdict.isAnswered
                ? .init(code: code, received: 77, signature: signature) : nil,
            elapsed: verdict == .late ? 1_001 : verdict.isAnswered ? 1_000 : 0, verdict: verdict)
        return draft.signed(verifier.sign(draft.signingInput))
    }

    @Test func `receipts are the bytes that another program writes`() throws {
        for item in try ChallengeVectors().cases {
            let bytes = try item.bytes("receipt")
            let receipt = try StorageReceipt(bytes: bytes)
            #expect(receipt.bytes == bytes && bytes.count <= StorageReceipt.bytesMax)
            #expect(receipt.terms == item.terms)
            #expect(try receipt.draft.signingInput == item.bytes("receiptInput"))
            #expect("\(receipt.verdict)" == item.object["verdict"] as? String)
            #expect(try receipt.draft.allowed == item.number("allowed"))
            #expect(try receipt.draft.elapsed == item.number("elapsed"))
            #expect(receipt.isSignedByBoth == (item.object["signature"] != nil))
            #expect(!receipt.isAuthentic)
        }
        for item in try #require(ChallengeVectors().object["bad"] as? [[String: Any]]) {
            let bytes = try VectorFile.bytes(item["receipt"])
            #expect(throws: WireError.self, "\(item["what"] ?? "")") {
                try StorageReceipt(bytes: bytes)
            }
        }
    }

    @Test func `a receipt holds by both signatures, or by the verifier's alone`() throws {
        for verdict in StorageReceipt.Verdict.allCases {
            let receipt = try receipt(verdict)
            #expect(receipt.isAuthentic)
            #expect(try StorageReceipt(bytes: receipt.bytes) == receipt)
            #expect(try Message(bytes: Message.receipt(receipt).bytes) == .receipt(receipt))
            var bytes = receipt.bytes
            bytes[100] ^= 1
            #expect(try !StorageReceipt(bytes: bytes).isAuthentic)
        }
        #expect(try !receipt(.passed, answerBy: verifier).isAuthentic)
    }

    @Test func `the longest receipt has as many bytes as are named`() throws {
        #expect(try receipt(.passed).bytes.count == StorageReceipt.bytesMax)
    }
}
