import Testing

@testable import Wire

@Suite struct SketchSymbolTests {
    @Test func `what is added and taken off leaves nothing`() throws {
        let salt = try #require(SketchSalt(bytes: [UInt8](repeating: 3, count: 16)))
        var symbol = SketchSymbol()
        symbol.add(5, hash: salt.hash(5), times: 1)
        let single = try #require(symbol.single(salt))
        #expect(single.item == 5 && single.side == 1)
        symbol.add(6, hash: salt.hash(6), times: 1)
        #expect(symbol.single(salt) == nil)
        symbol.add(5, hash: salt.hash(5), times: -1)
        symbol.add(6, hash: salt.hash(6), times: -1)
        #expect(symbol.isEmpty)
    }

    @Test(arguments: [
        (0, 0, 0), (0, 1_000_000, 1_000_000), (5, 1_000_000, 285_700), (3_999, 12, -9),
        (1, 1 << 40, Int64.max), (1, 1 << 40, Int64.min),
    ])
    func `counts come back from what they differ by`(_ index: Int, _ size: Int, _ count: Int64) {
        let symbol = SketchSymbol(sum: 1 << 63 | 7, check: 9, count: count)
        var writer = Writer()
        symbol.encode(index: index, of: UInt64(size), to: &writer)
        var reader = Reader(writer.bytes)
        #expect(throws: Never.self) {
            let read = try SketchSymbol(index: index, of: UInt64(size), from: &reader)
            #expect(read == symbol)
            try reader.finish()
        }
    }
}
