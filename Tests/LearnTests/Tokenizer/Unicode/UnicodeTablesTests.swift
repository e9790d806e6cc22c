import Testing

@testable import Learn

@Suite struct UnicodeTablesTests {
    @Test func `scalars have their traits`() {
        let tables = UnicodeTables.shared
        #expect(tables.traits(of: 0x41).isSuperset(of: [.letter, .opening, .word, .plainWord]))
        #expect(tables.traits(of: 0x0a).isSuperset(of: [.space, .lineEnd]))
        #expect(tables.traits(of: 0x2160).contains(.number))
        #expect(tables.traits(of: 0x301).isSuperset(of: [.mark, .accent, .closing]))
        #expect(tables.traits(of: 0x24).contains(.punctuation))
        #expect(UnicodeTables.version.hasPrefix("16.0.0"))
        let letters = tables.traits.count { ScalarTraits(rawValue: $0).contains(.letter) }
        #expect(letters == 2_258 + 404 + 136_477 + 31 + 1_858)
    }
}
