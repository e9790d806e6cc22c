import Genome
import Host
import Learn

/// What checkpoints cost a training: the command `train` itself, as long and with states as far
/// apart as it has them by default, in a home of its own on the disk of temporary files.
struct CheckpointBench {
    /// Most of a training that checkpoints may take.
    private static let goal = 0.01
    /// Different records: more would be read and never seen.
    private static let records = 64

    private let one: TrainBench.Case
    private let base: String
    private let threads: Int

    /// A bench of a case.
    init(_ one: TrainBench.Case, base: String, threads: Int) {
        self.one = one
        self.base = base
        self.threads = threads
    }

    /// The stall, one checkpoint's seconds and its bytes.
    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        guard LayerSource.isFolder(base) else {
            throw Failure(
                .usage, "the bench of checkpoints needs a folder",
                why: "it trains in a home of its own, which has no layers",
                remedy: "plasmid export \(base) DIR, then --base DIR")
        }
        let folder = try BenchFolder(megabytes: 1, report)
        let data = "\(folder.path)/data.jsonl"
        try writeData(data)
        report.note("training with checkpoints")
        let answer = try BenchFolder.ask(words(data), home: "\(folder.path)/home")
        let checkpoints = "\(answer["path"]?.string ?? "")/../checkpoints"
        return rows(answer, bytes: try Self.bytes(of: checkpoints))
    }

    private func words(_ data: String) -> [String] {
        [
            "train", "--base", base, "--data", data, "--name", "bench", "--profile",
            one.profileName, "--batch", "\(one.batch)", "--seq", "\(one.tokens)", "--threads",
            "\(threads)", "--targets",
            one.targets == "all"
                ? "all-linear" : TrainBench.Case.attention.joined(separator: ","),
        ]
    }

    private func writeData(_ path: String) throws(Failure) {
        let source = try inLearn("reading \(base)") { () throws(LearnError) in
            try Model(try LayerFiles(folder: ExportCommand.absolute(base)))
        }
        let many = TrainBench.Case(one.profile, Self.records, one.tokens, one.targets)
        var text = ""
        for tokens in TimedTrainer.tokens(many, vocabulary: source.architecture.vocabulary) {
            var object = JSONObject()
            object["input_ids"] = .array(tokens.map { .integer(Int64($0)) })
            text += Report.line(object) + "\n"
        }
        let bytes = Array(text.utf8)
        try JobFolder.onDisk(path) { () throws(SystemError) in
            try File(path, .createNew).write(bytes, offset: 0)
        }
    }

    /// Bytes of the last checkpoint of a training, and of its adapter alone.
    private static func bytes(of folder: String) throws(Failure) -> (all: UInt64, adapter: UInt64) {
        try JobFolder.onDisk(folder) { () throws(SystemError) in
            let names = try Directory.list(folder).map(\.name).sorted()
            var sizes: [String: UInt64] = [:]
            for name in CheckpointStore.fileNames {
                sizes[name] = try File.facts(of: "\(folder)/\(names.last ?? "")/\(name)").size
            }
            return (sizes.values.reduce(0, +), sizes[Adapter.weightsName] ?? 0)
        }
    }

    /// The rows of what a training answered.
    func rows(_ answer: JSONValue, bytes: (all: UInt64, adapter: UInt64)) -> [BenchRow] {
        let (saves, steps) = (answer["saves"]?.number ?? 0, answer["steps"]?.number ?? 0)
        let saving = answer["savingSeconds"]?.number ?? 0
        let training = steps * one.count / (answer["tokensPerSecond"]?.number ?? 1)
        let stall = Self.stall(saving: saving, training: training)
        let step = training / max(steps, 1)
        return [
            BenchRow(
                name: "checkpoint stall of \(one.text)", figure: stall * 100, unit: "%",
                against: "goal of 1 %, \(Int(steps)) steps, \(Int(saves)) checkpoints",
                ratio: stall / Self.goal),
            BenchRow(
                name: "one checkpoint", figure: saving / max(saves, 1) * 1_000, unit: "ms",
                against: "a step, \(Decimals.text(step * 1_000, 1)) ms",
                ratio: saving / max(saves, 1) / step),
            BenchRow(
                name: "bytes of a checkpoint", figure: Double(bytes.all) / 1e6, unit: "MB",
                against: "the adapter alone",
                ratio: Double(bytes.all) / Double(max(bytes.adapter, 1))),
        ]
    }

    /// The part of a training during which no step ran because a state was saved.
    static func stall(saving: Double, training: Double) -> Double {
        saving + training > 0 ? saving / (saving + training) : 0
    }
}
