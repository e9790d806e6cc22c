import Testing

@testable import Node

@Suite("The shape of a verb")
struct VerbShapeTests {
    @Test("finds options by name and by alias")
    func finds() throws {
        let share = try #require(Verbs.shape(of: "share"))
        #expect(share.option(named: "license")?.name == "licence")
        #expect(share.option(named: "json")?.value == VerbShape.Option.Value.none)
        #expect(share.option(named: "odd") == nil)
    }
}
