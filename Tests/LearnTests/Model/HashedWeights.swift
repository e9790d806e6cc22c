import Foundation
import Genome
import Testing

/// A tensor whose elements come from a hash of its name and their index, so that tests in two
/// languages share weights without storing them; `Tests/Judges/model_fixtures_cases.py` does the
/// same.
///
/// The words are SplitMix64's stream seeded with FNV-1a of the name; the top `bits` bits of a word,
/// as a signed number, times two to the `exponent`, plus `offset`, is the element.
struct HashedTensor {
    let name: String
    let shape: [Int]
    let bits: Int
    let exponent: Int
    let offset: Double
    /// Text that is hashed before the name, so that equal names have different elements.
    let salt: String

    init(_ value: JSONValue, salt: String = "") throws {
        self.salt = salt
        name = try #require(value["name"]?.string)
        shape = try #require(value["shape"]?.array).map { Int(try #require($0.integer)) }
        bits = Int(try #require(value["bits"]?.integer))
        exponent = Int(try #require(value["exponent"]?.integer))
        offset = try #require(value["offset"]?.number)
    }

    var count: Int { shape.reduce(1, *) }

    /// The elements in the order of the file.
    var values: [Float] {
        let seed = Self.nameHash(salt + name)
        let scale = Double(sign: .plus, exponent: exponent, significand: 1)
        return (0..<count).map { index in
            let word = Self.word(seed, UInt64(index))
            let signed = Int64(bitPattern: word) >> (64 - Int64(bits))
            return Float(offset + Double(signed) * scale)
        }
    }

    /// FNV-1a, 64 bits.
    static func nameHash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// Word number `index` of SplitMix64 from that seed.
    static func word(_ seed: UInt64, _ index: UInt64) -> UInt64 {
        var word = seed &+ (index &+ 1) &* 0x9e37_79b9_7f4a_7c15
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }

    /// The elements as bytes of that type; every element of a base model is exact in it.
    func bytes(_ type: String) -> [UInt8] {
        func little<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
            (0..<Word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
        switch type {
        case "BF16": return values.flatMap { little(UInt16($0.bitPattern >> 16)) }
        case "F16": return values.flatMap { little(Float16($0).bitPattern) }
        default: return values.flatMap { little($0.bitPattern) }
        }
    }
}

/// Bytes of a safetensors file of hashed tensors, all of one type.
enum HashedFile {
    static func bytes(_ tensors: [HashedTensor], type: String) -> [UInt8] {
        var header = JSONObject()
        header["__metadata__"] = ["format": "pt"]
        var data: [UInt8] = []
        for tensor in tensors.sorted(by: { $0.name < $1.name }) {
            let start = Int64(data.count)
            data += tensor.bytes(type)
            header[tensor.name] = [
                "dtype": .string(type), "shape": .array(tensor.shape.map { .integer(Int64($0)) }),
                "data_offsets": [.integer(start), .integer(Int64(data.count))],
            ]
        }
        var text = CanonicalJSON.write(header)
        text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) }
        return length + text + data
    }
}

/// What a reference says of a prompt: logits of some positions, and how it goes on.
struct ReferenceAnswer {
    /// Positions of the prompt whose logits are given.
    let positions: [Int]
    /// One row of the vocabulary for each position.
    let logits: [[Float]]
    /// Tokens after the prompt, each the likeliest; ends of text count as any other token.
    let greedy: [Int]
    /// By how much each of those tokens won.
    let margins: [Float]

    init(_ value: JSONValue) throws {
        positions = try #require(value["positions"]?.array).map { Int(try #require($0.integer)) }
        let packed = Data(base64Encoded: try #require(value["logits"]?.string))
        let bytes = [UInt8](try #require(packed))
        let floats = stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(
                bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
        let width = floats.count / positions.count
        logits = (0..<positions.count).map { Array(floats[$0 * width..<($0 + 1) * width]) }
        let tokens = value["greedy"]?["tokens"]?.array ?? []
        greedy = try tokens.map { Int(try #require($0.integer)) }
        margins = try (value["greedy"]?["margins"]?.array ?? []).map {
            Float(try #require($0.number))
        }
    }
}

/// A tiny model of `Tests/Vectors/models` with what Transformers says of it.
struct ModelCase {
    let name: String
    let config: JSONObject
    /// Element type of the stored weights.
    let type: String
    let tensors: [HashedTensor]
    /// Some elements as the fixture's writer computed them.
    let samples: [(tensor: String, index: Int, value: Float)]
    let prompt: [Int]
    let answer: ReferenceAnswer
    let adapters: [AdapterCase]
    /// Layers that act together.
    let stacks: [StackCase]

    init(_ value: JSONValue) throws {
        name = try #require(value["case"]?.string)
        config = try #require(value["config"]?.object)
        type = try #require(value["dtype"]?.string)
        tensors = try #require(value["tensors"]?.array).map { try HashedTensor($0) }
        samples = try #require(value["samples"]?.array).map { sample in
            (
                try #require(sample["tensor"]?.string), Int(try #require(sample["index"]?.integer)),
                Float(try #require(sample["value"]?.number))
            )
        }
        prompt = try #require(value["prompt"]?.array).map { Int(try #require($0.integer)) }
        answer = try ReferenceAnswer(value)
        adapters = try (value["adapters"]?.array ?? []).map { try AdapterCase($0) }
        stacks = try (value["stacks"]?.array ?? []).map { try StackCase($0) }
    }

    /// The case of that name.
    static func named(_ name: String) throws -> ModelCase {
        let file = vectors.appending(path: "\(name).json")
        let bytes = [UInt8](try Data(contentsOf: file))
        return try ModelCase(JSONParser.parse(bytes, limits: JSONLimits(bytes: 4 << 20)))
    }

    /// The names of all cases, sorted.
    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: vectors.path)
        return (files ?? []).filter { $0.hasSuffix(".json") && !apart.contains($0) }
            .map { String($0.dropLast(5)) }.sorted()
    }()

    /// Files beside the cases.
    private static let apart: Set<String> = ["sensitivity.json", "merges.json"]

    private static let vectors = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors/models")

    /// The base model as a folder of the hub: names and bytes of its files.
    var folder: [(name: String, bytes: [UInt8])] {
        [
            ("config.json", CanonicalJSON.write(config)),
            ("model.safetensors", HashedFile.bytes(tensors, type: type)),
        ]
    }
}

/// An adapter over a tiny model, as PEFT writes it, with what PEFT says of both.
struct AdapterCase {
    let name: String
    let config: JSONObject
    let tensors: [HashedTensor]
    /// What an engine may refuse about it, if it may.
    let mayRefuse: String?
    let answer: ReferenceAnswer

    init(_ value: JSONValue) throws {
        name = try #require(value["name"]?.string)
        config = try #require(value["config"]?.object)
        let seed = try #require(value["seed"]?.string)
        tensors = try #require(value["tensors"]?.array).map { try HashedTensor($0, salt: seed) }
        mayRefuse = value["mayRefuse"]?.string
        answer = try ReferenceAnswer(value)
    }

    /// The adapter as a folder of the hub, its tensors in float32.
    var folder: [(name: String, bytes: [UInt8])] {
        [
            ("adapter_config.json", CanonicalJSON.write(config)),
            ("adapter_model.safetensors", HashedFile.bytes(tensors, type: "F32")),
        ]
    }
}

/// Several adapters at once, each with a weight of its own.
struct StackCase {
    let parts: [(adapter: String, weight: Float)]
    let answer: ReferenceAnswer

    init(_ value: JSONValue) throws {
        parts = try #require(value["parts"]?.array).map { part in
            (
                try #require(part["adapter"]?.string),
                Float(try #require(part["weight"]?.number))
            )
        }
        answer = try ReferenceAnswer(value)
    }
}
