import Genome
import Host
import Testing
import Wire

@testable import Node

@Suite("Reading a folder")
struct FolderReaderTests {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    private func file(_ name: String) throws -> File {
        try File("\(laboratory.path)/\(name)", .read)
    }

    @Test func `hashes files and each tensor by itself`() throws {
        try laboratory.writeTensors("x.safetensors", size: 3 << 20 + 1)
        try laboratory.write("a.txt", "abc")
        var reader = FolderReader()
        for name in ["x.safetensors", "a.txt"] {
            try reader.add(try #require(LayerPath(name)), try file(name))
        }
        let entries = try reader.folder().entries
        #expect(entries.map(\.file.path.text) == ["a.txt", "x.safetensors"])
        #expect(entries[0].file.blob == Blake3.hash(Array("abc".utf8)))
        #expect(entries[0].file.size == 3)
        let bytes = Laboratory.bytes(3 << 20 + 1)
        #expect(entries[1].rows.map(\.hash) == [Blake3.hash(bytes)])
        #expect(entries[1].rows.first?.name == "w")
    }

    @Test func `refuses tensors whose header lies, by the name of the file`() throws {
        try laboratory.write("x.safetensors", [9, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d])
        var reader = FolderReader()
        do {
            try reader.add(try #require(LayerPath("x.safetensors")), try file("x.safetensors"))
            Issue.record("it was taken")
        } catch {
            let failure = try #require(error as? Failure)
            #expect(failure.code == .refused && failure.message.hasPrefix("x.safetensors"))
        }
    }

    @Test func `keeps the documents that the manifest is made from`() throws {
        try laboratory.write("README.md", "---\nlicense: mit\n---\nWords.\n")
        var reader = FolderReader()
        try reader.add(try #require(LayerPath("README.md")), try file("README.md"))
        #expect(try reader.folder().card?.licence?.description.lowercased() == "mit")
    }
}
