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
        let file = HashStepFile(path: folder.file, megabytes: megabytes)
        let blake3 = try file.seconds(TreeHasherStep())
        let sha256 = try file.seconds(Sha256Step())
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
}
