import Testing
import Wire

@Suite struct KeyContentsTests {
    private let key = SigningKey.random()

    private func roundTrip(
        _ content: RecordContent, expires: UInt64 = 2
    ) throws -> RecordContent {
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: 1, expires: expires,
            content: content)
        return try unsigned.signed(key.sign(unsigned.signingInput)).content
    }

    @Test func `delegations, revocations and endorsements come back`() throws {
        let other = SigningKey.random().publicKey
        let contents: [RecordContent] = [
            .delegation(
                DelegationContent(key: other, rights: [.publish, .fetch], label: "laptop")),
            .endorsement(
                EndorsementContent(
                    mirror: other, challenged: 9, passed: 7, failed: 1,
                    receipts: Blake3.hash([4]))),
        ]
        for content in contents { #expect(try roundTrip(content) == content) }
        let revocation = RecordContent.keyRevocation(
            KeyRevocationContent(successor: other, reason: "lost"))
        #expect(try roundTrip(revocation, expires: .max) == revocation)
        #expect(throws: WireError.self) { try roundTrip(revocation, expires: 5) }
    }

    @Test func `more answers than challenges are refused`() {
        let lie = EndorsementContent(
            mirror: key.publicKey, challenged: 1, passed: 1, failed: 1,
            receipts: Blake3.hash([]))
        #expect(throws: WireError.invalid("counts")) { try roundTrip(.endorsement(lie)) }
    }
}
