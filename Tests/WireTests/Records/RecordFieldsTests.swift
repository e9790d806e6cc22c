import Testing

@testable import Wire

@Suite struct RecordFieldsTests {
    private func read(_ bytes: [UInt8]) throws -> RecordFields {
        var reader = Reader(bytes)
        return try RecordFields(from: &reader)
    }

    @Test func `tags must rise`() {
        #expect(throws: WireError.notCanonical) { try read([4, 0, 2, 0]) }
        #expect(throws: WireError.notCanonical) { try read([2, 0, 2, 0]) }
    }

    @Test func `unknown odd tags are refused and even ones carried`() throws {
        #expect(throws: WireError.unsupported("field 3")) {
            try read([3, 0]).requireKnown([1])
        }
        try read([2, 1, 7]).requireKnown([1])
    }

    @Test func `texts keep to their limits`() throws {
        let fields = try read([2, 3, 0x61, 0x62, 0x63])
        #expect(try fields.text(2, limit: 3, "name") == "abc")
        #expect(throws: WireError.tooLarge("name")) { try fields.text(2, limit: 2, "name") }
        #expect(try fields.text(4, limit: 2, "other") == nil)
    }
}
