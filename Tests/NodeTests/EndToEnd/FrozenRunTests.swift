import Foundation
import Genome
import Learn
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// A training by the command, from text to adapter, gives for good what it gave when the names
    /// of its rules were frozen.
    ///
    /// If this fails, bits have changed under a frozen name: take the change back, or make a new
    /// name for it, `-v2`, with a run of its own here (`docs/decisions/0020-frozen-arithmetic.md`).
    /// What stands here is never changed.
    @Suite("A frozen run", .serialized)
    struct FrozenRunTests {
        struct Frozen: Sendable {
            let profile: String
            let run: String
            let adapter: String
            let weights: String
        }

        static let all = [
            Frozen(
                profile: "portable-f32-v1",
                run: "12a2174f3f76650bca5c3c80f5a23618ebd66497bbdde9ad287a49ecb6888736",
                adapter: "7d9356e451e4df05af73e8b6fb156e84bc19b52926559bfd3f479f14815c8f8b",
                weights: "db446787259f7a69957068d68117cd24026c83b1e3869d4782c5a315632af427"),
            Frozen(
                profile: "bf16dot-v1",
                run: "5ed6cca9f383623fc991210fe165b1ce16c55d5f4e6565083cde69a642c9069b",
                adapter: "cd2b0b8b8bacad671a4d36bc5659bb31c2959f4d7b1679159280d242daa399c7",
                weights: "830905a4052cd2099d6303f7f834db3f4be0c14b2e0179e3a65df67f3c57af97"),
        ]

        @Test func `every profile has one`() {
            #expect(Self.all.map(\.profile).sorted() == Profile.allCases.map(\.rawValue).sorted())
        }

        @Test(arguments: all)
        func `gives the same adapter on any threads and kind of processor`(
            _ frozen: Frozen
        ) throws {
            let laboratory = try Laboratory()
            let node = laboratory.node("a")
            let lines = [
                "And the king said unto the package manager, read the list of packages.",
                "The package manager read the list, and it was good.",
                "In the beginning the archive was without signature, and void.",
            ]
            let text = (0..<8).flatMap { _ in lines }.map { $0 + "\n" }.joined()
            let data = try laboratory.write("data.txt", text)
            let ways = [
                ("1", "avx2"), ("2", "avx512"), ("3", "portable"), ("8", "avx512"),
            ]
            for (threads, kernels) in ways {
                let outcome = try node.spawn(
                    [
                        "train", "--base", LearningSample.base, "--data", data, "--name", "frozen",
                        "--steps", "20", "--batch", "4", "--seq", "64", "--targets", "all-linear",
                        "--dropout", "0.1", "--profile", frozen.profile, "--threads", threads,
                        "--json",
                    ], environment: ["PLASMID_KERNELS": kernels]
                ).wait(seconds: 240)
                try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
                let way = "\(threads) threads, \(kernels)"
                #expect(outcome.json["run"]?.string == frozen.run, "\(way)")
                let adapter = try TrainLaboratory.hash(outcome.json).hexadecimal
                #expect(adapter == frozen.adapter, "\(way)")
                let layer = try #require(outcome.json["layer"]?.string)
                let weights = try node.ask("show", layer)["manifest"]?["weights"]?["id"]?.string
                #expect(weights == frozen.weights, "\(way)")
            }
        }

        @Test func `of a name from before the freeze is not begun, and the word says why`() throws {
            let bench = try TrainLaboratory()
            let outcome = try bench.node.spawn(
                bench.words("notes", steps: 2, ["--profile", "bf16dot-v0"])
            ).wait()
            #expect(outcome.code == 2 && outcome.failure == "usage", "\(outcome.out)")
            #expect(outcome.words.contains("before the rules were frozen as bf16dot-v1"))
        }

        @Test func `of a name from before the freeze does not go on, and the word says why`()
            throws
        {
            let bench = try TrainLaboratory()
            let program = try bench.node.spawn(bench.words("notes", steps: 400))
            Laboratory.eventually("steps are done") { bench.stepsDone() > 2 }
            program.signal(SIGTERM)
            program.wait(seconds: 60)
            let job = try #require(try bench.jobs().first?["job"]?.string)
            // As an earlier version wrote it.
            let path = try bench.folder() + "/request.json"
            let request = try String(contentsOfFile: path, encoding: .utf8)
            try request.replacing("portable-f32-v1", with: "portable-f32-v0").write(
                toFile: path, atomically: true, encoding: .utf8)
            let outcome = try bench.node.spawn(["jobs", "resume", job, "--json"]).wait(seconds: 60)
            #expect(outcome.code == 1 && outcome.failure == "unsupported", "\(outcome.out)")
            #expect(outcome.words.contains("portable-f32-v0 is a name from before"))
            #expect(outcome.words.contains("Train anew with this version"), "\(outcome.words)")
        }
    }
}
