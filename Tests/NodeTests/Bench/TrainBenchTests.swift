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
            #expect(rows.count == 2)
            for (row, peer) in zip(rows, [10.0, 8.0]) {
                let figure = try #require(row["figure"]?.number)
                #expect(figure > 0)
                #expect(abs((row["ratio"]?.number ?? 0) - figure / peer) < 1e-6 * figure)
            }
        }

        @Test func `a case is read as it is written`() {
            #expect(TrainBench.Case("portable-f32:4x128:qkvo")?.text == "portable-f32:4x128:qkvo")
            for wrong in ["", "bf16dot:4:all", "bf16dot:4x0:all", "x:4x4:all", "bf16dot:4x4:some"] {
                #expect(TrainBench.Case(wrong) == nil)
            }
            #expect(TrainBench.Case.all.count == 8)
        }

        @Test func `a case that makes no sense is a usage error`() throws {
            try laboratory.node("bench").refused(
                "usage", exit: 2, "bench", "train", "--base", LearningSample.base, "--case", "x")
        }
    }
}
