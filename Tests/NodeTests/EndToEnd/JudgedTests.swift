import Foundation
import Genome
import Host
import Testing

/// Other people's programs, where they are installed.
enum Judges {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The Python of `PLASMID_JUDGES`, else of `.build/judges`; nil where neither is.
    static let python: String? = {
        let given = ProcessInfo.processInfo.environment["PLASMID_JUDGES"]
        let path = "\(given ?? "\(root)/.build/judges")/bin/python"
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    /// A program of the system; nil where it is not installed.
    static func program(_ name: String) -> String? {
        ["/usr/bin", "/usr/local/bin"].map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// A script of `Tests/Judges`.
    static func script(_ name: String) -> String { "\(root)/Tests/Judges/\(name)" }
}

extension RealNodes {
    /// What other implementations say of a node and of what it hands out.
    @Suite("In the eyes of other programs", .serialized)
    struct JudgedTests {
        private static let noPython: Comment = "the Python judges are missing: bootstrap/judges"
        private let laboratory: Laboratory
        private let node: TestNode
        private let shared: JSONValue
        private let layer: String
        private let out: String

        init() throws {
            laboratory = try Laboratory()
            node = try laboratory.running("a")
            shared = try node.share(try laboratory.layerFolder("data", size: 3 << 20 + 99))
            layer = try #require(shared["layer"]?.string)
            out = "\(laboratory.path)/out"
            _ = try node.ask("export", layer, out)
        }

        private func judge(_ program: String, _ words: String...) throws -> Outcome {
            try Program(
                program, words, in: laboratory.path,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"]
            ).wait(seconds: 120)
        }

        private func expectDigests(_ program: String, _ name: String) throws {
            for file in shared["files"]?.array ?? [] {
                let path = try #require(file["path"]?.string)
                let outcome = try judge(program, "\(out)/\(path)")
                let digest = outcome.out.split(separator: " ").first.map { String($0) }
                #expect(digest == file[name]?.string, "\(path)")
            }
        }

        @Test(.enabled(if: Judges.program("b3sum") != nil, "b3sum is missing"))
        func `b3sum of every exported file is its blob id`() throws {
            try expectDigests(try #require(Judges.program("b3sum")), "blob")
            let manifest = try judge(
                try #require(Judges.program("b3sum")), "--no-names", node.object(layer))
            #expect(manifest.out == "\(layer)\n")
        }

        @Test(.enabled(if: Judges.program("sha256sum") != nil, "sha256sum is missing"))
        func `sha256sum of every exported file is its sha256`() throws {
            try expectDigests(try #require(Judges.program("sha256sum")), "sha256")
        }

        @Test(.enabled(if: Judges.python != nil, noPython), arguments: ["chacha", "aes"])
        func `a second client meets the node and proves records and manifest`(
            _ suite: String
        ) throws {
            let folder = "\(laboratory.path)/documents"
            let outcome = try judge(
                try #require(Judges.python), Judges.script("channel.py"),
                "127.0.0.1:\(node.port)", "plasmid", node.key, "--layer", layer, "--rekey",
                "--suite", suite, "--folder", folder)
            let said: Comment = "\(outcome.out) \(outcome.error)"
            #expect(outcome.code == 0, said)
            #expect(outcome.json["ok"]?.bool == true, said)
            #expect(outcome.json["node"]?.string == node.key)
            #expect(outcome.json["verified"]?.integer ?? 0 >= 2, said)
            #expect(outcome.json["layers"]?.array?.first?["layer"]?.string == layer)
            let judged = try judge(
                try #require(Judges.python), Judges.script("manifest.py"), folder, "--files",
                out)
            #expect(judged.code == 0, "\(judged.out) \(judged.error)")
            #expect(node.isRunning)
        }

        @Test(.enabled(if: Judges.python != nil, noPython))
        func `prometheus_client reads the figures that status says`() throws {
            _ = try node.ask("find", "poems")
            let page = try node.spawn(["status", "--metrics"]).wait()
            #expect(page.code == 0, "\(page.error)")
            let path = "\(laboratory.path)/plasmid.prom"
            try page.out.write(toFile: path, atomically: true, encoding: .utf8)
            let judged = try judge(
                try #require(Judges.python), Judges.script("metrics.py"), path)
            #expect(judged.code == 0, "\(judged.out) \(judged.error)")
            let samples = judged.out.split(separator: "\n").map { String($0) }
            let blobs = try #require(try node.ask("status")["blobs"]?.integer)
            #expect(samples.contains("plasmid_layers 1"), "\(judged.out)")
            #expect(samples.contains("plasmid_up 1"))
            #expect(samples.contains("plasmid_scrub_damaged_groups_total 0"))
            #expect(samples.contains("plasmid_datagrams_refused_replayed_total 0"))
            #expect(samples.contains("plasmid_datagrams_on 1"))
            #expect(samples.contains("plasmid_store_blobs{class=\"own\"} \(blobs)"))
            #expect(samples.contains("plasmid_news_age_seconds_bucket{le=\"+Inf\"} 0"))
            let searches = samples.first { $0.hasPrefix("plasmid_searches_total ") }
            #expect(searches.map { $0 != "plasmid_searches_total 0" } == true, "\(judged.out)")
            for use in ["resident", "databases"] {
                let bytes = samples.first { $0.contains("{use=\"\(use)\"}") }?
                    .split(separator: " ").last.flatMap { Double($0) }
                #expect(bytes.map { $0 > 100_000 } == true, "\(use)")
            }
            #expect(samples.count > 80)
            let refusal = try node.refused("usage", exit: 2, "status", "--metrics")
            #expect(refusal.contains("one of them"))
        }

        @Test(.enabled(if: Judges.python != nil, noPython))
        func `PyPI blake3 and safetensors read the exported files alike`() throws {
            let program = """
                import sys, json, blake3, safetensors
                out = sys.argv[1]
                data = open(out + "/data.safetensors", "rb").read()
                with safetensors.safe_open(out + "/data.safetensors", "np") as file:
                    print(json.dumps({"blob": blake3.blake3(data).hexdigest(),
                                      "names": list(file.keys())}))
                """
            let outcome = try judge(try #require(Judges.python), "-c", program, out)
            let file = shared["files"]?.array?.first { $0["path"] == "data.safetensors" }
            #expect(outcome.json["blob"] == file?["blob"], "\(outcome.error)")
            #expect(outcome.json["names"] == ["w"])
        }
    }
}
