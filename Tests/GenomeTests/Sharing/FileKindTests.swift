import Genome
import Testing

@Suite("The kind of a file")
struct FileKindTests {
    @Test(
        "is told from name and first bytes",
        arguments: [
            ("model.safetensors", FileKind.safetensors), ("config.json", .json),
            ("README.md", .text),
            ("LICENSE", .text), ("LICENSE.txt", .text), ("chat_template.jinja", .text),
            ("tokenizer.model", .tokenizer), ("merges.txt", .text), ("a.gguf", .other),
            ("a.py", .other),
            ("data.jsonl", .other), ("NOTICE", .text), ("noext", .other), ("a.bin", .pickle),
            ("a.PT", .pickle), ("b.pth", .pickle), ("c.pkl", .pickle), ("d.ckpt", .pickle),
        ] as [(String, FileKind)])
    func names(_ name: String, _ kind: FileKind) {
        #expect(FileKind.kind(of: name, first: []) == kind, "\(name)")
    }

    @Test(
        "a pickle is one under any name",
        arguments: [
            [0x80, 0x02, 0x7d], [0x80, 0x05, 0x95], Array("cos\nsystem\n".utf8),
            Array("(dp0\n".utf8),
            [0x50, 0x4b, 0x03, 0x04] + Array("\0\0archive/data.pkl".utf8),
        ] as [[UInt8]])
    func pickles(_ first: [UInt8]) {
        #expect(FileKind.kind(of: "notes.txt", first: first) == .pickle)
        #expect(FileKind.kind(of: "config.json", first: first) == .pickle)
    }

    @Test("a safetensors header of 640 bytes is no pickle")
    func safetensorsHeader() {
        let first: [UInt8] = [0x80, 0x02, 0, 0, 0, 0, 0, 0, 0x7b]
        #expect(FileKind.kind(of: "model.safetensors", first: first) == .safetensors)
    }

    @Test("other archives are only other files")
    func archives() {
        let first: [UInt8] = [0x50, 0x4b, 0x03, 0x04] + Array("\0\0a.txt".utf8)
        #expect(FileKind.kind(of: "a.zip", first: first) == .other)
        #expect(!FileKind.other.isTakenUnasked && FileKind.text.isText)
    }
}
