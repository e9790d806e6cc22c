import Genome
import Testing
import Wire

@testable import Store

@Suite struct AccessEntryTests {
    @Test func `an entry comes back, and nothing else is one`() throws {
        let entry = AccessEntry(
            sequence: 4, time: 9, layer: Blake3.hash([1]), question: ["a": [1, true]],
            rule: "hidden")
        #expect(AccessEntry(bytes: entry.bytes) == entry)
        #expect(AccessEntry(bytes: []) == nil)
        #expect(AccessEntry(bytes: Array("{}".utf8)) == nil)
        #expect(AccessEntry(bytes: entry.bytes + [32]) == nil)
        #expect(AccessEntry(bytes: Array(entry.bytes.dropLast())) == nil)
    }
}
