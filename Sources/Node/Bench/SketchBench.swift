import Genome
import Host
import Learn
import Wire

/// The sketch of a large adapter beside reading its file and naming it by BLAKE3 and SHA-256, which
/// a share does anyway.
struct SketchBench {
    /// MiB of the adapter unless asked otherwise.
    static let megabytesDefault = 50
    private static let runs = 5
    /// A model of this width, with this inner width, as wide as an adapter of 50 MB has.
    private static let (width, inner, rank) = (2_048, 5_632, 16)

    let megabytes: Int

    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        let folder = try BenchFolder(megabytes: 1, report)
        report.note("making an adapter of \(megabytes) MiB")
        let size = try write(to: folder.path)
        let path = "\(folder.path)/\(Adapter.weightsName)"
        let files = LayerFiles(
            [
                Adapter.weightsName: path,
                Adapter.configName: "\(folder.path)/\(Adapter.configName)",
            ], title: "bench")
        var modules = 0
        let sketch = try median { () throws(Failure) in
            let found = try inLearn("sketching") { () throws(LearnError) in
                try AdapterSketch.compute(files)
            }
            modules = found?.modules.count ?? 0
        }
        let read = try median { () throws(Failure) in
            try pass(path) { _ in }
        }
        let hash = try median { () throws(Failure) in
            var tree = TreeHasher()
            var sha256 = Sha256()
            try pass(path) { span in
                tree.update(span)
                sha256.update(span)
            }
            _ = (tree.finish(), sha256.finish())
        }
        let megabytes = Double(size) / 1e6
        return [
            BenchRow(
                name: "sketch, \(Int(megabytes)) MB, \(modules) modules", figure: sketch,
                unit: "ms", against: "a plain read", ratio: sketch / read),
            BenchRow(
                name: "BLAKE3 and SHA-256 of the same file", figure: hash, unit: "ms",
                against: "the sketch", ratio: hash / sketch),
            BenchRow(
                name: "a plain read of it", figure: read, unit: "ms", against: "the sketch",
                ratio: read / sketch),
        ]
    }

    private func median(_ body: () throws(Failure) -> Void) throws(Failure) -> Double {
        try body()
        var times: [Double] = []
        for _ in 0..<Self.runs { times.append(try BenchCommand.seconds(body) * 1_000) }
        return BenchCommand.median(times)
    }

    /// Reads a file once, piece by piece.
    private func pass(_ path: String, _ body: (RawSpan) -> Void) throws(Failure) {
        do throws(SystemError) {
            let file = try File(path, .read)
            let buffer = Buffer(capacity: 1 << 20)
            var offset: UInt64 = 0
            while true {
                let count = try file.read(into: buffer, count: 1 << 20, offset: offset)
                if count == 0 { return }
                buffer.withSpan(0..<count) { body($0) }
                offset += UInt64(count)
            }
        } catch {
            throw Failure(.internal, "\(error)")
        }
    }

    /// Writes blocks of four attention and three inner modules until there are enough; bytes of
    /// the file of factors.
    private func write(to folder: String) throws(Failure) -> UInt64 {
        let (width, inner, rank) = (Self.width, Self.inner, Self.rank)
        let names: [(String, inputs: Int, outputs: Int)] = [
            ("self_attn.q_proj", width, width), ("self_attn.k_proj", width, width),
            ("self_attn.v_proj", width, width), ("self_attn.o_proj", width, width),
            ("mlp.gate_proj", width, inner), ("mlp.up_proj", width, inner),
            ("mlp.down_proj", inner, width),
        ]
        var tensors: [(name: String, type: String, shape: [Int])] = []
        var elements = 0
        for block in 0... where elements * 4 < megabytes << 20 {
            for (name, inputs, outputs) in names {
                let path = "base_model.model.model.layers.\(block).\(name)"
                tensors.append(("\(path).lora_A.weight", "F32", [rank, inputs]))
                tensors.append(("\(path).lora_B.weight", "F32", [outputs, rank]))
                elements += rank * (inputs + outputs)
            }
            if elements * 4 >= megabytes << 20 { break }
        }
        do throws(SystemError) {
            let file = try File("\(folder)/\(Adapter.weightsName)", .createNew)
            let header = TensorHeader.bytes(tensors)
            try file.write(header, offset: 0)
            var offset = UInt64(header.count)
            var state: UInt64 = 1
            for tensor in tensors {
                let values = (0..<tensor.shape.reduce(1, *)).map { _ -> Float in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-38
                }
                try file.write(values.span.bytes, offset: offset)
                offset += UInt64(values.count * 4)
            }
            let targets = names.map { name in
                JSONValue.string(name.0.split(separator: ".").last.map(String.init) ?? name.0)
            }
            let config: JSONValue = [
                "peft_type": "LORA", "r": .integer(Int64(rank)), "lora_alpha": 16,
                "target_modules": .array(targets),
            ]
            try File("\(folder)/\(Adapter.configName)", .createNew)
                .write(CanonicalJSON.write(config), offset: 0)
            return offset
        } catch {
            throw Failure(.quota, "the bench file cannot be made: \(error)")
        }
    }
}
