import Genome
import Testing

@testable import Node

@Suite struct JSONValueCountsTests {
    @Test func `counts keep their order, and the largest stays one`() {
        let value = JSONValue.counts([("b", 2), ("a", .max)])
        #expect(value.object?.members.map(\.name) == ["b", "a"])
        #expect(value["b"]?.integer == 2 && value["a"]?.integer == .max)
    }

    @Test func `counts by their limits end with all that is more`() {
        let value = JSONValue.counts([4, 0, 7], upTo: [1, 10])
        #expect(value.object?.members.map(\.name) == ["1", "10", "more"])
        #expect(value["1"]?.integer == 4 && value["10"]?.integer == 0)
        #expect(value["more"]?.integer == 7)
    }
}
