import Genome
import Testing

@Suite("A JSON object")
struct JSONObjectTests {
    @Test("sets, replaces and removes members")
    func setsMembers() {
        var object = JSONObject()
        object["b"] = 1
        object["a"] = 2
        object["b"] = 3
        #expect(object.names == ["b", "a"])
        #expect(object["b"]?.integer == 3)
        object["b"] = nil
        object["absent"] = nil
        #expect(object.names == ["a"])
        #expect(!object.isEmpty && object.count == 1)
    }

    @Test("is equal whatever the order of members")
    func ignoresOrder() {
        let left: JSONValue = ["a": 1, "b": 2]
        let right: JSONValue = ["b": 2, "a": 1]
        let other: JSONValue = ["a": 1, "c": 2]
        #expect(left == right)
        #expect(left != other)
        #expect(left != ["a": 1])
    }
}
