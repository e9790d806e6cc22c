import Genome
import Host

/// One random file from one process to another over loopback, encrypted and verified, durable at
/// the end; beside copying the same file and making the copy durable.
struct TransferBench {
    let megabytes: Int

    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        let folder = try BenchFolder(megabytes: megabytes, report)
        let source = try folder.startNode("source", join: nil)
        defer { source.stop() }
        let target = try folder.startNode("target", join: source.ticket)
        defer { target.stop() }
        report.note("sharing")
        let shared = try source.ask([
            "share", folder.file, "--type", "x-bench", "--name", "bench", "--licence",
            "CC0-1.0", "--visibility", "public",
        ])
        let layer = shared["layer"]?.string ?? ""
        _ = try target.ask(["find", "bench", "--wait", "30"])
        report.note("fetching")
        let before = try folder.copySeconds()
        let answer = try target.ask(["fetch", layer])
        let after = try folder.copySeconds()
        let seconds = answer["seconds"]?.number ?? 0
        let gigabytes = Double(folder.byteCount) / 1e9
        let copy = gigabytes / ((before + after) / 2)
        let limit = 150.0
        return [
            BenchRow(
                name: "fetch, \(megabytes) MiB", figure: gigabytes / seconds, unit: "GB/s",
                against: "copy and fsync, \((copy * 100).rounded() / 100) GB/s",
                ratio: gigabytes / seconds / copy),
            memory("peak memory of the source", source, limit),
            memory("peak memory of the target", target, limit),
        ]
    }

    private func memory(_ name: String, _ node: BenchNode, _ limit: Double) -> BenchRow {
        let figure = Double(node.process.peakMemory) / 1e6
        return BenchRow(
            name: name, figure: figure, unit: "MB", against: "goal of \(Int(limit)) MB",
            ratio: figure / limit)
    }
}
