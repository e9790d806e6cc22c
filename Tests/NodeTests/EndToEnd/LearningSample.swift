import Foundation
import Genome
import Testing

@testable import Node

/// The sample base and adapter of the repository, with what Transformers and PEFT say of them.
struct LearningSample {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "bootstrap/sample").path
    static let base = "\(folder)/base"
    static let adapter = "\(folder)/adapter"

    let prompt: String
    let tokens: [Int]
    private let reference: JSONValue

    init() throws {
        let bytes = [UInt8](
            try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/reference/reference.json")))
        reference = try JSONParser.parse(bytes, limits: JSONLimits(bytes: 1 << 20))
        prompt = try #require(reference["prompt"]?.string)
        tokens = try Self.integers(reference["tokens"])
    }

    static func integers(_ value: JSONValue?) throws -> [Int] {
        try #require(value?.array).map { Int(try #require($0.integer)) }
    }

    /// The likeliest continuation with and without the adapter.
    func greedy(_ name: String) throws -> (tokens: [Int], text: String) {
        let value = reference["greedy"]?[name]
        return (try Self.integers(value?["tokens"]), try #require(value?["text"]?.string))
    }

    /// The reference's logits of the prompt, row by row.
    func logits(_ name: String) throws -> [Float] {
        try Self.tensor(name, in: "\(Self.folder)/reference/logits.safetensors")
    }

    /// A tensor of f32 in a safetensors file.
    static func tensor(_ name: String, in path: String) throws -> [Float] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let size = UInt64(bytes.count)
        let length = try TensorFile.headerLength(
            first: Array(bytes.prefix(8)), fileSize: size, headerMax: 1 << 20)
        let file = try TensorFile(
            header: Array(bytes.prefix(Int(length))), fileSize: size, headerMax: 1 << 20)
        let entry = try #require(file.tensors.first { $0.name == name })
        try #require(entry.type == .float32)
        return stride(from: Int(entry.range.lowerBound), to: Int(entry.range.upperBound), by: 4)
            .map { start in
                Float(
                    bitPattern: bytes[start..<start + 4].reversed()
                        .reduce(0) { $0 << 8 | UInt32($1) })
            }
    }

    static func difference(_ left: [Float], _ right: [Float]) -> Float {
        left.count == right.count
            ? zip(left, right).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }
}
