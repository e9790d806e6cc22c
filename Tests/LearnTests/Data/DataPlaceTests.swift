import Testing

@testable import Learn

@Suite struct DataPlaceTests {
    @Test func `a place names file and line`() {
        #expect("\(DataPlace(file: "a/b.jsonl", line: 3))" == "a/b.jsonl, line 3")
        #expect(DataPlace(file: "a", line: 1) != DataPlace(file: "a", line: 2))
    }
}
