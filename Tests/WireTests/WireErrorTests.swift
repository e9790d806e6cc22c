import Testing
import Wire

@Suite struct WireErrorTests {
    @Test func `errors name the field`() {
        #expect(WireError.tooLarge("name") != WireError.tooLarge("tag"))
        #expect(WireError.truncated.caseName == "truncated")
        #expect(WireError.invalid("slot").caseName == "invalid")
    }
}
