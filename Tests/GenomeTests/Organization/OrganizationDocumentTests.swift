import Genome
import Testing
import Wire

@Suite("Documents of organisations")
struct OrganizationDocumentTests {
    private let society = Society()

    @Test("are told apart, and tell whose they are")
    func kinds() throws {
        let organization = try society.founded()
        let membership = society.sign(try society.membership(), [society.issuers[0]])
        let list = society.sign(try society.revocations(), [society.issuers[0]])
        for envelope in [membership, list] {
            #expect(OrganizationDocument.organization(of: envelope) == organization.id)
        }
        #expect(OrganizationDocument.isRevocationList(list.encode()))
        #expect(!OrganizationDocument.isRevocationList(membership.encode()))
        #expect(!OrganizationDocument.isRevocationList([1, 2]))
        let other = Envelope.signed([1], type: "text/plain", by: society.issuers[0])
        #expect(OrganizationDocument.organization(of: other) == nil)
        let bent = Envelope.signed(
            [1], type: Membership.payloadType, by: society.issuers[0])
        #expect(OrganizationDocument.organization(of: bent) == nil)
    }

    @Test("of the largest size fit one message and one entry of the journal")
    func largest() throws {
        func keys(_ count: Int) -> [NodeKey] {
            (0..<count).compactMap { index in
                NodeKey(
                    bytes: Blake3.hash([UInt8(index & 255), UInt8(index >> 8)]).bytes)
            }
        }
        let most = OrganizationSchema.revocationsMax
        let list = try RevocationList.make(
            organization: society.member.publicKey, version: 1, rootVersion: 1,
            memberships: Set((0..<most).map { Blake3.hash([1, UInt8($0 & 255), UInt8($0 >> 8)]) }),
            keys: Set(keys(most)), issued: Society.begin, expires: Society.begin + Society.day)
        var envelope = Envelope(payloadType: RevocationList.payloadType, payload: list.bytes)
        for byte in 1...Envelope.signaturesMax {
            envelope.add(signatureBy: Fixtures.key(filledWith: UInt8(byte)))
        }
        #expect(envelope.encode().count <= Limits.credentialBytesMax)
        #expect(
            Message.credential(envelope.encode()).bytes.count <= Limits.recordPayloadMax)
    }
}
