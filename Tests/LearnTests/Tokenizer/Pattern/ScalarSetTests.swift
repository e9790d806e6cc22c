import Testing

@testable import Learn

@Suite struct ScalarSetTests {
    @Test func `sets join, meet and turn around`() {
        let set = ScalarSet([5...9, 7...20, 21...30, 0x3000...0x3001])
        #expect(set.ranges == [5...30, 0x3000...0x3001])
        #expect(set.contains(30) && !set.contains(31) && set.contains(0x3001))
        #expect(set.complement.complement == set)
        #expect(set.intersection(ScalarSet([30...0x3000])).ranges == [30...30, 0x3000...0x3000])
        #expect(ScalarSet().complement.ranges == [0...0x10ffff])
        #expect(ScalarSet([0x6b...0x6b]).closedOverCase.contains(0x212a))
    }

    @Test func `properties have their names`() {
        #expect(ScalarSet(property: "Lu")?.contains(0x41) == true)
        #expect(ScalarSet(property: "l&")?.contains(0x61) == true)
        #expect(ScalarSet(property: "Han")?.contains(0x4e00) == true)
        #expect(ScalarSet(property: "White_Space")?.contains(0x3000) == true)
        #expect(ScalarSet(property: "Klingon") == nil)
    }
}
