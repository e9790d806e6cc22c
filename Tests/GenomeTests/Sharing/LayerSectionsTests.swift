import Genome
import Testing
import Wire

@Suite("What a person writes about a layer")
struct LayerSectionsTests {
    private func sections(_ text: String) throws -> LayerSections {
        try LayerSections(Array(text.utf8))
    }

    @Test func `is a type and sections of the manifest`() throws {
        let read = try sections(
            """
            {"type": "memory", "memoryType": "semantic",
            "content": {"knowledgeBase": ["a.jsonl"], "patternLibrary": ["b/c.jsonl"]}}
            """)
        #expect(read.type == .memory && read.members["memoryType"] == "semantic")
        #expect(read.members["type"] == nil)
        #expect(read.contentPaths == ["a.jsonl", "b/c.jsonl"])
        #expect(try sections("{}").contentPaths.isEmpty)
        #expect(
            try sections(#"{"style": {"b": 1, "a": 2}, "decoding": {}}"#).members.names
                == ["decoding", "style"])
    }

    @Test(
        "is refused otherwise",
        arguments: [
            "[]", "{", #"{"type": "poem"}"#, #"{"licence": {}}"#, #"{"files": []}"#,
            #"{"publisher": "x"}"#, #"{"loraConfig": 8}"#, #"{"provenance": {}}"#,
        ])
    func refuses(_ text: String) { #expect(Fixtures.fault { _ = try sections(text) } != nil) }

    @Test func `goes into the manifest, whose rules it must keep`() throws {
        func manifest(_ text: String, type: LayerType? = nil) throws -> Manifest {
            let folder = try TensorFixture.folder([
                "plasmid.json": Array(text.utf8), "a.jsonl": Array("{}".utf8),
            ])
            var choices = ShareChoices(
                publisher: Fixtures.publisher.publicKey, visibility: .private, createdAt: 5,
                salt: [UInt8](repeating: 1, count: 16))
            choices.type = type
            return try ManifestBuilder.build(folder, folderName: "notes", choices).manifest
        }
        let memory = try manifest(#"{"type":"memory","memoryType":"episodic"}"#)
        #expect(memory.type == .memory && memory.json["memoryType"] == "episodic")
        #expect(memory.json["content"] == ["knowledgeBase": ["a.jsonl"]])
        let given = try manifest(
            #"{"content":{"experienceDatabase":["a.jsonl"]}}"#, type: .memory)
        #expect(given.json["content"] == ["experienceDatabase": ["a.jsonl"]])
        let speaking = try manifest(
            #"{"type":"specialization","decoding":{"temperature":"0.5"}}"#)
        #expect(speaking.json["decoding"]?["temperature"] == "0.5")
        // Sections of other types, floats and memory of one session are refused.
        for text in [
            #"{"type":"memory","style":{}}"#, #"{"type":"memory","memoryType":"working"}"#,
            #"{"type":"specialization","decoding":{"temperature":0.5}}"#,
            #"{"type":"memory","content":{"knowledgeBase":["none.jsonl"]}}"#,
        ] { #expect(Fixtures.fault { _ = try manifest(text) } != nil, "\(text)") }
    }
}
