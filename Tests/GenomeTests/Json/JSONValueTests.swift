import Genome
import Testing

@Suite("A JSON value")
struct JSONValueTests {
    @Test("answers only as the kind it is")
    func answersAsItsKind() {
        let value: JSONValue = ["a": [1, "b", true]]
        #expect(value["a"]?.array?.count == 3)
        #expect(value["a"]?[0.description] == nil)
        #expect(value["a"]?.array?[0].integer == 1)
        #expect(value["a"]?.array?[0].number == 1)
        #expect(value["a"]?.array?[1].string == "b")
        #expect(value["a"]?.array?[2].bool == true)
        #expect(value["a"]?.string == nil)
        #expect(JSONValue.double(2).integer == nil)
        #expect(JSONValue.null.isNull)
        #expect(value.kind == "an object")
    }

    @Test("text is equal by code point, not by canonical equivalence")
    func comparesCodePoints() {
        #expect(JSONValue.string("\u{e9}") != .string("e\u{301}"))
        #expect(JSONValue.string("\u{e9}") == .string("\u{e9}"))
        #expect(JSONValue.integer(1) != .double(1))
    }
}
