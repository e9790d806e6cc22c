import Testing
import Wire

@Suite struct HexadecimalTests {
    @Test func `every byte has one text`() {
        let all = (0...255).map { UInt8($0) }
        let text = Hexadecimal.encode(all)
        #expect(text.count == 512 && text.hasPrefix("000102") && text.hasSuffix("feff"))
        #expect(Hexadecimal.decode(text) == all)
    }

    @Test(arguments: ["a", "AB", "0g", "0x", " 00", "é0"])
    func `other texts are refused`(text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }
}
