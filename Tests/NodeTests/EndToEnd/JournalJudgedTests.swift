import Foundation
import Genome
import Host
import Testing

extension RealNodes {
    /// The journal as it leaves a node, checked by this program without a home, and by Go's.
    @Suite("A journal that was taken away", .serialized)
    struct JournalJudgedTests {
        private static let noGo: Comment = "Go or golang.org/x/mod is missing: bootstrap/judges"
        private static let hasGo =
            Judges.program("go") != nil
            && FileManager.default.fileExists(
                atPath: "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
        private let laboratory: Laboratory
        private let node: TestNode
        /// A machine without a home.
        private let auditor: TestNode
        private let layer: String
        private let out: String
        private let journal: String

        init() throws {
            laboratory = try Laboratory()
            node = try laboratory.running("a")
            auditor = laboratory.node("auditor")
            let shared = try node.share(try laboratory.layerFolder("data", size: 70_000))
            layer = try #require(shared["layer"]?.string)
            try node.ask("trust", try laboratory.running("b").key)
            out = "\(laboratory.path)/out"
            journal = "\(laboratory.path)/journal"
            let exported = try node.ask("export", layer, out)
            #expect(exported["proof"]?.string == out + ".tlog-proof")
            try node.ask("audit", "export", journal)
        }

        private func go(_ words: String...) throws -> Outcome {
            try Program(
                Judges.script("journal/judge.sh"), words, in: laboratory.path, environment: [:]
            ).wait(seconds: 240)
        }

        private func verifierKey() throws -> String {
            try #require(try auditor.ask("audit", "verify", journal)["verifierKey"]?.string)
        }

        @Test func `checks with no home, and not once a row was edited`() throws {
            let found = try auditor.ask("audit", "verify", journal)
            #expect(found["ok"] == true && found["count"]?.integer ?? 0 >= 2)
            #expect(found["node"]?.string == node.key)
            #expect(!Directory.exists(auditor.home))
            let count = found["count"]?.integer ?? 0
            let path = "\(journal)/tile/entries/000.p/\(count)"
            let text = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            let place = try #require(text.utf8.firstRange(of: "\"trusted\":true".utf8))
            let offset = text.utf8.distance(from: text.startIndex, to: place.upperBound) - 1
            try Laboratory.flip(path, at: UInt64(offset))
            try auditor.refused("corrupt", "audit", "verify", journal)
            if Self.hasGo {
                let outcome = try go("verify-log", journal, found["verifierKey"]?.string ?? "")
                #expect(outcome.code == 1 && outcome.out.hasPrefix("BAD"), "\(outcome.out)")
            }
        }

        @Test func `a command without a node leaves its journal signed`() throws {
            let lonely = laboratory.node("lonely")
            try lonely.ask("init")
            try lonely.ask("trust", node.key)
            let path = "\(lonely.home)/journal/checkpoint"
            let note = try String(contentsOfFile: path, encoding: .utf8)
            #expect(note.split(separator: "\n")[1] == "1")
        }

        @Test func `an exported layer is proved by what lies beside it`() throws {
            for path in [out, out + ".tlog-proof"] {
                let found = try auditor.ask("audit", "verify", path)
                #expect(found["layer"]?.string == layer && found["kind"] == "share")
                #expect(found["publisher"]?.string == node.key && found["node"]?.string == node.key)
            }
            let extra = "\(out)/tokenizer_config.json"
            try Data("{}".utf8).write(to: URL(fileURLWithPath: extra))
            let outcome = try auditor.run("audit", "verify", out)
            #expect(outcome.code == 1 && outcome.json["ok"] == false)
            #expect(outcome.json["unlisted"]?.array == ["tokenizer_config.json"])
            try Directory.removeFile(extra)
            let moved = "\(laboratory.path)/elsewhere.tlog-proof"
            try Directory.rename(out + ".tlog-proof", to: moved)
            #expect(try auditor.ask("audit", "verify", moved)["kind"] == "share")
            try auditor.refused("refused", "audit", "verify", out)
            try Directory.rename(moved, to: out + ".tlog-proof")
            try Laboratory.flip("\(out)/data.safetensors", at: 60_000)
            try auditor.refused("corrupt", "audit", "verify", out)
        }

        @Test func `a proof of an entry is printed, written and checked`() throws {
            let proof = "\(laboratory.path)/poems.tlog-proof"
            try node.ask("audit", "proof", "--layer", layer, "--out", proof)
            let text = try node.run("audit", "proof", "1").json["proof"]?.string
            #expect(text?.hasPrefix("c2sp.org/tlog-proof@v1\n") == true)
            #expect(try auditor.ask("audit", "verify", proof)["kind"] == "share")
            try node.refused("notFound", "audit", "proof", "999")
            try node.refused("usage", exit: 2, "audit", "proof")
            try node.refused("refused", "audit", "export", journal)
            try auditor.refused("notFound", "audit", "verify", "\(laboratory.path)/nothing")
            let junk = try laboratory.write("junk.tlog-proof", "not a proof\n")
            try auditor.refused("corrupt", "audit", "verify", junk)
        }

        @Test(.enabled(if: hasGo, noGo))
        func `Go's log packages agree on the journal and on the proof`() throws {
            let key = try verifierKey()
            let log = try go("verify-log", journal, key)
            #expect(log.code == 0 && log.out.hasPrefix("ok:"), "\(log.out) \(log.error)")
            let text = try String(contentsOfFile: out + ".tlog-proof", encoding: .utf8)
            let extra = try #require(text.split(separator: "\n").first { $0.hasPrefix("extra ") })
            let leaf = try laboratory.write(
                "leaf", Array(try #require(Data(base64Encoded: String(extra.dropFirst(6))))))
            let proved = try go("verify-proof", out + ".tlog-proof", leaf, key)
            #expect(proved.code == 0, "\(proved.out) \(proved.error)")
            try Laboratory.flip(leaf, at: 9)
            #expect(try go("verify-proof", out + ".tlog-proof", leaf, key).code == 1)
        }

        @Test(.enabled(if: Judges.python != nil, "the Python judges are missing"))
        func `PyPI securesystemslib agrees on every envelope in the home`() throws {
            node.stop()
            let outcome = try Program(
                try #require(Judges.python), [Judges.script("dsse.py"), "home", node.home],
                in: laboratory.path, environment: ["PYTHONDONTWRITEBYTECODE": "1"]
            ).wait(seconds: 120)
            #expect(outcome.code == 0, "\(outcome.out) \(outcome.error)")
        }
    }
}
