import Foundation
import Genome
import Host
import Testing

extension RealNodes {
    /// A home on a disk that is too small, and a process that may not write large files.
    @Suite("A node without room", .serialized)
    struct DiskFullTests {
        private static let large = 48 << 20
        private let laboratory: Laboratory
        private let a: TestNode
        private let largeLayer: String
        private let largeBlob: String
        private let smallLayer: String

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
            let large = try laboratory.writeTensors("large.safetensors", size: Self.large)
            let small = try laboratory.write("small.txt", "A small text.\n")
            let shared = try a.share(large)
            largeLayer = try #require(shared["layer"]?.string)
            largeBlob = try #require(shared["files"]?.array?.first?["blob"]?.string)
            smallLayer = try #require(try a.share(small)["layer"]?.string)
        }

        private func waitForBoth(_ node: TestNode) throws {
            try Laboratory.eventually("it knows both layers") {
                try node.ask("find")["results"]?.array?.count == 2
            }
        }

        /// Every file below a folder.
        private func files(_ folder: String) throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: folder).filter { path in
                (try? File.facts(of: "\(folder)/\(path)").kind) == .file
            }.sorted()
        }

        private func expectFullThenServing(_ node: TestNode) throws {
            let words = try node.refused("quota", "fetch", largeLayer)
            #expect(!words.isEmpty)
            #expect(node.isRunning, "\(node.log)")
            #expect(!Directory.exists(node.object(largeBlob)))
            #expect(try node.ask("list")["layers"]?.array?.isEmpty == true)
            let (objects, parts) = ("\(node.home)/store/obj", "\(node.home)/store/part")
            let before = (try files(objects), try files(parts))
            try node.refused(
                "quota", "share", "\(laboratory.path)/large.safetensors", "--visibility",
                "private", "--type", "memory")
            #expect(try files(objects) == before.0)
            #expect(try files(parts) == before.1)
            #expect(node.isRunning, "\(node.log)")
            _ = try node.ask("fetch", smallLayer)
            #expect(try node.ask("verify", smallLayer)["ok"]?.bool == true)
            node.stop()
        }

        /// A disk of 24 MB.
        private func smallDisk() throws -> String {
            let disk = "\(laboratory.path)/disk"
            try Directory.create(disk)
            let mount = try Program(
                "/usr/bin/mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk],
                in: laboratory.path
            ).wait()
            guard mount.code == 0 else { try Test.cancel("mounting is not allowed here") }
            return disk
        }

        private func unmount(_ disk: String) {
            _ = try? Program("/usr/bin/umount", ["-l", disk], in: laboratory.path).wait()
        }

        /// Takes all room of a disk.
        private func fill(_ disk: String) throws -> File {
            let filler = try File("\(disk)/filler", .create)
            var offset: UInt64 = 0
            for count in [1 << 20, 1 << 12] {
                let bytes = [UInt8](repeating: 1, count: count)
                while (try? filler.write(bytes, offset: offset)) != nil { offset += UInt64(count) }
            }
            return filler
        }

        private func check(_ node: TestNode, _ name: String) throws -> JSONValue? {
            let checks = try node.run("doctor").json["checks"]?.array
            return checks?.first { $0["name"]?.string == name }
        }

        @Test(.enabled(if: Machine.userNumber == 0, "only root can mount a small disk"))
        func `whose catalogue has no room says so, and has it all once there is some`() throws {
            let disk = try smallDisk()
            defer { unmount(disk) }
            let node = laboratory.node("b", home: "\(disk)/home")
            try node.start(["--join", a.ticket])
            defer { node.kill() }
            try waitForBoth(node)
            let filler = try fill(disk)
            var shared = 0
            let begun = Clock.monotonic()
            while try check(node, "catalogue") == nil, Clock.monotonic() - begun < 60_000_000_000 {
                shared += 1
                let file = try laboratory.write("note-\(shared).txt", "Note \(shared).\n")
                _ = try a.share(file, ["--name", "note-\(shared)"])
            }
            let said = try #require(try check(node, "catalogue"), "\(shared) layers, \(node.log)")
            #expect(said["ok"]?.bool == false)
            #expect(said["detail"]?.string?.contains("full") == true, "\(said)")
            let records = try node.ask("status")["network"]?["records"]
            #expect(records?["unkept"]?.integer ?? 0 > 0)
            try filler.resize(to: 0)
            try Laboratory.eventually("it has them all", seconds: 60) {
                try node.ask("find", "--limit", "100")["results"]?.array?.count == shared + 2
            }
            #expect(try check(node, "catalogue") == nil)
            #expect(node.isRunning, "\(node.log)")
        }

        @Test(.enabled(if: Machine.userNumber == 0, "only root can mount a small disk"))
        func `on a full disk refuses what does not fit and goes on`() throws {
            let disk = try smallDisk()
            defer { unmount(disk) }
            let node = laboratory.node("b", home: "\(disk)/home")
            try node.start(["--join", a.ticket])
            defer { node.kill() }
            try waitForBoth(node)
            try expectFullThenServing(node)
        }

        @Test func `under a limit of file size refuses what is too large and goes on`() throws {
            let node = laboratory.node("b")
            try node.start(
                ["--join", a.ticket],
                through: ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f 32768; exec \"$@\"", "sh"])
            try waitForBoth(node)
            try expectFullThenServing(node)
        }
    }
}
