import Testing

@testable import Wire

@Suite struct LayerSpreadTests {
    private let mirrors = (1...LayerSpread.mirrorsMax).map { _ in SigningKey.random().publicKey }

    private func read(_ bytes: [UInt8]) throws -> LayerSpread {
        var reader = Reader(bytes)
        let spread = try LayerSpread(from: &reader)
        try reader.finish()
        return spread
    }

    private func bytes(_ spread: LayerSpread) -> [UInt8] {
        var writer = Writer()
        spread.write(to: &writer)
        return writer.bytes
    }

    @Test func `all of it comes back, and names mirrors by the beginnings of their keys`() throws {
        let full = LayerSpread(pace: .batched, copies: 64, until: 1_800_000_000, mirrors: mirrors)
        #expect(try read(bytes(full)) == full)
        #expect(mirrors.allSatisfy { full.names($0) })
        #expect(!full.names(SigningKey.random().publicKey))
        #expect(full.isInForce(at: 1_799_999_999) && !full.isInForce(at: 1_800_000_000))
        let none = LayerSpread()
        #expect(bytes(none) == [0, 0, 0, 0])
        #expect(try read([0, 0, 0, 0]) == none)
        #expect(none.isInForce(at: .max))
    }

    @Test func `a pace of the future waits for its owner, what is out of bounds is refused`() throws
    {
        #expect(try read([9, 3, 0, 0]).pace == .manual)
        #expect(throws: WireError.tooLarge("copies")) { try read([0, 65, 0, 0]) }
        #expect(throws: WireError.tooLarge("mirrors")) { try read([0, 0, 0, 9]) }
        let pair = LayerSpread(mirrors: Array(mirrors.prefix(2)))
        var wrong = bytes(pair)
        wrong.replaceSubrange(4..<12, with: wrong[12..<20])
        #expect(throws: WireError.notCanonical) { try read(wrong) }
        #expect(throws: WireError.self) { try read(Array(bytes(pair).dropLast())) }
    }

    @Test func `a Layer record carries it, a Mirror record must not`() throws {
        let key = SigningKey.random()
        var content = LayerContent(
            layer: Blake3.hash([1]), manifestSize: 9, type: "lora", name: "poems",
            version: "1.0.0", licence: "MIT", size: 1, files: 1)
        content.spread = LayerSpread(pace: .manual, copies: 3)
        let layer = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: 1, expires: 2,
            content: .layer(content))
        let record = try layer.signed(key.sign(layer.signingInput))
        #expect(record.content == .layer(content))
        // A holder leaves the publisher's word out of its own record.
        let mirror = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: 1, expires: 2,
            content: .mirror(content, publisher: SigningKey.random().publicKey))
        guard case .mirror(let said, _) = try mirror.signed(key.sign(mirror.signingInput)).content
        else { return #expect(Bool(false)) }
        #expect(said.spread == nil)
    }

    @Test func `paces have the names of statements`() {
        #expect(LayerSpread.Pace.allCases.map(\.name) == ["immediate", "batched", "manual"])
        #expect(LayerSpread.Pace(name: "batched") == .batched)
        #expect(LayerSpread.Pace(name: "soon") == nil)
    }
}
