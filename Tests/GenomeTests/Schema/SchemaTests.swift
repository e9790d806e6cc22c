import Genome
import Testing

@Suite("A schema")
struct SchemaTests {
    private func fault(_ schema: Schema, _ value: JSONValue) -> GenomeError? {
        Fixtures.fault { try schema.check(value, at: "x") }
    }

    @Test("names the path of the first member that breaks it")
    func paths() {
        let inner = Schema.object([.required("a", .list(.count, max: 2, distinct: true), "")])
        #expect(fault(inner, ["a": [1, 2]]) == nil)
        #expect(
            fault(inner, ["a": [1, "2"]])
                == .field(path: "x.a[1]", .wrongType(expected: "a whole number")))
        #expect(fault(inner, ["a": [1, 1]]) == .field(path: "x.a", .duplicate("an element")))
        #expect(fault(inner, ["a": [1, 2, 3]]) == .tooLarge(what: "x.a", limit: 2))
        #expect(fault(inner, ["a": [-1]]) != nil)
        #expect(fault(inner, ["b": 1]) == .field(path: "x.b", .unknown))
        #expect(fault(inner, .object(JSONObject())) == .field(path: "x.a", .missing))
        #expect(fault(inner, [1]) == .field(path: "x", .wrongType(expected: "an object")))
    }

    @Test("choices may be open to private names")
    func choices() {
        #expect(fault(.choice(["a"], open: false), "x-b") != nil)
        #expect(fault(.choice(["a"], open: true), "x-b") == nil)
        #expect(fault(.choice(["a"], open: true), "b") != nil)
        #expect(fault(.choice(["a"], open: true), 1) != nil)
        #expect(fault(.truth, 1) != nil)
    }

    @Test("prints one row a member")
    func rows() {
        let fields: [Schema.Field] = [
            .required("a", .object([.optional("b", .truth, "inner")]), "outer")
        ]
        #expect(
            Schema.tableRows(of: fields) == [
                "| `a` | yes | object | outer |", "| `a.b` |  | true or false | inner |",
            ])
    }
}
