import Genome
import Wire

/// The small layer whose every byte stands in `docs/formats`: an adapter of rank 1 for one module.
struct WorkedExample {
    let key: SigningKey
    let config: String
    let tensors: [UInt8]
    let result: ManifestBuilder.Result
    let envelope: Envelope
    let statement: Statement

    init() throws {
        key = SigningKey(seed: (0..<32).map { UInt8($0) })!
        config =
            #"{"lora_alpha":2,"lora_dropout":0.0,"peft_type":"LORA","r":1,"#
            + #""target_modules":["q_proj"]}"#
        let module = "base_model.model.model.layers.0.self_attn.q_proj"
        let header =
            #"{"\#(module).lora_A.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"#
            + #""\#(module).lora_B.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]}}"#
        let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let text = Array((header + padding).utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        let data: [Float] = [0.5, -0.5, 1, 2]
        tensors =
            length + text
            + data.flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
            }
        let folder = try TensorFixture.folder([
            "adapter_config.json": Array(config.utf8), "adapter_model.safetensors": tensors,
        ])
        var choices = ShareChoices(
            publisher: key.publicKey, visibility: .public, createdAt: 1_760_000_000,
            salt: [UInt8](repeating: 0, count: 16))
        choices.label = "lab"
        choices.licence = try LicenceExpression(parsing: "Apache-2.0")
        choices.summary = "A worked example."
        result = try ManifestBuilder.build(folder, folderName: "example", choices)
        envelope = result.envelope(signedBy: key)
        var body = JSONObject()
        body["reason"] = "Only an example."
        statement = try Statement.make(
            kind: .withdrawal, layer: result.manifest.layer, publisher: key.publicKey,
            sequence: 1, issued: 1_760_000_100, body: body)
    }

    /// Text in a fenced block.
    static func block(_ text: String) -> [String] { ["```", text, "```"] }

    /// Bytes as hexadecimal digits, 32 bytes a line, in a fenced block.
    static func block(_ bytes: [UInt8]) -> [String] {
        let lines = stride(from: 0, to: bytes.count, by: 32).map { start in
            Hexadecimal.encode(bytes[start..<min(start + 32, bytes.count)])
        }
        return ["```"] + lines + ["```"]
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The generated part of the manifest's page.
    func manifestPage() throws -> [String] {
        let manifest = result.manifest
        let table = result.tensorTable ?? []
        let rows = try TensorTable.decode(table).rows
        return [
            "The signing key's seed is the 32 bytes 00 01 … 1f; the publisher key is",
            "`\(key.publicKey)`.", "",
            "`adapter_config.json`, \(config.utf8.count) bytes:", "",
        ] + Self.block(config) + [
            "", "`adapter_model.safetensors`, \(tensors.count) bytes:", "",
        ] + Self.block(tensors) + [
            "", "Tensor table, \(table.count) bytes, blob id `\(Blake3.hash(table))`:", "",
        ] + Self.block(table) + [""]
            + rows.map { "Tensor `\($0.name)` hashes to `\($0.hash)`.  " }
            + [
                "", "Weights id: `\(WeightsIdentifier.identifier(of: try TensorTable(rows)))`", "",
                "Manifest, \(manifest.bytes.count) bytes:", "",
            ] + Self.block(Self.text(manifest.bytes)) + [
                "", "Layer id: `\(manifest.layer)`  ", "UUID: `\(manifest.uuid)`  ",
                "Reference: `\(manifest.reference)`", "", "Envelope:", "",
            ] + Self.block(Self.text(envelope.encode())) + [
                "", "Detached envelope, as it travels beside the manifest:", "",
            ] + Self.block(Self.text(envelope.detached))
    }

    /// The generated part of the statements' page.
    func statementPage() -> [String] {
        ["Signed by the key of the manifest's example. Statement:", ""]
            + Self.block(Self.text(statement.bytes)) + ["", "Envelope:", ""]
            + Self.block(Self.text(statement.signed(by: key).encode()))
    }

    /// A recipe of one step over one file.
    func recipe() throws -> Recipe {
        try Recipe.make(RunFixtures.recipe())
    }

    /// The record of a run of that recipe.
    func runRecord() throws -> RunRecord {
        let recipe = try recipe()
        let links = RunFixtures.links([0, 1])
        return try RunRecord.make(
            RunFixtures.record(recipe, links, publisher: key.publicKey, weights: weightsIdentifier))
    }

    private var weightsIdentifier: Digest {
        result.manifest.weights?.id ?? Blake3.hash([])
    }

    /// The generated part of the page of runs.
    func runPage() throws -> [String] {
        let (recipe, record) = (try recipe(), try runRecord())
        return ["Recipe, \(recipe.bytes.count) bytes:", ""]
            + Self.block(Self.text(recipe.bytes))
            + ["", "Run id: `\(recipe.run)`", "", "Record, signed by the key of the manifest's"]
            + ["example, \(record.bytes.count) bytes:", ""] + Self.block(Self.text(record.bytes))
            + ["", "Envelope:", ""]
            + Self.block(Self.text(record.signed(by: key).encode()))
    }
}
