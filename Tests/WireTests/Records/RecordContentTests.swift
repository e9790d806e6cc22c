import Testing
import Wire

@Suite struct RecordContentTests {
    @Test func `a tombstone takes the place of what it ends`() throws {
        let key = SigningKey.random()
        let slot = Slot(prefixOf: Blake3.hash([1]))
        let content = RecordContent.tombstone(
            TombstoneContent(endedType: .layer, slot: slot, reason: "withdrawn"))
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 9, issued: 1, expires: 2, content: content)
        let record = try unsigned.signed(key.sign(unsigned.signingInput))
        #expect(
            record.slotKey == SlotKey(publisher: key.publicKey, type: .layer, slot: slot))
        #expect(record.type == .tombstone && record.content == content)
    }
}
