import Genome
import Testing

@testable import Node

extension RealNodes {
    /// That a bench of training holds itself against a peer; never how fast it is.
    @Suite("A bench of training", .serialized)
    struct TrainBenchTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        @Test func `holds each case against the peer's two runs`() throws {
            let outcome = try laboratory.node("bench").spawn([
                "bench", "train", "--json", "--threads", "1", "--seconds", "0", "--base",
                LearningSample.base, "--case", "bf16dot:2x16:all", "--peer",
                "echo '{\"tok_s\": 10, \"rss_mib\": 8}' # {base} {dtype} {batch}",
            ]).wait(seconds: 120)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let rows = try #require(outcome.json["rows"]?.array)
            #expect(rows.count == 3)
            for (row, peer) in zip(rows, [10.0, 8.0]) {
                let figure = try #require(row["figure"]?.number)
                #expect(figure > 0)
                #expect(abs((row["ratio"]?.number ?? 0) - figure / peer) < 1e-6 * figure)
            }
        }

        @Test func `says what a training is beside its checkpoints, a share and a busy core`()
            throws
        {
            let outcome = try laboratory.node("bench").spawn([
                "bench", "train", "--json", "--threads", "1", "--seconds", "0", "--size", "4",
                "--base", LearningSample.base, "--case", "portable-f32:2x16:qkvo", "--with",
                "checkpoint,publish,busy",
            ]).wait(seconds: 240)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let rows = try #require(outcome.json["rows"]?.array)
            #expect(rows.count == 3 + 3 + 3 + 1)
            #expect(rows.allSatisfy { $0["figure"]?.number ?? 0 > 0 && $0["ratio"] != nil })
            for word in [
                "train", "of the instruction's peak", "checkpoint stall", "step p99", "share of 4",
            ] {
                #expect(rows.contains { $0["name"]?.string?.hasPrefix(word) == true }, "\(word)")
            }
        }

        @Test func `needs a folder and a word it knows to go beside something`() throws {
            let node = laboratory.node("bench")
            #expect(
                try node.refused(
                    "usage", exit: 2, "bench", "train", "--base", LearningSample.base, "--with",
                    "luck"
                )
                .contains("checkpoint,publish,busy"))
        }

        @Test func `a case that makes no sense is a usage error`() throws {
            try laboratory.node("bench").refused(
                "usage", exit: 2, "bench", "train", "--base", LearningSample.base, "--case", "x")
        }
    }
}
