import Foundation
import Genome
import Host
import Testing
import Wire

extension RealNodes {
    /// What an owner does about her disk.
    @Suite("A node's disk", .serialized)
    struct DiskTests {
        private let laboratory: Laboratory
        private let a: TestNode

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
        }

        private func share(_ name: String, size: Int, seed: UInt64) throws -> String {
            let folder = try laboratory.layerFolder(name, size: size, seed: seed)
            return try #require(try a.share(folder)["layer"]?.string)
        }

        private func held(_ node: TestNode) throws -> Set<String> {
            Set((try node.ask("list")["layers"]?.array ?? []).compactMap { $0["layer"]?.string })
        }

        /// Bytes of all files of blobs, as the folders show them.
        private func bytesOnDisk(_ node: TestNode) throws -> Int64 {
            var sum: Int64 = 0
            for folder in ["obj", "tree", "part", "coded", "ref"] {
                let path = "\(node.home)/store/\(folder)"
                for name in FileManager.default.enumerator(atPath: path) ?? .init() {
                    let facts = try File.facts(of: "\(path)/\(name)")
                    if facts.kind == .file { sum += Int64(facts.size) }
                }
            }
            return sum
        }

        @Test func `a quota makes room by the layer that nobody uses, and pins are kept`() throws {
            let layers = try (1...3).map { seed in
                try share("l\(seed)", size: 1 << 20, seed: UInt64(seed))
            }
            let b = try laboratory.running("b", joining: [a])
            _ = try b.ask("find", "--wait", "20")
            for (index, layer) in layers.prefix(2).enumerated() {
                _ = try b.ask("fetch", layer, "--out", "\(laboratory.path)/out\(index)")
            }
            let status = try b.ask("status")
            #expect(status["store"]?["stored"]?.integer == (try bytesOnDisk(b)))
            _ = try b.ask("pin", layers[0])
            let before = try b.ask("quota")
            #expect(before["classes"]?["mirrored"]?["blobs"]?.integer ?? 0 > 0)
            #expect(before["classes"]?["own"]?["blobs"]?.integer == 0)
            // Links were made by neither fetch; the second goes for the third.
            // A little more than is taken: a partial blob also takes its group values.
            let used = try #require(before["stored"]?.integer) + 1_000
            _ = try b.ask("quota", "all=\(used)")
            _ = try b.ask("fetch", layers[2], "--out", "\(laboratory.path)/out2")
            #expect(try held(b) == [layers[0], layers[2]])
            let after = try b.ask("quota")
            #expect(after["stored"]?.integer ?? .max <= used)
            #expect(after["stored"]?.integer == (try bytesOnDisk(b)))
            // It is not announced any more, and can be fetched again once there is room.
            try Laboratory.eventually("A hears that B lacks it") {
                try a.ask("show", layers[1])["holders"]?.array?.count == 1
            }
            _ = try b.ask("pin", layers[2])
            let words = try b.refused("quota", "fetch", layers[1])
            #expect(words.contains("quota"), "\(words)")
            _ = try b.ask("quota", "all=none")
            _ = try b.ask("fetch", layers[1], "--out", "\(laboratory.path)/out3")
            #expect(try held(b) == Set(layers))
        }

        @Test func `remove spares what is pinned, needed or nowhere else`() throws {
            let layer = try share("poems", size: 1 << 20, seed: 1)
            let words = try a.refused("refused", "remove", layer)
            #expect(words.contains("--last-copy"), "\(words)")
            let b = try laboratory.running("b", joining: [a])
            _ = try b.ask("find", "--wait", "20")
            _ = try b.ask("fetch", layer)
            _ = try b.ask("pin", layer)
            try #expect(b.refused("refused", "remove", layer).contains("unpin"))
            _ = try b.ask("unpin", layer)
            let freed = try b.ask("remove", layer)
            #expect(freed["freed"]?.integer ?? 0 > 1 << 20)
            #expect(try bytesOnDisk(b) == 0)
            #expect(try held(b).isEmpty)
            // The last copy goes only when that is said.
            try Laboratory.eventually("A hears that B lacks it") {
                try a.ask("show", layer)["holders"]?.array?.count == 1
            }
            _ = try a.ask("remove", layer, "--last-copy")
            #expect(try held(a).isEmpty)
            a.stop()
            try a.start()
            #expect(try held(a).isEmpty)
        }

        @Test func `a damaged layer is found by reading it and healed from a peer`() throws {
            let folder = try laboratory.layerFolder("data", size: 5 << 20)
            let shared = try a.share(folder)
            let layer = try #require(shared["layer"]?.string)
            let file = shared["files"]?.array?.first { $0["path"] == "data.safetensors" }
            let blob = try #require(file?["blob"]?.string)
            let b = try laboratory.running("b", joining: [a])
            _ = try b.ask("find", "--wait", "20")
            _ = try b.ask("fetch", layer)
            try Laboratory.flip(b.object(blob), at: 2 << 20 + 4321)
            let found = try b.run("doctor", "--scrub")
            #expect(found.code == 1)
            let check = found.json["checks"]?.array?.first { $0["name"] == "every byte" }
            #expect(check?["detail"]?.string?.contains(blob) == true, "\(found.out)")
            try Laboratory.eventually("it is whole again") {
                try b.run("verify", layer).code == 0
            }
            #expect(Laboratory.areEqual("\(folder)/data.safetensors", b.object(blob)))
            let quarantine = try Directory.list("\(b.home)/store/quarantine")
            #expect(quarantine.count == 1 && quarantine[0].name.hasPrefix("\(blob).2."))
            #expect(try b.run("doctor", "--scrub").code == 0)
            #expect(b.log.contains("whole again"), "\(b.log)")
            let read = try b.ask("status")["scrub"]?["read"]
            #expect(read?["damagedGroups"]?.integer == 1)
            #expect(read?["healedLayers"]?.integer == 1)
            #expect(read?["bytes"]?.integer ?? 0 > 5 << 20)
        }

        @Test func `a deleted index is made again with pins, quotas and sums`() throws {
            let layer = try share("poems", size: 1 << 20, seed: 1)
            _ = try share("songs", size: 100_000, seed: 2)
            _ = try a.ask("pin", layer)
            _ = try a.ask("quota", "cache=2G")
            let before = try a.ask("quota")
            try #expect(a.refused("busy", "doctor", "--rebuild").contains("stop"))
            a.stop()
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: "\(a.home)/index.db\(suffix)")
            }
            let rebuilt = try a.ask("doctor", "--rebuild")
            #expect(rebuilt["after"]?["pins"]?.array?.count == 1)
            let again = try a.ask("quota")
            for name in ["stored", "plain", "blobs", "classes", "forms"] {
                #expect(again[name] == before[name])
            }
            // With the index there, the two are compared.
            let compared = try a.ask("doctor", "--rebuild")
            #expect(compared["before"] == compared["after"])
            #expect(compared["before"] != .null)
            #expect(!Directory.exists("\(a.home)/index.db.old"))
            #expect(try a.run("doctor").code == 0)
        }
    }
}
