import Genome
import Testing

@testable import Learn

@Suite struct MergedFilesTests {
    private let scratch: ScratchFolder
    private let hand = HandModel()

    init() throws { scratch = try ScratchFolder() }

    /// Files that are written piece by piece.
    private final class Written {
        var files: [String: [UInt8]] = [:]
        func append(_ name: String, _ bytes: [UInt8]) throws(LearnError) {
            files[name, default: []] += bytes
        }
    }

    private func logits(_ model: Model, _ adapters: [Adapter]) throws -> [[Float]] {
        let members = adapters.enumerated().map { index, adapter in
            AdapterStack.Member(adapter, identifier: "\(index)")
        }
        let stack =
            adapters.isEmpty ? nil : try AdapterStack(members, model: model)
        return try Engine(model, profile: .portable, threads: 1)
            .allLogits([4, 2, 7], adapters: stack)
    }

    private func difference(_ left: [[Float]], _ right: [[Float]]) -> Float {
        zip(left, right).flatMap { zip($0, $1).map { abs($0 - $1) } }.max() ?? .infinity
    }

    @Test("a merged adapter opens, binds and acts like its parts", arguments: [false, true])
    func adapter(_ isCat: Bool) throws {
        let model = try hand.open(in: scratch)
        let parts = [
            try HandAdapter().open(in: scratch),
            try HandAdapter(rank: 3, blocks: 2).open(in: scratch),
        ]
        var settings = MergeSettings()
        settings.method = isCat ? .cat : .svd
        settings.rank = isCat ? nil : 5
        let written = Written()
        let result = try MergedFiles.adapter(
            AdapterMerge(parts.map { ($0, 1) }, settings), baseName: "a/b", write: written.append)
        // Side by side the blocks have ranks 5 and 3.
        #expect(result.modules == 4 && result.rank == 5)
        let folder = try scratch.write(
            written.files.map { ($0.key, $0.value) }, to: "merged")
        let merged = try Adapter(try LayerFiles(folder: folder))
        #expect(merged.facts.config.baseName == "a/b")
        #expect(try merged.facts.modules.allSatisfy { try merged.scale(of: $0) == 1 })
        #expect(difference(try logits(model, parts), try logits(model, [merged])) < 1e-4)
    }

    @Test func `a merged base has the same header and acts like base and adapter`() throws {
        let model = try hand.open(in: scratch)
        let adapter = try HandAdapter().open(in: scratch)
        let stack = try AdapterStack(
            [AdapterStack.Member(adapter, identifier: "a")], model: model)
        let written = Written()
        try MergedFiles.base(model, stack, write: written.append)
        let bytes = try #require(written.files["model.safetensors"])
        let original = HandTensor.file(hand.tensors)
        let header = model.tensors.header(of: "model.safetensors").count
        #expect(bytes.count == original.count)
        #expect(bytes.prefix(header) == original.prefix(header))
        let folder = try scratch.write(
            [("config.json", CanonicalJSON.write(hand.config)), ("model.safetensors", bytes)],
            to: "whole")
        let whole = try Model(try LayerFiles(folder: folder))
        #expect(difference(try logits(model, [adapter]), try logits(whole, [])) < 1e-4)
        #expect(difference(try logits(model, []), try logits(whole, [])) > 1e-3)
    }

    @Test func `a head that is the embedding is not merged into`() throws {
        let model = try HandModel(isTied: true).open(in: scratch)
        var adapter = HandAdapter()
        adapter.config["target_modules"] = ["lm_head"]
        adapter.config["layers_to_transform"] = nil
        adapter.tensors = [
            HandTensor("base_model.model.lm_head.lora_A.weight", [2, 8]),
            HandTensor("base_model.model.lm_head.lora_B.weight", [11, 2]),
        ]
        let stack = try AdapterStack(
            [AdapterStack.Member(try adapter.open(in: scratch), identifier: "a")], model: model)
        #expect(throws: LearnError.self) {
            try MergedFiles.base(model, stack) { _, _ in }
        }
    }

    @Test func `a header says where each tensor stands and is padded`() throws {
        let bytes = TensorHeader.bytes([("b", "F32", [2, 3]), ("a", "BF16", [5])])
        #expect(bytes.count % 8 == 0)
        let size = UInt64(bytes.count + 24 + 10)
        let file = try TensorFile(header: bytes, fileSize: size, headerMax: 1 << 20)
        let places = Dictionary(
            uniqueKeysWithValues: file.tensors.map { ($0.name, $0.range) })
        let start = UInt64(bytes.count)
        #expect(places == ["b": start..<start + 24, "a": start + 24..<start + 34])
    }
}
