import Testing

@testable import Wire

@Suite struct StorageChallengeTests {
    @Test func `challenges are the bytes that another program writes, and come back`() throws {
        for item in try ChallengeVectors().cases {
            let layer = try #require(Digest(bytes: try item.message("layer")))
            let challenge = StorageChallenge(
                item.terms, through: layer, allowed: try item.number("allowed"))
            let bytes = try item.message("challenge")
            #expect(Message.challenge(challenge).bytes == bytes)
            #expect(try Message(bytes: bytes) == .challenge(challenge))
            let terms = challenge.terms(
                verifier: item.terms.verifier, mirror: item.terms.mirror, size: item.terms.size)
            #expect(terms == item.terms)
            #expect(throws: WireError.truncated) { try Message(bytes: bytes.dropLast()) }
            #expect(throws: WireError.trailingBytes) { try Message(bytes: bytes + [0]) }
        }
    }
}
