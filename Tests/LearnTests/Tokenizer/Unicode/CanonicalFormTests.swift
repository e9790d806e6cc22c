import Testing

@testable import Learn

@Suite struct CanonicalFormTests {
    private func form(_ form: CanonicalForm, _ text: String) -> [UInt32] {
        form.apply(to: Array(text.utf8)).scalars
    }

    @Test func `marks are put in order and joined`() {
        #expect(form(.composed, "o\u{308}\u{323}") == [0x1ecd, 0x308])
        #expect(form(.decomposed, "\u{1ecd}\u{308}") == [0x6f, 0x323, 0x308])
        #expect(form(.composed, "\u{212b}") == [0xc5])
        #expect(form(.composed, "\u{958}") == [0x915, 0x93c])
        #expect(form(.compatibilityComposed, "\u{fb01}\u{1e9b}\u{323}") == [0x66, 0x69, 0x1e69])
        #expect(form(.compatibilityDecomposed, "\u{ff21}²") == [0x41, 0x32])
        #expect(form(.composed, "\u{1112}\u{1161}\u{11ab}") == [0xd55c])
        #expect(form(.composed, "e\u{301}\u{301}") == [0xe9, 0x301])
    }
}
