import Genome
import Testing

@testable import Learn

@Suite struct DataFileTests {
    private func records(_ text: String, _ name: String) throws -> [DataRecord] {
        var found: [DataRecord] = []
        try DataSamples.file(text, name).forEachRecord(vocabulary: 9) { found.append($0) }
        return found
    }

    private func fault(_ bytes: [UInt8], _ name: String = "x.txt") -> DataFault? {
        do {
            _ = try DataFile(name: name, bytes: bytes)
        } catch {
            if case .data(let fault) = error { return fault }
        }
        return nil
    }

    @Test func `lines of JSON, with line ends of any system and empty lines`() throws {
        let text = "\u{feff}{\"text\": \"a\"}\r\n\n  {\"text\": \"b\"}  \n{\"text\": \"c\"}"
        for name in ["x.jsonl", "X.JSONL", "x.json"] {
            let found = try records(text, name)
            #expect(found.map(\.content) == [.text("a"), .text("b"), .text("c")])
            #expect(found.map(\.place.line) == [1, 3, 4])
            #expect(String(decoding: found[1].bytes, as: UTF8.self) == #"{"text": "b"}"#)
        }
    }

    @Test func `an array in a file of JSON`() throws {
        let found = try records("\n[{\"text\": \"a\"},\n {\"text\":\n \"b]\"}]\n", "x.json")
        #expect(found.map(\.content) == [.text("a"), .text("b]")])
        #expect(found.map(\.place.line) == [2, 3])
    }

    @Test func `a table`() throws {
        let found = try records("completion,prompt\r\n\"b,\n\",a\r\nd,c\r\n", "x.csv")
        #expect(
            found.map(\.content) == [
                .completion(prompt: "a", completion: "b,\n"),
                .completion(prompt: "c", completion: "d"),
            ])
        #expect(found.map(\.place.line) == [2, 4])
    }

    @Test func `a plain text is one record as it stands`() throws {
        for name in ["x.txt", "x.md"] {
            #expect(try records("a\n\nb\n", name).map(\.content) == [.document("a\n\nb\n")])
        }
    }

    @Test func `what is no text is refused with its line`() {
        #expect(fault([]) == .empty(file: "x.txt"))
        #expect(fault(Array(" \n\t\r\n".utf8)) == .empty(file: "x.txt"))
        #expect(fault([0xef, 0xbb, 0xbf]) == .empty(file: "x.txt"))
        #expect(fault(Array("a\nb\0".utf8)) == .binary(DataPlace(file: "x.txt", line: 2)))
        #expect(
            fault([0x61, 0x0a, 0x0a, 0xe4, 0x0a]) == .notUTF8(DataPlace(file: "x.txt", line: 3)))
        #expect(fault([0xc0, 0x80]) == .notUTF8(DataPlace(file: "x.txt", line: 1)))
        #expect(fault([0xff, 0xfe, 0x61, 0]) == .encoding(file: "x.txt", "UTF-16"))
        #expect(fault([0x61], "x.parquet") == .unknownKind(file: "x.parquet"))
        #expect(fault([0x61], "x") == .unknownKind(file: "x"))
    }

    @Test func `files come from disk by their path`() throws {
        let scratch = try ScratchFolder()
        let folder = try scratch.write([("a.txt", Array("abc".utf8))], to: "x")
        #expect(try DataFile(path: folder + "/a.txt").bytes == Array("abc".utf8))
        for path in [folder, folder + "/b.txt"] {
            #expect(throws: LearnError.self) { _ = try DataFile(path: path) }
        }
    }

    @Test func `a record that is no JSON object is told with its line`() {
        let broken: [(String, Int)] = [
            ("{\"text\": \"a\"}\n{\"text\": \"b\"", 2), ("[]\nx", 1), ("{\"a\":1,\"a\":2}", 1),
            ("{\"text\": \"a\"} {}", 1), ("\n\n3", 3), ("\"text\"", 1),
        ]
        for (text, line) in broken {
            #expect(DataSamples.recordFault(text)?.line == line, "\(text)")
        }
        #expect(DataSamples.recordFault("3")?.fault == .notObject(found: "a whole number"))
        let deep = String(repeating: "[", count: 100)
        #expect(DataSamples.recordFault(deep)?.line == 1)
    }
}
