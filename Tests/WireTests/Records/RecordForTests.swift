import Testing
import Wire

@Suite struct RecordForTests {
    private let key = SigningKey.random()
    private let tag = [UInt8](repeating: 9, count: CircleTag.byteCount)

    private func record(_ domain: Domain, signer: NodeKey? = nil) throws -> Record {
        let content = TombstoneContent(
            endedType: .layer, slot: Slot(prefixOf: Blake3.hash([1])), reason: "why",
            isWithdrawal: true)
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 3, issued: 5, expires: 7, domain: domain,
            signer: signer, content: .tombstone(content))
        return try unsigned.signed(key.sign(unsigned.signingInput))
    }

    @Test func `a record is for those whom its own domain names, and for nobody else`() throws {
        let open = try record(.everyone)
        let closed = try record(.restricted(tag: tag))
        #expect(RecordFor<Everyone>(open)?.bytes == open.bytes)
        #expect(RecordFor<Everyone>(open)?.id == open.id)
        #expect(RecordFor<Members>(open) == nil && RecordFor<Everyone>(closed) == nil)
        let own = try #require(RecordFor<Members>(closed))
        #expect(own.bytes == closed.bytes && own.id == closed.id)
        #expect(own.circle.bytes == tag && own.circle.domain == closed.domain)
        let signed = try record(.restricted(tag: tag), signer: SigningKey.random().publicKey)
        #expect(RecordFor<Everyone>(signed) == nil && RecordFor<Members>(signed) != nil)
    }

    @Test func `what is no record is for nobody`() throws {
        let whole = try record(.everyone).bytes
        for count in 0..<whole.count where count <= 75 + Signature.byteCount {
            #expect(RecordFor<Everyone>(Array(whole.prefix(count))) == nil)
            #expect(RecordFor<Members>(Array(whole.prefix(count))) == nil)
        }
        var other = whole
        other[0] = 2
        #expect(RecordFor<Everyone>(other) == nil, "of another version nothing is known")
        other = whole
        other[75] = 2
        #expect(RecordFor<Everyone>(other) == nil && RecordFor<Members>(other) == nil)
    }
}
