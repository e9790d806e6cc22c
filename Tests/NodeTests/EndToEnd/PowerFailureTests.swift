import CrashReplay
import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

extension RealNodes {
    /// The writes of a real node, lost at any moment.
    @Suite("A node whose power fails", .serialized, .enabled(if: TracedProcess.isPossible))
    struct PowerFailureTests {
        private let laboratory: Laboratory
        private let a: TestNode
        private let b: TestNode
        private let log: String

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
            b = laboratory.node("b", home: "\(try Directory.resolve(laboratory.path))/b")
            log = "\(laboratory.path)/trace"
        }

        private func mark(_ mark: StoreMark) throws { try TraceLog.mark(mark.text, in: log) }

        private func layer(_ answer: JSONValue) throws -> (id: Digest, blobs: [Digest]) {
            let id = try #require(answer["layer"]?.string.flatMap { Digest(hexadecimal: $0) })
            let files = answer["files"]?.array ?? []
            return (id, files.compactMap { $0["blob"]?.string.flatMap { Digest(hexadecimal: $0) } })
        }

        /// What a person does with a node, each answer marked.
        private func work() throws -> Digest {
            let settings = TracedProcess.environment(home: b.home, log: log)
            let source = try laboratory.writeTensors("big.safetensors", size: 5 << 20)
            let big = try layer(try a.share(source))
            try b.start(
                ["--join", a.ticket],
                through: ["/usr/bin/env"] + settings.map { "\($0.key)=\($0.value)" }.sorted())
            try b.meets(a)
            try Laboratory.eventually("B hears of it") {
                try b.run("show", big.id.hexadecimal).code == 0
            }
            try mark(.adding(big.id, big.blobs))
            _ = try b.ask("fetch", big.id.hexadecimal)
            for blob in big.blobs { try mark(.fetched(blob)) }
            try mark(.added(big.id))
            _ = try b.ask("pin", big.id.hexadecimal)
            try mark(.pinned(big.id))
            let folder = try laboratory.layerFolder("own", size: 2 << 20, seed: 3)
            let own = try layer(try b.share(folder))
            try mark(.adding(own.id, own.blobs))
            for blob in own.blobs { try mark(.imported(blob)) }
            try mark(.added(own.id))
            try mark(.unpinning(big.id))
            _ = try b.ask("unpin", big.id.hexadecimal)
            try mark(.unpinned(big.id))
            try mark(.removing(own.id))
            _ = try b.ask("remove", own.id.hexadecimal, "--last-copy")
            try mark(.removed(own.id))
            b.stop()
            return big.blobs[0]
        }

        @Test func `has all that was answered, whatever its disk had not written`() throws {
            let seed = CrashSuite.seed()
            var dice = Dice(seed: seed)
            let blob = try work()
            let bytes = try [UInt8](
                Data(contentsOf: URL(fileURLWithPath: "\(laboratory.path)/big.safetensors")))
            let key = try Keys.open(in: try Home.open(at: b.home)).node
            let trace = try TraceLog.read(log)
            let folder = "\(Directory.exists("/dev/shm") ? "/dev/shm" : "/tmp")/pl-\(seed)"
            try Directory.create(folder)
            defer { try? Directory.removeTree(folder) }
            let replay = CrashReplay(
                trace, check: HomeCheck(contents: [blob: bytes], key: key), in: folder)
            let share = CrashSuite.isFull ? 1.0 : min(1, 60 / Double(replay.pointCount))
            let outcome = try replay.run(
                &dice, random: CrashSuite.isFull ? 4 : 1, singlesMax: CrashSuite.isFull ? 8 : 2
            ) { _, dice in Double.random(in: 0..<1, using: &dice) < share }
            print(
                "power failures of a node: seed \(seed), \(outcome.points) of "
                    + "\(replay.pointCount) points, \(outcome.images) disks, "
                    + "\(outcome.faults.count) faults")
            #expect(outcome.images > 100)
            let list = outcome.faults.joined(separator: "\n")
            #expect(outcome.faults.isEmpty, "PLASMID_SEED=\(seed):\n\(list)")
        }
    }
}
