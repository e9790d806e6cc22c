import Genome
import Learn
import Testing
import Wire

@testable import Node

@Suite("A file of an evaluation")
struct EvalFileTests {
    @Test func `is named without its folders, by the hash of its bytes`() throws {
        let bytes = Array("\u{feff}{\"text\": \"a\"}\n".utf8)
        let file = EvalFile(try DataFile(name: "/home/me/a\u{202e}.jsonl", bytes: bytes))
        #expect(file.name == "a\u{fffd}.jsonl")
        #expect(file.json["blob"]?.string == Blake3.hash(bytes).hexadecimal)
        #expect(file.json["size"] == .integer(Int64(bytes.count)))
    }
}
