import Genome
import Testing

@Suite("JSON for people")
struct IndentedJSONTests {
    @Test func `keeps what is short on a line and indents the rest`() throws {
        let long = String(repeating: "x", count: 80)
        let value: JSONValue = [
            "b": [1, "two", .null], "a": ["long": .string(long), "none": [], "deep": [[true]]],
        ]
        let text = IndentedJSON.write(value)
        #expect(
            text == """
                {
                  "b": [1, "two", null],
                  "a": {
                    "long": "\(long)",
                    "none": [],
                    "deep": [[true]]
                  }
                }

                """)
        #expect(try Fixtures.parse(text) == value)
        #expect(IndentedJSON.write([:]) == "{}\n")
    }
}
