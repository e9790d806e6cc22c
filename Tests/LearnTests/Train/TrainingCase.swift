import Foundation
import Genome
import Testing

@testable import Learn

/// A tiny model of `Tests/Vectors/training` with what PyTorch and PEFT say of training on it;
/// `Tests/Judges/training.py` writes the files and explains them.
final class TrainingCase {
    static let names = ["llama-llama3", "mistral-window", "qwen2", "qwen3", "gpt2"]

    let json: JSONValue
    let model: Model
    let examples: [TrainingExample]
    private let scratch: ScratchFolder

    init(_ name: String) throws {
        json = try Self.file(name)
        scratch = try ScratchFolder()
        let tensors = try #require(json["tensors"]?.array).map { try HashedTensor($0) }
        let folder = try scratch.write(
            [
                ("config.json", CanonicalJSON.write(try #require(json["config"]?.object))),
                (
                    "model.safetensors",
                    HashedFile.bytes(tensors, type: try #require(json["dtype"]?.string))
                ),
            ], to: "base")
        model = try Model(try LayerFiles(folder: folder))
        examples = try #require(json["examples"]?.array).map { value in
            TrainingExample(
                tokens: try Self.integers(value["input_ids"]).map { Int32($0) },
                labels: try Self.integers(value["labels"]).map { Int32($0) })
        }
    }

    /// A file of vectors as it stands.
    static func file(_ name: String) throws -> JSONValue {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/training/\(name).json")
        let bytes = [UInt8](try Data(contentsOf: file))
        return try JSONParser.parse(bytes, limits: JSONLimits(bytes: 4 << 20))
    }

    static func integers(_ value: JSONValue?) throws -> [Int] {
        try #require(value?.array).map { Int(try #require($0.integer)) }
    }

    static func floats(_ base64: String) throws -> [Float] {
        let bytes = [UInt8](try #require(Data(base64Encoded: base64)))
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(
                bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
    }

    private func adapter(_ name: String) throws -> JSONValue {
        try #require(json["adapters"]?.array?.first { $0["name"]?.string == name })
    }

    /// The adapter a run starts from, as PEFT would save it; B is zero if that is asked for.
    func start(_ name: String, isZero: Bool = false) throws -> Adapter {
        let adapter = try adapter(name)
        let seed = try #require(adapter["seed"]?.string)
        let tensors = try #require(adapter["tensors"]?.array).map {
            try HashedTensor($0, salt: seed)
        }
        let folder = try scratch.write(
            [
                (
                    "adapter_config.json",
                    CanonicalJSON.write(try #require(adapter["config"]?.object))
                ),
                ("adapter_model.safetensors", HashedFile.bytes(tensors, type: "F32")),
            ], to: name)
        return try Adapter(try LayerFiles(folder: folder))
    }

    /// What its configuration says, as settings.
    func settings(_ name: String) throws -> TrainingSettings {
        let config = try #require(try adapter(name)["config"]?.object)
        var settings = TrainingSettings()
        settings.rank = Int(try #require(config["r"]?.integer))
        settings.alpha = try #require(config["lora_alpha"]?.number)
        settings.isRankStabilised = config["use_rslora"]?.bool ?? false
        if let names = config["target_modules"]?.array {
            settings.targets = .names(try names.map { try #require($0.string) })
        } else {
            settings.targets = .allLinear
        }
        settings.rankPattern = try #require(config["rank_pattern"]?.object).members.map {
            ($0.name, Int(try #require($0.value.integer)))
        }
        settings.alphaPattern = try #require(config["alpha_pattern"]?.object).members.map {
            ($0.name, try #require($0.value.number))
        }
        return settings
    }

    /// A trainer that begins with that adapter's factors.
    func trainer(
        _ settings: TrainingSettings, start name: String?, isZero: Bool = false, threads: Int = 2,
        rows: Int = 512, memoryMax: UInt64? = nil
    ) throws -> Trainer {
        let trainer = try Trainer(
            model, settings, threads: threads, rows: rows,
            longest: examples.map(\.tokens.count).max() ?? 1, memoryMax: memoryMax,
            start: name.map { try start($0) })
        if isZero {
            for pair in trainer.adapter.pairs {
                pair.setUp([Float](repeating: 0, count: pair.up.count))
            }
        }
        return trainer
    }
}

extension Trainer {
    /// The gradient of each factor as PEFT keeps it, by PEFT's name.
    var gradientTensors: [String: [Float]] {
        var found: [String: [Float]] = [:]
        for pair in adapter.pairs {
            found[pair.name("lora_A.weight")] = Array(
                UnsafeBufferPointer(start: pair.down.gradient, count: pair.down.count))
            let (rank, outputs) = (pair.rank, pair.up.columns)
            found[pair.name("lora_B.weight")] = (0..<outputs * rank).map {
                pair.up.gradient[$0 % rank * outputs + $0 / rank]
            }
        }
        return found
    }
}
