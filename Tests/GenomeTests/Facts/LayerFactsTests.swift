import Testing
import Wire

@testable import Genome

@Suite("What a layer's files show")
struct LayerFactsTests {
    private func manifest(_ folder: LayerFolder, _ type: LayerType? = nil) throws -> JSONObject {
        var choices = ShareChoices(
            publisher: Fixtures.publisher.publicKey, visibility: .private, createdAt: 5,
            salt: [UInt8](repeating: 1, count: 16))
        choices.type = type
        return try ManifestBuilder.build(folder, folderName: "layer", choices).manifest.json
    }

    /// The names of facts that differ after a change of the manifest.
    private func wrong(
        _ folder: LayerFolder, _ type: LayerType? = nil, _ change: (inout JSONObject) -> Void
    ) throws -> [String] {
        var object = try manifest(folder, type)
        change(&object)
        return LayerFacts.check(folder, object).filter { $0.verdict == .differs }.map(\.name)
    }

    private func set(
        _ object: inout JSONObject, _ section: String, _ name: String, _ value: JSONValue?
    ) {
        var members = object[section]?.object ?? JSONObject()
        members[name] = value
        object[section] = .object(members)
    }

    @Test func `is what an honest manifest says, with what it does not say computed`() throws {
        let adapter = try TensorFixture.adapterFolder()
        let facts = LayerFacts.check(adapter, try manifest(adapter))
        #expect(facts.allSatisfy { $0.verdict != .differs }, "\(facts.map(\.words))")
        func value(_ name: String) -> JSONValue? { facts.first { $0.name == name }?.computed }
        // Two modules: 4 × 8 and 16 × 4, in f32.
        #expect(value("parameterCount") == 192 && value("weightBytes") == 768)
        #expect(value("tensors") == 4 && value("loraConfig.rank") == 4 && value("files") == 3)
        #expect(value("loraConfig.alpha") == "8" && value("integration.format") == "peft")
        let model = try TensorFixture.modelFolder()
        let found = LayerFacts.check(model, try manifest(model))
        #expect(found.allSatisfy { $0.verdict != .differs }, "\(found.map(\.words))")
        #expect(found.first { $0.name == "parameterCount" }?.computed == 10)
        #expect(found.first { $0.name == "baseModel.contextWindow" }?.claimed == 64)
    }

    @Test func `is named where a manifest says otherwise`() throws {
        let adapter = try TensorFixture.adapterFolder()
        #expect(try wrong(adapter) { set(&$0, "loraConfig", "rank", 8) } == ["loraConfig.rank"])
        #expect(
            try wrong(adapter) { set(&$0, "loraConfig", "targetModules", ["q_proj"]) }
                == ["loraConfig.targetModules"])
        // What a manifest leaves out of an adapter's shape is taken for false.
        #expect(
            try wrong(adapter) { set(&$0, "loraConfig", "rankStabilised", true) }
                == ["loraConfig.rankStabilised"])
        #expect(
            try wrong(adapter) {
                set(&$0, "weights", "id", .string(Fixtures.digest(3).hexadecimal))
            }
                == ["weights.id"])
        #expect(try wrong(adapter) { $0["weights"] = nil }.count == 3)
        #expect(try wrong(adapter) { $0["type"] = "foundation" } == ["type"])
        #expect(try wrong(adapter) { $0["type"] = "memory" }.isEmpty)
        let model = try TensorFixture.modelFolder()
        #expect(
            try wrong(model) { set(&$0, "architecture", "layers", 32) } == ["architecture.layers"])
        #expect(
            try wrong(model) { set(&$0, "baseModel", "contextWindow", 4_096) }
                == ["baseModel.contextWindow"])
        #expect(try wrong(model) { set(&$0, "architecture", "layers", nil) }.isEmpty)
        // An adapter's shape without an adapter.
        #expect(
            try wrong(model) { set(&$0, "loraConfig", "rank", 4) } == ["loraConfig.rank"])
        let plain = try TensorFixture.folder(["notes.txt": [1]])
        #expect(try wrong(plain, .memory) { $0["type"] = "lora" } == ["type"])
        #expect(
            try wrong(plain, .memory) { set(&$0, "integration", "inputs", ["text"]) }.isEmpty)
    }

    @Test func `is named where a file has other bytes than listed`() throws {
        let plain = try TensorFixture.folder(["a.txt": [1], "b.txt": [2, 2]])
        func change(_ name: String, _ value: JSONValue) throws -> [String] {
            try wrong(plain, .memory) { object in
                var files = object["files"]?.array ?? []
                var file = files[1].object ?? JSONObject()
                file[name] = value
                files[1] = .object(file)
                object["files"] = .array(files)
            }
        }
        let other = JSONValue.string(Fixtures.digest(9).hexadecimal)
        #expect(try change("sha256", other) == ["files[b.txt].sha256"])
        #expect(try change("blob", other) == ["files[b.txt].blob"])
        #expect(try change("size", 3) == ["size"])
        #expect(try change("path", "c.txt") == ["size", "files[b.txt]"])
    }

    @Test func `is what a person may repeat and not change`() throws {
        func build(_ text: String) throws -> JSONObject {
            let folder = try TensorFixture.folder([
                "adapter_config.json": Array(TensorFixture.adapterConfig.utf8),
                "adapter_model.safetensors": TensorFixture.file(TensorFixture.adapter()),
                "plasmid.json": Array(text.utf8),
            ])
            return try manifest(folder)
        }
        let repeated = try build(
            #"{"loraConfig":{"rank":4},"integration":{"inputs":["text"],"format":"peft"}}"#)
        #expect(repeated["integration"]?["inputs"] == ["text"])
        #expect(repeated["integration"]?["method"] == "low-rank")
        func words(_ text: String) -> String? {
            Fixtures.fault { _ = try build(text) }?.description
        }
        #expect(
            words(#"{"loraConfig":{"rank":16}}"#)
                == "plasmid.json: loraConfig.rank must be 4, as the files show, not 16")
        #expect(
            words(#"{"baseModel":{"family":"llama"}}"#)
                == "plasmid.json: baseModel.family must be absent: no file shows it")
        #expect(words(#"{"loraConfig":{"strength":"1"}}"#)?.contains("absent") == true)
    }
}
