import Foundation
import Genome
import Host
import Testing
import Wire

extension RealNodes {
    /// Layers that rest in fewer bytes.
    @Suite("Compacted layers", .serialized)
    struct CompactTests {
        private let laboratory: Laboratory
        private let a: TestNode

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
        }

        private func share(_ folder: String, name: String) throws -> String {
            let shared = try a.ask(
                "share", folder, "--licence", "CC-BY-SA-3.0", "--visibility", "public", "--name",
                name)
            return try #require(shared["layer"]?.string)
        }

        @Test func `take less disk, are served and run as before`() throws {
            let base = try share(LearningSample.base, name: "llama")
            let before = try a.ask("status")["store"]
            let trial = try a.ask("compact", "--dry-run")
            #expect(trial["trial"]?.bool == true)
            let done = try a.ask("compact", base)
            let row = try #require(done["layers"]?.array?.first)
            #expect(row["layer"]?.string == base)
            let (plain, after) = (row["plain"]?.number ?? 0, row["after"]?.number ?? 1)
            #expect(plain > after * 1.1, "\(done)")
            let store = try a.ask("status")["store"]
            #expect(store?["plain"] == before?["plain"])
            #expect(store?["stored"]?.integer ?? .max < before?["stored"]?.integer ?? 0)
            #expect(store?["forms"]?["coded"]?["blobs"]?.integer ?? 0 > 0)
            #expect(try a.ask("list")["layers"]?.array?.first?["stored"]?.number ?? plain < plain)
            #expect(try a.ask("verify", base)["ok"]?.bool == true)
            #expect(try a.run("doctor", "--scrub").code == 0)

            let b = try laboratory.running("b", joining: [a])
            _ = try b.ask("find", "--wait", "20")
            _ = try b.ask("fetch", base, "--out", "\(laboratory.path)/copy")
            #expect(
                Laboratory.areEqual(
                    "\(LearningSample.base)/model.safetensors",
                    "\(laboratory.path)/copy/model.safetensors"))

            let words = ["--prompt", "In the beginning", "--max-tokens", "4"]
            let told = try a.run("infer", "--base", base, words[0], words[1], words[2], words[3])
            #expect(told.code == 0, "\(told.out)")
            let folder = try a.run(
                "infer", "--base", LearningSample.base, words[0], words[1], words[2], words[3])
            #expect(told.json["tokens"] == folder.json["tokens"])
            // It was made plain for that, and is in use.
            #expect(try a.ask("status")["store"]?["forms"]?["coded"]?["blobs"]?.integer == 0)
            #expect(try a.ask("compact", base)["inUse"]?.integer ?? 0 > 0)
        }

        @Test func `are made by a node itself only where that was asked`() throws {
            _ = try share(LearningSample.base, name: "llama")
            #expect(try a.ask("compact", "--auto", "0s")["auto"]?.integer == 0)
            try Laboratory.eventually("the node compacts") {
                try a.ask("status")["store"]?["forms"]?["coded"]?["blobs"]?.integer ?? 0 > 0
            }
            #expect(try a.ask("compact", "--auto", "off")["auto"] == .null)
            let back = try a.ask("compact", "--raw", "llama")
            #expect(back["after"]?.integer ?? 0 > back["before"]?.integer ?? .max)
            #expect(try a.ask("status")["store"]?["forms"]?["coded"]?["blobs"]?.integer == 0)
        }

        @Test func `survive kills at any moment of it`() throws {
            let base = try share(LearningSample.base, name: "llama")
            for round in 0..<6 {
                a.stop()
                let process = try a.spawn(["compact", base, "--json"])
                usleep(UInt32(5_000 + round * 40_000))
                process.signal(SIGKILL)
                _ = process.wait()
                let raw = try a.spawn(["compact", "--raw", base, "--json"])
                usleep(UInt32(5_000 + (6 - round) * 20_000))
                raw.signal(SIGKILL)
                _ = raw.wait()
                try a.start()
                #expect(try a.ask("verify", base)["ok"]?.bool == true)
                let doctor = try a.run("doctor", "--scrub")
                #expect(doctor.code == 0, "\(doctor.out)")
            }
        }
    }
}
