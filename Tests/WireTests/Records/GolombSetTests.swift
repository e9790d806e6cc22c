import Testing
import Wire

@Suite struct GolombSetTests {
    @Test func `sets of an independent implementation are the same bytes`() throws {
        let sets = try #require(try VectorFile.object("records.json")["sets"] as? [[String: Any]])
        #expect(sets.count >= 5)
        for entry in sets {
            let values = try #require(entry["values"] as? [String]).map {
                try #require(UInt64($0, radix: 16))
            }
            let set = GolombSet(values)
            #expect(Hexadecimal.encode(set.bytes) == entry["bytes"] as? String)
            #expect(values.allSatisfy { set.contains($0) })
            let again = try GolombSet(count: values.count, bytes: set.bytes)
            #expect(again == set)
        }
    }

    @Test func `strangers are found in about one case of a thousand`() {
        let values = (0..<500).map { UInt64($0) &* 0x9e37_79b9_7f4a_7c15 }
        let set = GolombSet(values)
        #expect(set.bytes.count < 500 * 13 / 8)
        let strangers = (0..<4000).map { (UInt64($0) &+ 77) &* 0xbf58_476d_1ce4_e5b9 }
        #expect(strangers.filter { set.contains($0) }.count < 20)
    }

    @Test func `sets that do not hold their count are refused`() {
        let bytes = GolombSet([1, 1 << 60, 1 << 63]).bytes
        #expect(throws: WireError.self) { try GolombSet(count: 4, bytes: bytes) }
        #expect(throws: WireError.self) { try GolombSet(count: 3, bytes: bytes + [0]) }
        #expect(throws: WireError.self) { try GolombSet(count: 3, bytes: bytes.dropLast()) }
        #expect(throws: WireError.self) { try GolombSet(count: 1, bytes: [0xff, 0xff, 0xff]) }
    }
}

extension GolombSet {
    fileprivate init(count: Int, bytes: ArraySlice<UInt8>) throws {
        try self.init(count: count, bytes: Array(bytes))
    }
}
