import Testing

@testable import Learn

@Suite struct NormalisationTablesTests {
    @Test func `Hangul is arithmetic`() {
        let tables = NormalisationTables.shared
        var parts: [UInt32] = []
        tables.decompose(0xd55c, false, into: &parts)
        #expect(parts == [0x1112, 0x1161, 0x11ab])
        #expect(tables.composite(0x1112, 0x1161) == 0xd558)
        #expect(tables.composite(0xd558, 0x11ab) == 0xd55c)
        #expect(tables.composite(0x41, 0x30a) == 0xc5)
        #expect(tables.combiningClass(0x301) == 230)
        #expect(tables.mayChange(0x301) && !tables.mayChange(0x41))
    }
}
