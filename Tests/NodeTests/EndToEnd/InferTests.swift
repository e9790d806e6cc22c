import Foundation
import Genome
import Host
import Store
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// The program lets models answer, with what Transformers and PEFT answer beside it.
    @Suite("Inference", .serialized)
    struct InferTests {
        private let laboratory: Laboratory
        private let sample: LearningSample
        private let node: TestNode

        init() throws {
            laboratory = try Laboratory()
            sample = try LearningSample()
            node = laboratory.node("a")
        }

        private var folders: [String: [String]] {
            [
                "base": ["--base", LearningSample.base],
                "adapter": ["--base", LearningSample.base, "--layer", LearningSample.adapter],
            ]
        }

        private func infer(
            _ words: [String], environment: [String: String?] = [:],
            location: SourceLocation = #_sourceLocation
        ) throws -> JSONValue {
            let outcome = try node.spawn(
                ["infer", "--json"] + words, environment: environment
            ).wait(seconds: 120)
            try #require(
                outcome.code == 0, "\(words): \(outcome.out) \(outcome.error)",
                sourceLocation: location)
            return outcome.json
        }

        @Test("writes what the reference writes", arguments: ["base", "adapter"])
        func answers(_ name: String) throws {
            let expected = try sample.greedy(name)
            let logits = "\(laboratory.path)/\(name).safetensors"
            let answer = try infer(
                try #require(folders[name]) + [
                    "--prompt", sample.prompt, "--max-tokens", "32", "--ignore-eos", "--logits",
                    logits,
                ])
            #expect(try LearningSample.integers(answer["tokens"]) == expected.tokens)
            #expect(answer["text"]?.string == expected.text)
            #expect(answer["finish"]?.string == "length")
            #expect(answer["usage"]?["promptTokens"]?.integer == Int64(sample.tokens.count))
            #expect(answer["usage"]?["completionTokens"]?.integer == 32)
            #expect(answer["base"]?.string == "unverified")
            #expect(answer["profile"]?.string == "portable-f32-v1")
            let found = try LearningSample.tensor("logits", in: logits)
            #expect(LearningSample.difference(found, try sample.logits(name)) <= 2e-4)
        }

        @Test(
            "computes the same bits on every kind of processor and number of threads",
            arguments: ["portable-f32", "bf16dot"])
        func bits(_ profile: String) throws {
            let words =
                try #require(folders["adapter"]) + [
                    "--prompt", sample.prompt, "--max-tokens", "4", "--profile", profile,
                ]
            var files: [String] = []
            for kernels in ["portable", "avx2", "avx512"] {
                for threads in kernels == "portable" ? ["1", "3"] : ["1", "2", "3"] {
                    let file = "\(laboratory.path)/\(profile)-\(kernels)-\(threads)"
                    _ = try infer(
                        words + ["--threads", threads, "--logits", file],
                        environment: ["PLASMID_KERNELS": kernels])
                    files.append(file)
                }
            }
            for file in files.dropFirst() {
                #expect(Laboratory.areEqual(files[0], file), "\(file)")
            }
        }

        @Test func `takes token ids and tells probabilities`() throws {
            let ids = sample.tokens.map { String($0) }.joined(separator: ",")
            let answer = try infer([
                "--base", LearningSample.base, "--prompt-tokens", ids, "--max-tokens", "3",
                "--logprobs", "2",
            ])
            #expect(
                try LearningSample.integers(answer["tokens"])
                    == Array(sample.greedy("base").tokens.prefix(3)))
            for entry in try #require(answer["logprobs"]?.array) {
                let top = try #require(entry["top"]?.array)
                #expect(top.count == 2 && top[0]["token"] == entry["token"])
                #expect(entry["logprob"]?.number ?? 1 < 0)
            }
        }

        @Test func `prints text for people, and stops where it is told`() throws {
            let outcome = try node.spawn([
                "infer", "--base", LearningSample.base, "--prompt", sample.prompt, "--max-tokens",
                "32", "--stop", " package",
            ]).wait()
            #expect(outcome.code == 0, "\(outcome.error)")
            #expect(outcome.out == " which is why the\n")
        }

        @Test func `finds the base of a shared layer by itself and verifies it`() throws {
            let licence = ["--licence", "CC-BY-SA-3.0"]
            let base = try node.share(LearningSample.base, ["--type", "foundation"] + licence)
            let identifier = try #require(base["layer"]?.string)
            let adapter = try node.share(
                LearningSample.adapter, ["--type", "lora", "--base", identifier] + licence)
            let layer = try #require(adapter["layer"]?.string)
            let words = ["--prompt", sample.prompt, "--max-tokens", "8", "--ignore-eos"]
            let expected = Array(try sample.greedy("adapter").tokens.prefix(8))
            let answer = try infer(["--layer", layer] + words)
            #expect(answer["base"]?.string == "verified")
            #expect(answer["baseLayer"]?.string == identifier)
            #expect(answer["layers"]?.array?.first?["layer"]?.string == layer)
            #expect(try LearningSample.integers(answer["tokens"]) == expected)
            // The same through the socket of a running node, and on the folder of the base.
            try node.start()
            #expect(
                try LearningSample.integers(infer(["--layer", layer] + words)["tokens"])
                    == expected)
            node.stop()
            let onFolder = try infer(["--base", LearningSample.base, "--layer", layer] + words)
            #expect(onFolder["base"]?.string == "verified")
            let gates = try node.ask("verify", layer, "--level", "comprehensive")
            #expect(gates["ok"]?.bool == true, "\(gates)")
            let names = (gates["checks"]?.array ?? []).compactMap { $0["name"]?.string }
            #expect(
                names.suffix(6) == [
                    "base", "bound", "rewritten", "strength", "spectrum", "effect",
                ])
            #expect(gates["statement"]?["sequence"] == 1)
            let shown = try node.spawn(["show", layer]).wait().out
            #expect(shown.contains("  checked     tested, passed: base, bound, rewritten, "))
            #expect(shown.contains("(by "))
            let unsigned = try node.ask("verify", layer, "--level", "comprehensive", "--unsigned")
            #expect(unsigned["ok"]?.bool == true && unsigned["statement"] == nil)
            // Weights that differ in one bit are another base.
            let other = "\(laboratory.path)/other"
            try FileManager.default.copyItem(atPath: LearningSample.base, toPath: other)
            try Laboratory.flip("\(other)/model.safetensors", at: 5_000_000)
            let refused = try node.refused(
                "refused", "infer", "--base", other, "--layer", layer, "--prompt", "x")
            #expect(refused.contains("weights"))
        }

        /// Signs a manifest of this node with something changed, as another program might.
        private func forge(_ layer: String, _ change: (inout JSONObject) -> Void) throws -> String {
            let service = try Access.service(node.home)
            let honest = try service.heldManifest(try #require(Digest(hexadecimal: layer)))
            var object = honest.json
            change(&object)
            let manifest = try Manifest.make(object)
            let envelope = Envelope.signed(
                manifest.bytes, type: Manifest.payloadType, by: service.keys.node)
            _ = try service.library.add(envelope, origin: .own)
            return manifest.layer.hexadecimal
        }

        @Test func `runs nothing that asks for a newer node, and says so`()
            throws
        {
            let base = try #require(
                node.share(LearningSample.base, ["--type", "foundation"])["layer"]?.string)
            let layer = try #require(
                node.share(LearningSample.adapter, ["--type", "lora", "--base", base])[
                    "layer"]?.string)
            _ = try infer(["--layer", layer, "--prompt", "x", "--max-tokens", "1"])
            for (name, words) in [("critical", "colour"), ("version", "manifest version 2")] {
                let newer = try forge(layer) { object in
                    object["name"] = .string(name)
                    if name == "version" {
                        object["manifest"] = 2
                    } else {
                        object["critical"] = ["colour"]
                        object["colour"] = "red"
                    }
                }
                for base in [[], ["--base", base]] {
                    let outcome = try node.spawn(
                        ["infer", "--json", "--layer", newer, "--prompt", "x"] + base
                    ).wait()
                    #expect(outcome.code == 1 && outcome.failure == "refused")
                    #expect(outcome.error.contains("needsNewerNode"), "\(outcome.error)")
                    #expect(outcome.error.contains("use a newer node"), "\(outcome.error)")
                }
                // It may be kept and shown all the same.
                let shown = try node.spawn(["show", newer]).wait().out
                #expect(shown.contains("needs a newer node to run: \(words)"), "\(shown)")
            }
        }

        @Test func `holds no more memory than is computed, and not far less`() throws {
            let base = try #require(
                node.share(LearningSample.base, ["--type", "foundation"])["layer"]?.string)
            let facts = try node.ask("verify", base, "--level", "thorough")["facts"]?.array
            let bound = try #require(
                facts?.first { $0["name"] == "memory" }?["computed"]?.integer)
            func answer(to count: Int) throws -> (peak: Int64, work: Int64) {
                let ids = (0..<count).map { "\(3 + $0 % 200)" }.joined(separator: ",")
                let answer = try infer([
                    "--base", base, "--prompt-tokens", ids, "--max-tokens", "8", "--ignore-eos",
                    "--threads", "1",
                ])
                return (
                    try #require(answer["peakMemory"]?.integer),
                    try #require(answer["memory"]?.integer)
                )
            }
            let (few, many) = (try answer(to: 1), try answer(to: 500))
            // The program itself, with its tokenizer, holds 22 MB; this leaves room for others'.
            #expect(many.peak <= bound + 32 << 20, "\(many.peak) of \(bound)")
            // The longer prompt fills what is reserved for rows, keys and values: the kernel's
            // mark grows by that, which is most of what was computed and no more, but for what
            // the allocator and the page cache of one run have more of than of the other.
            let growth = many.peak - few.peak
            #expect(growth <= many.work + 1 << 20, "\(growth) of \(many.work)")
            #expect(many.work <= 2 * growth, "\(many.work) of \(growth)")
        }

        /// An answer long enough to be interrupted: one thread, plain C, a sorted vocabulary for
        /// each token.
        private var slow: [String] {
            [
                "infer", "--base", LearningSample.base, "--prompt", sample.prompt, "--max-tokens",
                "480", "--ignore-eos", "--threads", "1", "--logprobs", "100",
            ]
        }

        @Test func `ends an answer where it is when it is interrupted`() throws {
            let logits = "\(laboratory.path)/logits"
            let program = try node.spawn(
                slow + ["--json", "--logits", logits], environment: ["PLASMID_KERNELS": "portable"])
            // From then on signals are waited for.
            Laboratory.eventually("it has begun") {
                FileManager.default.fileExists(atPath: logits)
            }
            program.signal(SIGINT)
            let outcome = program.wait()
            #expect(outcome.code == 130, "\(outcome.error)")
            #expect(outcome.json["finish"]?.string == "cancelled")
            let tokens = try LearningSample.integers(outcome.json["tokens"])
            #expect(tokens.count < 480)
            let whole = try sample.greedy("base").tokens
            #expect(tokens.prefix(whole.count) == whole.prefix(tokens.count))
            #expect(outcome.errorLines.count == 1 && outcome.error.contains("stopped after"))
        }

        @Test func `ends its line and says why when it is told to end`() throws {
            let program = try node.spawn(slow, environment: ["PLASMID_KERNELS": "portable"])
            Laboratory.eventually("it writes") { !program.out.isEmpty }
            program.signal(SIGTERM)
            let outcome = program.wait()
            #expect(outcome.code == 143, "\(outcome.error)")
            #expect(outcome.out.hasSuffix("\n"))
            #expect(outcome.errorLines.count == 1 && outcome.error.contains("stopped after"))
        }

        @Test func `never writes over a file and leaves none half written`() throws {
            let file = try laboratory.write("kept", "mine")
            let words = try node.refused(
                "refused", "infer", "--base", LearningSample.base, "--prompt", "x", "--logits",
                file)
            #expect(words.contains("exist"))
            #expect(FileManager.default.contents(atPath: file) == Data("mine".utf8))
            let long = Array(repeating: "5", count: 5_000).joined(separator: ",")
            let other = "\(laboratory.path)/none"
            try node.refused(
                "refused", "infer", "--base", LearningSample.base, "--prompt-tokens", long,
                "--logits", other)
            #expect(!FileManager.default.fileExists(atPath: other))
        }

        @Test(.enabled(if: Confinement.limitsMemory, "needs a build without a sanitizer"))
        func `on a full disk leaves no half file of logits and says why`() throws {
            let logits = "\(laboratory.path)/logits"
            // Files of this shell's children end after a few kilobytes.
            let outcome = try node.spawn(
                [
                    "infer", "--json", "--base", LearningSample.base, "--prompt", sample.prompt,
                    "--logits", logits,
                ], through: ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f 16; exec \"$@\"", "sh"]
            ).wait()
            #expect(outcome.code == 1 && outcome.failure == "quota", "\(outcome.out)")
            #expect(outcome.errorLines.count == 1 && outcome.words.contains(logits))
            #expect(!FileManager.default.fileExists(atPath: logits))
            let full = try node.spawn([
                "infer", "--json", "--base", LearningSample.base, "--prompt", sample.prompt,
                "--logits", "/dev/full",
            ]).wait()
            #expect(full.code == 1 && full.errorLines.count == 1, "a device is not written over")
        }

        @Test func `a pipe in a model folder is refused and not waited for`() throws {
            for (kind, name) in [
                ("--base", "config.json"), ("--base", "tokenizer.json"),
                ("--layer", "adapter_config.json"), ("--layer", "adapter_model.safetensors"),
            ] {
                let folder = "\(laboratory.path)/\(name)"
                let source = kind == "--base" ? LearningSample.base : LearningSample.adapter
                try FileManager.default.copyItem(atPath: source, toPath: folder)
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
                #expect(mkfifo("\(folder)/\(name)", 0o600) == 0)
                let rest = kind == "--base" ? [] : ["--base", LearningSample.base]
                let outcome = try node.spawn(
                    ["infer", "--json", kind, folder, "--prompt", "x"] + rest
                ).wait(seconds: 20)
                #expect(outcome.failure == "notFound", "\(outcome.out)")
                #expect(outcome.words.contains(name), "\(outcome.words)")
            }
        }

        @Test func `says of each mistake what, why and what to do`() throws {
            let base = LearningSample.base
            func usage(_ words: String...) throws -> String {
                let outcome = try node.spawn(["infer", "--json"] + words).wait()
                #expect(outcome.code == 2 && outcome.failure == "usage", "\(outcome.out)")
                for name in ["code", "message", "why", "do"] {
                    #expect(outcome.json["error"]?[name]?.string != nil)
                }
                return outcome.words
            }
            #expect(try usage("--prompt", "x").contains("--base"))
            #expect(try usage("--base", base).contains("--prompt"))
            _ = try usage("--base", base, "--prompt", "x", "--prompt-tokens", "1")
            _ = try usage("--base", base, "--prompt-tokens", "1,x")
            #expect(try usage("--base", base, "--prompt", "x", "--top-p", "2").contains("top-p"))
            _ = try usage("--base", base, "--prompt", "x", "--temperature", "warm")
            _ = try usage("--base", base, "--prompt", "x", "--seed", "-1")
            _ = try usage("--base", base, "--prompt", "x", "--logit-bias", "3")
            _ = try usage("--base", base, "--prompt", "x", "--threads", "0")
            #expect(
                try usage("--base", base, "--prompt", "x", "--profile", "fp4").contains("bf16dot"))
            #expect(
                try node.refused("refused", "infer", "--base", base, "--prompt-tokens", "99999")
                    .contains("99999"))
            try node.refused(
                "notFound", "infer", "--base", LearningSample.adapter, "--prompt", "x")
            let empty = try laboratory.write("empty/readme.txt", "nothing")
            let folder = String(empty.dropLast("/readme.txt".utf8.count))
            #expect(
                try node.refused("notFound", "infer", "--base", folder, "--prompt", "x")
                    .contains("config.json"))
            #expect(
                try node.refused(
                    "notFound", "infer", "--base", base, "--layer", base, "--prompt", "x"
                ).contains("adapter_config.json"))
        }
    }
}
