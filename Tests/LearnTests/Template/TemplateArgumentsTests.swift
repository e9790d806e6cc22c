import Testing

@testable import Learn

@Suite("Arguments in a template")
struct TemplateArgumentsTests {
    @Test("find their parameters by place and by name")
    func binding() throws {
        var given = TemplateArguments([.integer(1)])
        given.named = [("c", .integer(3))]
        let values = try #require(given.bound(to: ["a", "b", "c"]))
        #expect(values.map { $0?.whole } == [1, nil, 3])
        #expect(given.bound(to: ["a", "b"]) == nil)
        #expect(given.bound(to: ["c"]) == nil)
        #expect(TemplateArguments([.none, .none]).bound(to: ["a"]) == nil)
    }
}
