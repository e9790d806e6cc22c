import Foundation
import Genome
import Testing

@testable import Learn

/// What PEFT makes of two adapters, and what `AdapterMerge` and `MergedFiles` make of them.
@Suite struct MergeParityTests {
    /// A tensor of the reference.
    private struct Packed {
        let shape: [Int]
        let values: [Float]

        init(_ value: JSONValue?) throws {
            shape = try #require(value?["shape"]?.array).map { Int(try #require($0.integer)) }
            values = try MergeParityTests.floats(value?["values"])
        }
    }

    private static func floats(_ value: JSONValue?) throws -> [Float] {
        let text = try #require(value?.string)
        let data = try #require(Data(base64Encoded: text))
        let bytes = [UInt8](data)
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(
                bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
    }

    private static let reference: JSONValue = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/models/merges.json")
        guard let data = try? Data(contentsOf: file),
            let value = try? JSONParser.parse([UInt8](data), limits: JSONLimits(bytes: 8 << 20))
        else { return .null }
        return value
    }()

    private static func largest(_ left: [Float], _ right: [Float]) -> Float {
        left.count == right.count ? zip(left, right).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }

    /// Element i of draw n is kept if the top 24 bits of its hash word are below the density; draws
    /// are numbered as PEFT makes them: per module A of each adapter, then B of each.
    private static func arithmetic(_ settings: MergeSettings, parts: Int) -> TaskArithmetic {
        let limit = UInt64((settings.density * Double(1 << 24)).rounded())
        return TaskArithmetic(settings) { stream, element in
            let (pair, isUp) = (Int(stream) / 2, Int(stream) % 2)
            let draw = pair / parts * 2 * parts + isUp * parts + pair % parts
            let word = HashedTensor.word(HashedTensor.nameHash("draw \(draw)"), UInt64(element))
            return word >> 40 < limit
        }
    }

    private static func settings(_ merge: JSONValue) throws -> MergeSettings {
        var settings = MergeSettings()
        let method = try #require(merge["method"]?.string)
        settings.method = try #require(MergeMethod(rawValue: method))
        settings.rank = merge["svd_rank"]?.integer.map { Int($0) }
        settings.density = merge["density"]?.number ?? settings.density
        settings.countsSigns = merge["majority_sign_method"]?.string == "frequency"
        return settings
    }

    @Test("two adapters become what PEFT makes of them", arguments: ["qwen2", "gpt2"])
    func adapters(_ name: String) throws {
        let scratch = try ScratchFolder()
        let tiny = try TinyModel(name)
        let engine = try tiny.engine()
        let entries = try #require(Self.reference["adapters"]?.array)
        var opened: [Adapter] = []
        for entry in entries where entry["case"]?.string == name {
            let seed = try #require(entry["seed"]?.string)
            let tensors = try #require(entry["tensors"]?.array).map {
                try HashedTensor($0, salt: seed)
            }
            let config = try #require(entry["config"]?.object)
            let folder = try scratch.write(
                [
                    (Adapter.configName, CanonicalJSON.write(config)),
                    (Adapter.weightsName, HashedFile.bytes(tensors, type: "F32")),
                ], to: "part\(opened.count)")
            opened.append(try Adapter(try LayerFiles(folder: folder)))
        }
        let merges = try #require(Self.reference["merges"]?.array)
        var compared = 0
        for merge in merges where merge["case"]?.string == name {
            let weights = try #require(merge["weights"]?.array).map { try #require($0.number) }
            let settings = try Self.settings(merge)
            let parts = Array(zip(opened, weights)).map { (adapter: $0, weight: $1) }
            let merged = try AdapterMerge(parts, Self.arithmetic(settings, parts: parts.count))
            let path = try #require(merge["module"]?.string)
            let all = try merged.modules()
            let product = try #require(all.first { $0.path == path }).product
            if settings.method == .svd {
                let delta = try Packed(merge["delta"])
                #expect(Self.largest(Self.product(product), delta.values) <= 1e-6, "\(merge)")
            } else {
                #expect(Self.largest(product.down, try Packed(merge["A"]).values) <= 1e-6)
                #expect(Self.largest(product.up, try Packed(merge["B"]).values) <= 1e-6)
            }
            var files: [String: [UInt8]] = [:]
            _ = try MergedFiles.adapter(merged, baseName: name) { file, bytes throws(LearnError) in
                files[file, default: []] += bytes
            }
            let folder = try scratch.write(
                files.map { ($0.key, $0.value) }, to: "merged\(compared)")
            let adapter = try Adapter(try LayerFiles(folder: folder))
            let stack = try AdapterStack(
                [AdapterStack.Member(adapter, identifier: "merged")], model: tiny.model)
            try Self.compareLogits(merge, engine, tiny.reference.prompt, stack)
            compared += 1
        }
        #expect(compared == 10)
    }

    private static func product(_ low: LowRank) -> [Float] {
        (0..<low.rows * low.columns).map { index in
            let (row, column) = (index / low.columns, index % low.columns)
            return (0..<low.rank).reduce(Float(0)) {
                $0 + low.up[row * low.rank + $1] * low.down[$1 * low.columns + column]
            }
        }
    }

    private static func compareLogits(
        _ answer: JSONValue, _ engine: Engine, _ prompt: [Int], _ stack: AdapterStack?
    ) throws {
        let positions = try #require(answer["positions"]?.array).map {
            Int(try #require($0.integer))
        }
        let expected = try floats(answer["logits"])
        let rows = try engine.allLogits(prompt, adapters: stack)
        let found = positions.flatMap { rows[$0] }
        #expect(largest(found, expected) <= ParityTests.tolerance, "\(answer["method"] ?? .null)")
    }

    @Test("an adapter worked into its base is what PEFT makes of it", arguments: ["qwen2", "gpt2"])
    func bases(_ name: String) throws {
        let scratch = try ScratchFolder()
        let tiny = try TinyModel(name)
        let cases = try #require(Self.reference["unloaded"]?.array)
        for unloaded in cases where unloaded["case"]?.string == name {
            let adapter = try #require(unloaded["adapter"]?.string)
            let stack = try tiny.stack([(adapter, 1)])
            var files: [String: [UInt8]] = [
                "config.json": CanonicalJSON.write(tiny.reference.config)
            ]
            try MergedFiles.base(tiny.model, stack) { file, bytes throws(LearnError) in
                files[file, default: []] += bytes
            }
            let folder = try scratch.write(files.map { ($0.key, $0.value) }, to: adapter)
            let model = try Model(try LayerFiles(folder: folder))
            let tensor = try #require(unloaded["tensor"]?.string)
            let expected = try Packed(unloaded["weight"])
            let linear = try #require(
                model.linears.values.first { tensor == $0.path + ".weight" })
            let values = linear.weight.values()
            // The reference merged in f32; ours is rounded to the base's bf16.
            let worst = zip(values, expected.values).map { abs($0 - $1) / max(abs($1), 0.01) }.max()
            #expect((worst ?? 1) <= 1.0 / 128, "\(adapter): \(worst ?? 1)")
        }
    }
}
