import FuzzTargets
import Genome
import Testing

@testable import Learn

/// Files that a stranger made: each is refused with a typed error or makes a model that runs.
@Suite struct HostileFilesTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// Opens and runs what can be opened; anything but a typed error fails or stops the test.
    private func tryModel(_ files: [(name: String, bytes: [UInt8])], _ name: String) throws -> Bool
    {
        do throws(LearnError) {
            let folder = try LayerFiles(folder: try write(files, name))
            let model = try Model(folder)
            let engine = try Engine(model, profile: .portable, threads: 1, batchRows: 4)
            let sequence = try engine.makeSequence(capacity: 3)
            try engine.step([Engine.Part(sequence, [0], wanted: .last)])
            return true
        } catch {
            #expect(!error.description.isEmpty)
            return false
        }
    }

    private func tryAdapter(
        _ files: [(name: String, bytes: [UInt8])], on model: Model, _ engine: Engine
    ) throws -> Bool {
        do throws(LearnError) {
            let adapter = try Adapter(try LayerFiles(folder: try write(files, "adapter")))
            let stack = try AdapterStack(
                [AdapterStack.Member(adapter, identifier: "a")], model: model)
            let sequence = try engine.makeSequence(capacity: 3, adapters: stack)
            try engine.step([Engine.Part(sequence, [1], wanted: .last)])
            return true
        } catch {
            #expect(!error.description.isEmpty)
            return false
        }
    }

    private func write(
        _ files: [(name: String, bytes: [UInt8])], _ name: String
    ) throws(LearnError) -> String {
        guard let folder = try? scratch.write(files, to: name) else {
            throw .weights(.missingFile(name))
        }
        return folder
    }

    private func replaced(
        _ files: [(name: String, bytes: [UInt8])], _ name: String, _ bytes: [UInt8]
    ) -> [(name: String, bytes: [UInt8])] {
        files.map { $0.name == name ? (name, bytes) : $0 }
    }

    @Test func `a file cut anywhere in its header or data is refused`() throws {
        let hand = HandModel(blocks: 1)
        let whole = HandTensor.file(hand.tensors)
        let header = TensorHeader.bytes(hand.tensors.map { ($0.name, $0.type, $0.shape) }).count
        for end in Array(0...header) + [header + 1, whole.count - 1] {
            let files = replaced(hand.folder, "model.safetensors", Array(whole.prefix(end)))
            #expect(try !tryModel(files, "cut"), "cut at \(end)")
        }
        #expect(try tryModel(hand.folder, "cut"))
        let longer = replaced(hand.folder, "model.safetensors", whole + [0])
        #expect(try !tryModel(longer, "cut"))
    }

    @Test func `headers changed at random are refused or run`() throws {
        let hand = HandModel(blocks: 1)
        let data = hand.tensors.flatMap(\.bytes)
        let header = TensorHeader.bytes(hand.tensors.map { ($0.name, $0.type, $0.shape) })
        var mutator = Mutator(seed: 0x7e57)
        var run = 0
        for round in 0..<2_000 {
            // Every second one keeps its length, so that more than the length is tried.
            var bytes = mutator.mutated([header])
            if round % 2 == 0, bytes.count >= 8 {
                let length = bytes.count - 8
                for index in 0..<8 {
                    bytes[index] = UInt8(truncatingIfNeeded: length >> (index * 8))
                }
            }
            let files = replaced(hand.folder, "model.safetensors", bytes + data)
            if try tryModel(files, "mutated") { run += 1 }
        }
        // Space and metadata may change without harm; most changes must be found.
        #expect(run < 400)
    }

    @Test func `configurations changed at random are refused or run`() throws {
        let hand = HandModel(blocks: 1)
        let config = CanonicalJSON.write(hand.config)
        var mutator = Mutator(seed: 0xc0f1)
        var run = 0
        for _ in 0..<2_000 {
            let files = replaced(hand.folder, "config.json", mutator.mutated([config]))
            if try tryModel(files, "config") { run += 1 }
        }
        #expect(run < 1_000)
    }

    @Test func `adapters changed at random are refused or run`() throws {
        let model = try HandModel(blocks: 1).open(in: scratch)
        let engine = try Engine(model, profile: .portable, threads: 1, batchRows: 4)
        let hand = HandAdapter()
        let data = hand.tensors.flatMap(\.bytes)
        let header = TensorHeader.bytes(hand.tensors.map { ($0.name, $0.type, $0.shape) })
        let config = CanonicalJSON.write(hand.config)
        var mutator = Mutator(seed: 0xada9)
        #expect(try tryAdapter(hand.folder, on: model, engine))
        for round in 0..<2_000 {
            var bytes = round % 2 == 0 ? mutator.mutated([header]) : header
            if bytes.count >= 8 {
                let length = bytes.count - 8
                for index in 0..<8 {
                    bytes[index] = UInt8(truncatingIfNeeded: length >> (index * 8))
                }
            }
            let words = round % 2 == 0 ? config : mutator.mutated([config])
            _ = try tryAdapter(
                [(Adapter.configName, words), (Adapter.weightsName, bytes + data)], on: model,
                engine)
        }
    }

    @Test func `weights changed at random give numbers or a typed error`() throws {
        let hand = HandModel(blocks: 1)
        var mutator = Mutator(seed: 0xda7a)
        let data = hand.tensors.flatMap(\.bytes)
        let header = TensorHeader.bytes(hand.tensors.map { ($0.name, $0.type, $0.shape) })
        for _ in 0..<300 {
            var changed = mutator.mutated([data])
            changed = Array(changed.prefix(data.count))
            changed += [UInt8](repeating: 0xff, count: data.count - changed.count)
            _ = try tryModel(replaced(hand.folder, "model.safetensors", header + changed), "data")
        }
    }

    @Test(
        "shapes that no file could hold are refused",
        arguments: [
            "[281474976710655,281474976710655]", "[18446744073709551616]", "[-1,8]", "[11.0,8]",
            "[4294967296,4294967296,4294967296]", "[11,8,0]", "[]", "[[11,8]]", "\"11\"", "null",
        ])
    func shapes(_ shape: String) throws {
        let json = """
            {"model.embed_tokens.weight":{"dtype":"F32","shape":\(shape),"data_offsets":[0,352]}}
            """
        let length = json.utf8.count
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + Array(json.utf8)
        let files = replaced(
            HandModel(blocks: 1).folder, "model.safetensors",
            bytes + [UInt8](repeating: 0, count: 352))
        #expect(try !tryModel(files, "shapes"))
    }

    @Test func `weights that overflow give a typed error with the position`() throws {
        var hand = HandModel()
        hand.change("model.layers.1.mlp.down_proj.weight") {
            $0.values = $0.values.map { $0 * 1e38 }
        }
        hand.change("model.layers.1.mlp.up_proj.weight") { $0.values = $0.values.map { $0 * 1e20 } }
        let engine = try Engine(hand.open(in: scratch), profile: .portable, threads: 2)
        let sequence = try engine.makeSequence(capacity: 4)
        #expect(throws: LearnError.request(.notFinite(position: 2))) {
            try engine.prefill(sequence, [1, 2, 3])
        }
        var nan = HandModel()
        nan.change("model.norm.weight") { $0.values[3] = .nan }
        let other = try Engine(nan.open(in: scratch), profile: .bf16Dot, threads: 1)
        #expect(throws: LearnError.request(.notFinite(position: 0))) {
            try other.prefill(try other.makeSequence(capacity: 4), [1])
        }
    }
}
