import CrashReplay
import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

extension RealNodes {
    /// A node whose disk fails: every failure ends in a state with a name, nothing else is
    /// touched, and the node stays up.
    @Suite("A node with a failing disk", .serialized, .enabled(if: TracedProcess.isPossible))
    struct FaultTests {
        private static let size = 40 << 20
        private static let (noSpace, badDisk) = (28, 5)

        private let laboratory: Laboratory
        private let a: TestNode
        private let b: TestNode
        private let layer: String
        private let small: String
        private let calm: String

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
            b = laboratory.node("b")
            calm = "\(laboratory.path)/calm"
            let source = try laboratory.writeTensors("big.safetensors", size: Self.size)
            layer = try #require(try a.share(source)["layer"]?.string)
            let text = try laboratory.write("small.txt", "A small text.\n")
            small = try #require(try a.share(text)["layer"]?.string)
            _ = try b.ask("init")
        }

        /// Starts B with faults that come true from now until `relax`.
        private func start(_ faults: String...) throws {
            try relax()
            let home = try Directory.resolve(b.home)
            let settings = TracedProcess.environment(
                home: home, faults: faults.joined(separator: ";"), calm: calm)
            try b.start(
                ["--join", a.ticket],
                through: ["/usr/bin/env"] + settings.map { "\($0.key)=\($0.value)" }.sorted())
            try b.meets(a)
            try Laboratory.eventually("B knows both layers") {
                try b.ask("find")["results"]?.array?.count == 2
            }
            try Directory.removeFile(calm)
        }

        private func relax() throws { try laboratory.write("calm", "calm") }

        /// Whether the disk is as it should be once the node has ended.
        private func expectWhole(_ location: SourceLocation = #_sourceLocation) throws {
            b.kill()
            let key = try Keys.open(in: try Home.open(at: b.home)).node
            let bytes = try [UInt8](
                Data(contentsOf: URL(fileURLWithPath: "\(laboratory.path)/big.safetensors")))
            let check = HomeCheck(contents: [Blake3.hash(bytes): bytes], key: key)
            let faults = check.faults(of: b.home, owing: StorePromises())
            #expect(
                faults.isEmpty, "\(faults.joined(separator: "\n"))", sourceLocation: location)
        }

        @Test func `waits on a full disk and goes on when there is room`() throws {
            try start("write:.data:12:0:\(Self.noSpace)")
            let fetch = try b.spawn(["fetch", layer, "--json"])
            try Laboratory.eventually("it waits: \(b.log)") {
                let transfers = try b.run("status").json["transfers"]?.array ?? []
                return transfers.first?["pause"]?.string?.contains("disk is full") == true
            }
            // Longer than several tries, and what is not in need of room still works.
            usleep(7_000_000)
            #expect(fetch.isRunning, "\(fetch.out) \(fetch.error)")
            #expect(try b.run("list").code == 0)
            try relax()
            let outcome = fetch.wait(seconds: 60)
            #expect(outcome.code == 0, "\(outcome.out)")
            #expect(outcome.error.contains("waits: the disk is full"))
            // Nothing that was written came again.
            let received = outcome.json["received"]?.integer ?? 0
            #expect(received <= Int64(Self.size) + 1 << 20)
            #expect(try b.ask("verify", layer)["ok"]?.bool == true)
            try expectWhole()
        }

        @Test func `takes back durably what the journal had no room for`() throws {
            let log = "\(laboratory.path)/trace"
            let settings = TracedProcess.environment(
                home: try Directory.resolve(b.home), log: log,
                faults: "write:/journal/0:1:1:\(Self.noSpace)")
            let outcome = try b.spawn(
                ["trust", a.key, "--json"], environment: settings.mapValues { $0 }
            ).wait()
            #expect(outcome.code == 1, "\(outcome.out) \(outcome.error)")
            let entries = try TraceLog.read(log)
            let synced = try #require(
                entries.lastIndex { $0.kind == .sync && $0.path.hasPrefix("/journal/0") })
            let cut = try #require(
                entries.lastIndex {
                    $0.kind == .truncate && $0.inode == entries[synced].inode
                })
            #expect(cut < synced)
            _ = try b.ask("trust", a.key)
        }

        @Test func `gives up the blob whose sync failed, and only that`() throws {
            try start("sync:/store/part/:1:0:\(Self.badDisk)")
            let outcome = try b.run("fetch", layer)
            #expect(outcome.code == 1)
            #expect(outcome.words.contains("lost writes"), "\(outcome.out)")
            #expect(b.isRunning)
            try relax()
            _ = try b.ask("fetch", small)
            _ = try b.ask("fetch", layer)
            #expect(try b.ask("verify", layer)["ok"]?.bool == true)
            try expectWhole()
        }

        @Test func `writes on where the disk takes half of what it is given`() throws {
            try start("write:/store/:1:0:short")
            _ = try b.ask("fetch", layer)
            #expect(try b.ask("verify", layer)["ok"]?.bool == true)
            let own = try laboratory.writeTensors("own.safetensors", size: 3 << 20, seed: 4)
            let shared = try #require(try b.share(own)["layer"]?.string)
            #expect(try b.ask("verify", shared)["ok"]?.bool == true)
            try expectWhole()
        }

        /// Faults that a share meets, one after the other, each once.
        @Test(
            arguments: [
                "write:/store/part/import-:2:1:5", "write:/store/part/import-:1:1:28",
                "sync:/store/part/import-:1:1:5", "rename:/store/obj/:1:1:5",
                "open:/store/part/import-:1:1:28", "write:index.db-wal:1:4:28",
                "sync:index.db-wal:1:2:5", "write:/journal/:1:1:28",
            ])
        func `refuses a share that its disk does not take, and takes the next`(
            _ fault: String
        ) throws {
            try start("\(fault)")
            let own = try laboratory.writeTensors("own.safetensors", size: 3 << 20, seed: 4)
            let words = [
                "share", own, "--visibility", "private", "--licence", "Apache-2.0", "--type",
                "memory",
            ]
            let first = try b.spawn(words + ["--json"]).wait()
            #expect(b.isRunning, "\(b.log)")
            if first.code != 0 {
                #expect(["quota", "internal", "refused", "corrupt"].contains(first.failure ?? ""))
            }
            try relax()
            let second = try b.spawn(words + ["--json"]).wait()
            #expect(second.code == 0, "\(fault): \(second.out)")
            let shared = try #require(second.json["layer"]?.string)
            #expect(try b.ask("verify", shared)["ok"]?.bool == true)
            try expectWhole()
        }

        @Test func `takes no more changes when the journal's sync failed, until it starts anew`()
            throws
        {
            try start("sync:/journal/:1:1:\(Self.badDisk)")
            let own = try laboratory.writeTensors("own.safetensors", size: 300_000)
            let words = [
                "share", own, "--visibility", "private", "--licence", "Apache-2.0", "--type",
                "memory", "--json",
            ]
            let first = try b.spawn(words).wait()
            #expect(first.code == 1 && first.words.contains("lost writes"), "\(first.out)")
            let second = try b.spawn(words).wait()
            #expect(second.code == 1 && second.words.contains("lost writes"), "\(second.out)")
            #expect(b.isRunning)
            #expect(try b.run("list").code == 0)
            b.kill()
            let shared = try b.spawn(words).wait()
            #expect(shared.code == 0, "\(shared.out)")
            try expectWhole()
        }

        @Test func `does not serve what it cannot read, and says so`() throws {
            try start("read:/store/obj/:60:0:\(Self.badDisk)")
            _ = try b.ask("fetch", layer)
            a.stop()
            let c = try laboratory.running("c", joining: [b])
            try c.meets(b)
            try Laboratory.eventually("C hears of it") { try c.run("show", layer).code == 0 }
            let outcome = try c.run("fetch", layer)
            if outcome.code != 0 {
                #expect(["unreachable", "corrupt"].contains(outcome.failure ?? ""))
            }
            #expect(b.isRunning)
            try relax()
            _ = try c.ask("fetch", layer)
            #expect(try c.ask("verify", layer)["ok"]?.bool == true)
        }
    }
}
