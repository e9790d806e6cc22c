import Foundation
import Genome
import Testing

@testable import Node

extension RealNodes {
    /// That every bench runs and says what it held its figures against; never how fast.
    @Suite("A bench", .serialized)
    struct BenchCommandTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        @Test(arguments: [
            "hash", "transfer", "share", "store", "seal", "lineage", "sketch", "decide", "journal",
        ])
        func `prints each figure beside what it was held against`(_ name: String) throws {
            let node = laboratory.node("bench")
            let small =
                switch name {
                case "hash", "decide": [String]()
                case "lineage": ["--edges", "5000"]
                case "journal": ["--seconds", "1"]
                case "store": ["--size", "8", "--rows", "5000"]
                default: ["--size", "8"]
                }
            let outcome = try node.spawn(["bench", name, "--json"] + small).wait(seconds: 120)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let rows = try #require(outcome.json["rows"]?.array)
            #expect(!rows.isEmpty)
            for row in rows + [outcome.json] {
                #expect(row["name"]?.string != nil && row["unit"]?.string != nil)
                #expect(row["against"]?.string != nil)
                #expect(row["figure"]?.number ?? 0 > 0 && row["ratio"]?.number ?? 0 > 0)
            }
        }

        @Test func `of a transfer brings many files, to several, beside a peer`() throws {
            let peer = #"echo '{"peers": [{"name": "{case}", "seconds": 2.0}]}'"#
            let outcome = try laboratory.node("bench").spawn([
                "bench", "transfer", "--json", "--size", "16", "--case", "files", "--case",
                "spread", "--peer", peer,
            ]).wait(seconds: 120)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let rows = try #require(outcome.json["rows"]?.array)
            let names = rows.compactMap { $0["name"]?.string }
            for name in ["fetch, files", "beside files, files", "beside spread, spread"] {
                #expect(names.contains(name), "\(names)")
            }
            // What the peer takes 2 s for.
            let rate = rows.first { $0["name"]?.string == "beside files, files" }?["figure"]?.number
            #expect(abs((rate ?? 0) - 0.008_388_608) < 1e-6)
            let sent = rows.filter { $0["name"]?.string == "sent by the sources" }
            #expect(sent.count == 2)
            #expect(sent.allSatisfy { (0.99...3.1).contains($0["ratio"]?.number ?? 0) })
            let small = ["bench", "transfer", "--size", "8", "--case", "small"]
            let refused = try laboratory.node("bench").spawn(small).wait(seconds: 60)
            #expect(refused.code == 2 && refused.error.contains("--size 125"))
        }

        @Test func `of a model holds each figure against what the machine can do`() throws {
            let outcome = try laboratory.node("bench").spawn([
                "bench", "infer", "--json", "--threads", "1", "--base", LearningSample.base,
                "--layer", LearningSample.adapter,
            ]).wait(seconds: 300)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let rows = try #require(outcome.json["rows"]?.array)
            for word in ["prefill", "decode", "plain read"] {
                #expect(rows.contains { $0["name"]?.string?.hasPrefix(word) == true }, "\(word)")
            }
            #expect(rows.allSatisfy { $0["figure"]?.number ?? 0 > 0 })
        }

        @Test func `of a codec brings every group back, alone and against a parent`() throws {
            for more in [[], ["--layer", LearningSample.base]] {
                let outcome = try laboratory.node("bench").spawn(
                    ["bench", "codec", "--json", "--base", LearningSample.base] + more
                ).wait(seconds: 60)
                try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
                let ratio = try #require(outcome.json["ratio"]?.number)
                // Against itself nothing is left but segments.
                #expect(more.isEmpty ? ratio > 1.2 : ratio > 100)
            }
            let node = laboratory.node("bench")
            let childAlone = ["bench", "codec", "--layer", LearningSample.base]
            #expect(try node.spawn(childAlone).wait(seconds: 30).code == 2)
            let none = ["bench", "codec", "--base", laboratory.path]
            #expect(try node.spawn(none).wait(seconds: 30).code == 1)
        }

        @Test func `of a codec without a model makes one, beside a peer on the same files`() throws
        {
            let log = "\(laboratory.path)/log"
            let outcome = try laboratory.node("bench").spawn([
                "bench", "codec", "--json", "--size", "2", "--peer",
                "echo {parent} >> \(log); ls {folder} >> \(log); "
                    + "echo '{\"times_smaller\": 1, \"coding_gb_s\": 1, \"decoding_gb_s\": 0.5}'",
            ]).wait(seconds: 60)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let rows = try #require(outcome.json["rows"]?.array)
            #expect(rows.count == 3)
            #expect(rows.allSatisfy { $0["against"]?.string?.hasPrefix("the peer's") == true })
            // What bf16 weights of one spread come to, within what chance does.
            let smaller = try #require(rows[0]["figure"]?.number)
            #expect((1.45...1.6).contains(smaller))
            #expect(rows[2]["ratio"]?.number == (rows[2]["figure"]?.number ?? 0) * 2)
            let words = try String(contentsOfFile: log, encoding: .utf8)
            #expect(words == "none\nmodel.safetensors\nnone\nmodel.safetensors\n")
            let silent = ["bench", "codec", "--size", "1", "--peer", "echo '{}'"]
            #expect(try laboratory.node("bench").spawn(silent).wait(seconds: 30).code == 1)
        }

        @Test func `of a model beside a peer runs it around every case`() throws {
            let log = "\(laboratory.path)/log"
            let outcome = try laboratory.node("bench").spawn([
                "bench", "infer", "--json", "--threads", "1", "--base", LearningSample.base,
                "--layer", LearningSample.adapter, "--peer",
                "echo {dtype} {mode} {tokens} {layer} >> \(log); echo '{\"tok_s\": 10}'",
            ]).wait(seconds: 300)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let rows = try #require(outcome.json["rows"]?.array)
            #expect(rows.count == 8)
            for row in rows {
                let figure = try #require(row["figure"]?.number)
                #expect(abs((row["ratio"]?.number ?? 0) - figure / 10) < 1e-6 * figure)
            }
            let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 16 && lines[0] == "fp32 prefill 512 none")
            #expect(lines[15] == "bf16 decode 64 \(LearningSample.adapter)")
        }

        @Test func `that there is none of is a usage error`() throws {
            try laboratory.node("bench").refused("usage", exit: 2, "bench", "luck")
        }

        @Test func `takes the median of its runs`() {
            #expect(BenchCommand.median([3, 1, 2]) == 2)
            let seconds = BenchCommand.seconds { () throws(Never) in }
            #expect(seconds >= 0)
        }
    }
}
