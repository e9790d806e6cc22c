import Testing

@testable import Learn

@Suite struct DecoderTests {
    private func decoded(_ decoder: Decoder, _ tokens: [String]) throws -> [String] {
        try decoder.apply(to: tokens.map { Array($0.utf8) })
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `each step does its part`() throws {
        #expect(try decoded(.byteLevel, ["\u{120}a", "\u{c3}", "\u{a9}"]) == [" aé"])
        #expect(
            try decoded(.byteFallback, ["<0xC3>", "<0xA9>", "x", "<0xff>"]) == [
                "é", "x", "\u{fffd}",
            ])
        #expect(try decoded(.fuse, ["a", "b"]) == ["ab"])
        #expect(try decoded(.strip(scalar: 0x20, start: 1, end: 2), ["  a   "]) == [" a "])
        #expect(try decoded(.replace(.text(Array("_".utf8)), [0x20]), ["_a_"]) == [" a "])
        #expect(
            try decoded(.metaspace(letter: 0x2581, dropsFirst: true), ["▁a▁", "▁b"]) == ["a", " b"])
        #expect(try decoded(.suffix(Array("</w>".utf8)), ["a</w>", "b</w>"]) == ["a ", "b"])
        #expect(try decoded(.strip(scalar: 0x20, start: 9, end: 9), ["  "]) == [""])
    }
}
