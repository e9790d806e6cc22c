import Genome
import Learn
import Testing

@testable import Node

@Suite("The files of a memory")
struct MemoryFilesTests {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    /// A memory of those files, whose document names `content`.
    private func source(
        _ files: [String: String], content: JSONValue? = nil
    ) throws -> LayerSource {
        for (name, text) in files { try laboratory.write("memory/\(name)", text) }
        var source = LayerSource(
            files: try LayerFiles(folder: "\(laboratory.path)/memory"), layer: nil,
            type: "memory", base: nil, offers: nil, title: "notes")
        source.sections["content"] = content
        return source
    }

    private func fault(_ source: LayerSource) -> String? {
        do throws(Failure) {
            _ = try MemoryFiles.records(source)
            return nil
        } catch {
            return error.line
        }
    }

    @Test func `are those it names, in the order of its sections, else all of JSON Lines`() throws {
        let files = ["b.jsonl": "{\"text\":\"b\"}", "a.jsonl": "{\"text\":\"a\"}\n", "c.txt": "c"]
        let all = try source(files)
        #expect(MemoryFiles.names(all) == ["a.jsonl", "b.jsonl"])
        #expect(try MemoryFiles.records(all).map(\.text) == ["a", "b"])
        let named = try source(
            [:], content: ["patternLibrary": ["a.jsonl"], "knowledgeBase": ["b.jsonl"]])
        #expect(try MemoryFiles.records(named).map(\.text) == ["b", "a"])
    }

    @Test func `may have empty lines, and a last one without an end`() throws {
        let memory = try source(["a.jsonl": "\n{\"text\":\"a\"}\r\n  \n{\"text\":\"b\"}"])
        #expect(try MemoryFiles.records(memory).map(\.text) == ["a", "b"])
    }

    @Test func `are refused with file and line`() throws {
        let broken = try source(["a.jsonl": "{\"text\":\"a\"}\n\n{\"text\":1}\n"])
        #expect(fault(broken)?.contains("a.jsonl, line 3 is no record") == true)
        let absent = try source([:], content: ["knowledgeBase": ["none.jsonl"]])
        #expect(fault(absent)?.contains("none.jsonl of notes is not here") == true)
        let long = String(repeating: "x", count: MemoryRecord.lineBytesMax + 1)
        let wide = try source(["a.jsonl": "{\"text\":\"a\"}\n" + long])
        #expect(fault(wide)?.contains("a.jsonl, line 2 is too long") == true)
    }

    @Test func `that are not there hold nothing`() throws {
        let none = try source(["c.txt": "c"])
        #expect(fault(none)?.contains("holds no records") == true)
    }
}
