import CrashReplay
import Foundation
import Host
import Testing
import Wire

@testable import Store

/// Every change that a store makes to its disk is written down; then the power goes at any of
/// them, and the disk may have lost what was not synced.
@Suite("A power failure at any moment", .serialized, .enabled(if: TracedProcess.isPossible))
struct CrashReplayTests {
    /// Blobs of the driver by id, and what it wrote of itself, over two lives of the process.
    private static func trace(_ scratch: Scratch, seed: UInt64) throws -> [TraceEntry] {
        let log = "\(scratch.path)/trace"
        let home = "\(scratch.path)/traced"
        for life in 0..<2 {
            try TracedProcess.run(
                "StoreDriver", [home, log, "\(life * 2 + 1)", "2", "\(seed &+ UInt64(life))"],
                home: home, log: log)
        }
        return try TraceLog.read(log)
    }

    private static func contents() -> [Digest: [UInt8]] {
        var contents: [Digest: [UInt8]] = [:]
        for round in 1...4 as ClosedRange<UInt64> {
            for (size, place) in [(3 << 20 - 5, 3), (1 << 20 + 9_000, 4)] as [(Int, UInt64)] {
                let bytes = SampleBytes.make(size, seed: round * 10 + place)
                contents[Blake3.hash(bytes)] = bytes
            }
        }
        return contents
    }

    @Test func `costs an import one sync of its bytes and two of the index`() throws {
        let scratch = Scratch(in: Directory.exists("/dev/shm") ? "/dev/shm" : "/tmp")
        let trace = try Self.trace(scratch, seed: 1)
        var drafts: [UInt64: String] = [:]
        var (syncs, imports) = ([String: Int](), 0)
        for entry in trace {
            switch entry.kind {
            case .create: drafts[entry.inode] = entry.path
            case .mark where String(decoding: entry.data, as: UTF8.self).hasPrefix("importing"):
                syncs = [:]
            case .mark where String(decoding: entry.data, as: UTF8.self).hasPrefix("imported"):
                imports += 1
                let bytes = syncs.filter { $0.key.contains("/import-") }
                #expect(!bytes.isEmpty && bytes.allSatisfy { $0.value == 1 }, "\(bytes)")
                // A log that begins anew has its head synced as well.
                let index = syncs.filter { $0.key.hasSuffix("-wal") }.values.reduce(0, +)
                #expect(2...3 ~= index, "\(syncs)")
            case .sync: syncs[drafts[entry.inode] ?? entry.path, default: 0] += 1
            default: break
            }
        }
        #expect(imports >= 4)
    }

    @Test func `leaves a home that opens with all that was answered`() throws {
        let scratch = Scratch(in: Directory.exists("/dev/shm") ? "/dev/shm" : "/tmp")
        let seed = CrashSuite.seed()
        var dice = Dice(seed: seed)
        let trace = try Self.trace(scratch, seed: seed)
        let replay = CrashReplay(
            trace, check: HomeCheck(contents: Self.contents(), key: Fixture.key(7)),
            in: scratch.path)
        let count = replay.pointCount
        let share = CrashSuite.isFull ? 1.0 : min(1, 60 / Double(count))
        let outcome = try replay.run(
            &dice, random: CrashSuite.isFull ? 6 : 1, singlesMax: CrashSuite.isFull ? 10 : 2
        ) { _, dice in
            Double.random(in: 0..<1, using: &dice) < share
        }
        print(
            "crash replay: seed \(seed), \(outcome.points) of \(count) points, "
                + "\(outcome.images) disks, \(outcome.faults.count) faults")
        #expect(count > 300)
        #expect(outcome.images > (CrashSuite.isFull ? 10_000 : 100))
        let list = outcome.faults.joined(separator: "\n")
        #expect(outcome.faults.isEmpty, "seed \(seed), set PLASMID_SEED to see it again:\n\(list)")
    }
}
