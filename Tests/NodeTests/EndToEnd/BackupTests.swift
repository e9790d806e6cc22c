import Foundation
import Genome
import Host
import Testing
import Wire

extension RealNodes {
    /// A home that is saved, lost, and made again.
    @Suite("A backup", .serialized)
    struct BackupTests {
        private let laboratory: Laboratory
        private let a: TestNode

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
        }

        private func share(_ name: String, seed: UInt64) throws -> String {
            let folder = try laboratory.layerFolder(name, size: 2 << 20, seed: seed)
            return try #require(try a.share(folder)["layer"]?.string)
        }

        private var folder: String { "\(laboratory.path)/saved" }

        private func held(_ node: TestNode) throws -> Set<String> {
            Set((try node.ask("list")["layers"]?.array ?? []).compactMap { $0["layer"]?.string })
        }

        @Test func `is made while the node runs, and a home of it is the same`() throws {
            let poems = try share("poems", seed: 1)
            let b = try laboratory.running("b", joining: [a])
            _ = try b.ask("find", "--wait", "20")
            _ = try b.ask("fetch", poems)
            let songs = try laboratory.layerFolder("songs", size: 100_000, seed: 2)
            let own = try #require(try b.share(songs)["layer"]?.string)
            let saved = try b.ask("backup", folder)
            #expect(saved["missing"]?.integer == 0)
            #expect(try File.facts(of: folder).mode == 0o700)
            #expect(try File.facts(of: "\(folder)/keys/node").mode == 0o600)
            // The cached layer is left out, the own one is whole.
            b.stop()
            let again = laboratory.node("again", home: "\(laboratory.path)/again")
            let restored = try again.ask("restore", folder)
            #expect(restored["node"]?.string == b.key)
            #expect(restored["damaged"]?.integer == 0)
            #expect(restored["lacking"]?.array?.isEmpty == true)
            #expect(try held(again) == [own])
            #expect(try again.run("doctor", "--scrub").code == 0)
            #expect(try again.ask("verify", own)["ok"]?.bool == true)
            // With everything it holds the other one too; what is there is not copied again.
            try b.start()
            _ = try b.ask("pin", poems)
            let more = try b.ask("backup", folder, "--blobs", "all")
            #expect(more["reused"]?.integer ?? 0 >= 100_000)
            let all = laboratory.node("all", home: "\(laboratory.path)/all")
            _ = try all.ask("restore", folder, "--moved")
            #expect(try held(all) == [own, poems])
            let pins = try all.ask("quota")
            #expect(pins["classes"]?["mirrored"]?["blobs"]?.integer ?? 0 > 0)
            #expect(try all.run("doctor", "--scrub").code == 0)
            try #expect(all.ask("status")["restored"] == .null)
        }

        @Test func `a restored home whose twin lives falls silent and says so`() throws {
            let poems = try share("poems", seed: 1)
            let b = try laboratory.running("b", joining: [a])
            _ = try b.ask("find", "--wait", "20")
            _ = try a.ask("backup", folder)
            let twin = laboratory.node("twin", home: "\(laboratory.path)/twin")
            _ = try twin.ask("restore", folder)
            #expect(try twin.ask("status")["restored"]?["twinMet"] == .null)
            try twin.start(["--join", b.ticket])
            try Laboratory.eventually("the twin is met", seconds: 90) {
                try twin.ask("status")["restored"]?["twinMet"]?.integer != nil
            }
            #expect(twin.log.contains("runs elsewhere too"), "\(twin.log)")
            // What it shares from now on nobody hears of; what the first one shares goes out.
            let silent = try laboratory.layerFolder("silent", size: 100_000, seed: 7)
            _ = try twin.share(silent)
            let loud = try laboratory.layerFolder("loud", size: 100_000, seed: 8)
            _ = try a.share(loud)
            let found = try b.ask("find", "loud", "--wait", "20")
            #expect(found["results"]?.array?.count == 1)
            #expect(try b.ask("find", "silent", "--wait", "2")["results"]?.array?.isEmpty == true)
            // It stays so over a restart, until the owner says that the other is gone.
            twin.stop()
            try twin.start(["--join", b.ticket])
            #expect(twin.log.contains("nothing is announced"), "\(twin.log)")
            try #expect(twin.refused("busy", "restore", "--moved").contains("stop"))
            twin.stop()
            a.stop()
            _ = try twin.ask("restore", "--moved")
            try twin.start(["--join", b.ticket])
            let heard = try b.ask("find", "silent", "--wait", "20")
            #expect(heard["results"]?.array?.count == 1)
            #expect(try held(twin).contains(poems))
        }

        @Test func `is refused where it would mix or be lost`() throws {
            _ = try share("poems", seed: 1)
            _ = try a.ask("backup", folder)
            let other = try laboratory.running("other")
            try #expect(other.refused("refused", "backup", folder).contains("another node"))
            try #expect(
                a.refused("usage", exit: 2, "backup", "\(a.home)/inside").contains("inside"))
            let full = try laboratory.layerFolder("full", size: 1_000)
            try #expect(a.refused("refused", "backup", full).contains("not empty"))
            let fresh = laboratory.node("fresh", home: "\(laboratory.path)/fresh")
            try #expect(fresh.refused("refused", "restore", full).contains("not a backup"))
            try #expect(a.refused("refused", "restore", folder).contains("exists"))
            // One that was cut off is no backup.
            try Directory.rename("\(folder)/backup.json", to: "\(folder)/backup-begun.json")
            try #expect(fresh.refused("refused", "restore", folder).contains("not a backup"))
            // A bad byte in it is told, and the blob is not taken.
            _ = try a.ask("backup", folder)
            let blob = try #require(
                FileManager.default.enumerator(atPath: "\(folder)/store/obj")?.compactMap {
                    $0 as? String
                }
                .first { (try? File.facts(of: "\(folder)/store/obj/\($0)").size) ?? 0 > 2 << 20 })
            try Laboratory.flip("\(folder)/store/obj/\(blob)", at: 70_000)
            let restored = try fresh.ask("restore", folder)
            #expect(restored["damaged"]?.integer == 1)
            #expect(restored["lacking"]?.array?.count == 1)
        }
    }
}
