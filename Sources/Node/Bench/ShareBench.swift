import Genome
import Host
import Wire

/// Sharing a large file (hashed twice, copied, signed, durable) beside the slowest of its parts
/// alone: BLAKE3 on one thread, SHA-256 on one core, copy and fsync.
struct ShareBench {
    let megabytes: Int

    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        let folder = try BenchFolder(megabytes: megabytes, report)
        let node = try folder.startNode("node", join: nil)
        defer { node.stop() }
        report.note("measuring the parts")
        let blake3 = try hashSeconds(folder) { TreeHasherStep() }
        let sha256 = try hashSeconds(folder) { Sha256Step() }
        let before = try folder.copySeconds()
        report.note("sharing")
        var failure: Failure?
        let share = BenchCommand.seconds { () throws(Never) in
            do throws(Failure) {
                _ = try node.ask([
                    "share", folder.file, "--type", "x-bench", "--name", "bench",
                    "--licence", "CC0-1.0", "--visibility", "private",
                ])
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        let copy = (before + (try folder.copySeconds())) / 2
        let parts = [("BLAKE3", blake3), ("SHA-256", sha256), ("copy and fsync", copy)]
        let slowest = parts.max { $0.1 < $1.1 } ?? ("copy and fsync", copy)
        return [
            BenchRow(
                name: "share, \(megabytes) MiB", figure: share, unit: "s",
                against: "slowest part: \(slowest.0)", ratio: share / slowest.1)
        ]
            + parts.map { part in
                BenchRow(
                    name: "\(part.0) alone", figure: part.1, unit: "s", against: "share",
                    ratio: part.1 / share)
            }
    }

    private func hashSeconds(
        _ folder: BenchFolder, _ make: () -> any HashStep
    ) throws(Failure) -> Double {
        do throws(SystemError) {
            let file = try File(folder.file, .read)
            let buffer = Buffer(capacity: 1 << 20)
            var step = make()
            return try BenchCommand.seconds { () throws(SystemError) in
                for index in 0..<megabytes {
                    let count = try file.read(
                        into: buffer, count: 1 << 20, offset: UInt64(index) << 20)
                    buffer.withSpan(0..<count) { step.update($0) }
                }
                step.finish()
            }
        } catch {
            throw Failure(.internal, "\(error)")
        }
    }
}

/// A hash that takes a file in steps.
private protocol HashStep {
    mutating func update(_ bytes: RawSpan)
    mutating func finish()
}

private struct TreeHasherStep: HashStep {
    private var hasher = TreeHasher()
    mutating func update(_ bytes: RawSpan) { hasher.update(bytes) }
    mutating func finish() { _ = hasher.finish() }
}

private struct Sha256Step: HashStep {
    private var hasher = Sha256()
    mutating func update(_ bytes: RawSpan) { hasher.update(bytes) }
    mutating func finish() { _ = hasher.finish() }
}
