import Genome
import Host
import Testing
import Wire

@testable import Store

extension RealNodes {
    /// A holder whose disk lost a bit.
    @Suite("A damaged holder", .serialized)
    struct DamageTests {
        private let laboratory: Laboratory
        private let a: TestNode
        private let layer: String
        private let blob: String
        private let folder: String

        init() throws {
            laboratory = try Laboratory()
            folder = try laboratory.layerFolder("data", size: 5 << 20)
            a = try laboratory.running("a")
            let shared = try a.share(folder)
            layer = try #require(shared["layer"]?.string)
            let file = shared["files"]?.array?.first { $0["path"] == "data.safetensors" }
            blob = try #require(file?["blob"]?.string)
        }

        private func copy(_ name: String) -> String { "\(laboratory.path)/\(name)" }

        @Test func `is found out by the fetch, by its own check, and gone around`() throws {
            let good = try laboratory.running("good", joining: [a])
            _ = try good.ask("find", "--wait", "20")
            _ = try good.ask("fetch", layer)
            try Laboratory.flip(a.object(blob), at: 2 << 20 + 4321)

            let b = try laboratory.running("b", joining: [a])
            _ = try b.ask("find", "--wait", "20")
            good.stop()
            let words = try b.refused("corrupt", "fetch", layer)
            for part in ["group 2 ", blob, a.key] { #expect(words.contains(part), "\(words)") }
            try leavesAloneUntilForgiven(b)
            #expect(b.isRunning && a.isRunning)
            try #expect(b.ask("list")["layers"]?.array?.isEmpty == true)
            b.kill()
            try expectNothingWrongKept(b)

            let checks = try a.run("verify", layer)
            #expect(checks.code == 1)
            #expect(checks.json["ok"]?.bool == false)
            let faults = (checks.json["checks"]?.array ?? []).filter { $0["ok"]?.bool == false }
            let names = faults.flatMap { [$0["name"]?.string ?? "", $0["detail"]?.string ?? ""] }
            #expect(names.contains { $0.contains("data.safetensors") }, "\(names)")
            #expect(!names.contains { $0.contains("notes.txt") }, "\(names)")

            try good.start(["--join", a.ticket])
            try b.start(["--join", a.ticket, "--join", good.ticket])
            try b.meets(good)
            let answer = try b.ask("fetch", layer, "--out", copy("out"))
            // The groups before the damaged one at least; those behind it were on their way.
            #expect(answer["reused"]?.integer ?? 0 >= 2 << 20, "\(answer)")
            let from = (answer["sources"]?.array ?? []).compactMap { $0["node"]?.string }
            #expect(from.contains(good.key))
            #expect(Laboratory.areEqual("\(folder)/data.safetensors", copy("out/data.safetensors")))
        }

        /// The holder is left alone, which its owner can end, by the beginning of its key.
        private func leavesAloneUntilForgiven(_ node: TestNode) throws {
            let banned = try node.ask("peers")["banned"]?.array ?? []
            #expect(banned.map { $0["node"]?.string } == [a.key], "\(banned)")
            #expect(banned.first?["reason"]?.string?.isEmpty == false, "\(banned)")
            #expect(try node.spawn(["peers"]).wait().out.contains("plasmid peers --forgive KEY"))
            try node.refused("notFound", "peers", "--forgive", node.key)
            let after = try node.ask("peers", "--forgive", String(a.key.prefix(8)))
            #expect(after["banned"]?.array?.isEmpty == true, "\(after)")
            try Laboratory.eventually("it is called again", seconds: 40) {
                try node.run("peers").json["peers"]?.array?.contains {
                    $0["node"]?.string == a.key
                } == true
            }
        }

        @Test func `is gone around when a sound one is known from the start`() throws {
            let good = try laboratory.running("good", joining: [a])
            _ = try good.ask("find", "--wait", "20")
            _ = try good.ask("fetch", layer)
            try Laboratory.flip(a.object(blob), at: 1 << 20 + 5)
            let b = try laboratory.running("b", joining: [a, good])
            try b.meets(a)
            try b.meets(good)
            try Laboratory.eventually("B knows both holders") {
                try b.run("show", layer).json["holders"]?.array?.count == 2
            }
            _ = try b.ask("fetch", layer, "--out", copy("out"))
            #expect(Laboratory.areEqual("\(folder)/data.safetensors", copy("out/data.safetensors")))
            #expect(try b.ask("verify", layer)["ok"]?.bool == true)
        }

        /// Nothing of the wrong group is in the home, all of the others is.
        private func expectNothingWrongKept(_ node: TestNode) throws {
            let home = try Home.open(at: node.home)
            let library = try Library(home, key: try Keys.open(in: home).node)
            let id = try #require(Digest(hexadecimal: blob))
            let size = try File.facts(of: a.object(blob)).size
            let groups = try library.index.durableGroups(of: id, size: size)
            let partial = try PartialBlob(id, size: size, layout: home.layout, groups: groups)
            _ = try partial.salvage()
            #expect(partial.groups.missing.contains(2))
            let wrong = try File(a.object(blob), .read).read(count: 1 << 20, offset: 2 << 20)
            let part = try File(home.layout.partData(id), .read)
            let kept = try part.read(count: 1 << 20, offset: 2 << 20)
            #expect(kept != wrong)
            #expect(!kept.contains { $0 != 0 }, "bytes of the wrong group are on disk")
        }
    }
}
