import Testing

@testable import Learn

@Suite("A template's values")
struct TemplateValueTests {
    @Test("are true as in Python")
    func truth() {
        let empty = TemplateList([])
        for value: TemplateValue in [
            .undefined(""), .none, .bool(false), .integer(0), .float(0), .string(""), .list(empty),
            .dictionary(TemplateDictionary([])), .markup(""),
        ] { #expect(!value.isTrue) }
        for value: TemplateValue in [
            .integer(-1), .float(.nan), .string("0"), .list(TemplateList([.none])),
            .list(TemplateList([], .generator)), .namespace(TemplateNamespace()),
        ] { #expect(value.isTrue) }
    }

    @Test("know how deep they are")
    func depth() {
        let list = TemplateList([.integer(1)])
        let outer = TemplateDictionary(names: [("a", .list(list))])
        #expect(list.depth == 1 && outer.depth == 2)
        #expect(TemplateFunction.method(.dictionary(outer), "get").depth == 3)
        #expect(TemplateValue.tuple([.dictionary(outer)]).depth == 3)
    }

    @Test("are one key if Python takes them for one")
    func keys() {
        let dictionary = TemplateDictionary([
            (.integer(1), .integer(1), .string("a")), (.text([97]), .string("a"), .none),
            (.integer(1), .bool(true), .string("b")),
        ])
        #expect(dictionary.keys.count == 2)
        guard case .string("b")? = dictionary[.integer(1)] else {
            Issue.record("the last value of a key counts")
            return
        }
        #expect(dictionary["a"] != nil && dictionary["b"] == nil)
    }
}
