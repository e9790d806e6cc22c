import CrashReplay
import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

extension RealNodes {
    /// A node that is killed at random moments of what it does to its disk.
    @Suite("A node that is killed again and again", .serialized)
    struct KillTests {
        /// What is under way when the process dies.
        private enum Work: CaseIterable {
            case share
            case fetch
            case remove
            case compact
        }

        /// What became of the kills.
        private struct Tally {
            var kills = 0
            var answered = 0
            var cut = 0
            var largestLoss: Int64 = 0
        }

        private static let kills = CrashSuite.isFull ? 320 : 16
        private static let size = 96 << 20

        private let laboratory: Laboratory
        private let a: TestNode
        private let b: TestNode
        private let layer: Digest
        private let source: String

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
            b = laboratory.node("b")
            source = try laboratory.writeTensors("big.safetensors", size: Self.size)
            let shared = try #require(try a.share(source)["layer"]?.string)
            layer = try #require(Digest(hexadecimal: shared))
            _ = try b.ask("init")
        }

        @Test func `keeps what was answered, and what had come of a fetch`() throws {
            let seed = CrashSuite.seed()
            var dice = Dice(seed: seed)
            var (promises, tally) = (StorePromises(), Tally())
            let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: source)))
            let check = HomeCheck(contents: [Blake3.hash(bytes): bytes], key: try key())
            for round in 0..<Self.kills {
                let work = Work.allCases[round % Work.allCases.count]
                switch work {
                case .share: try share(round, &promises, &tally, &dice)
                case .fetch: try fetch(&promises, &tally, &dice)
                case .remove: try remove(&promises, &tally, &dice)
                case .compact: try compact(&promises, &tally, &dice)
                }
                let faults = check.faults(of: b.home, owing: promises)
                let list = faults.prefix(8).joined(separator: "\n")
                #expect(faults.isEmpty, "seed \(seed), round \(round) (\(work)):\n\(list)")
                if !faults.isEmpty { break }
            }
            print(
                "kill loop: seed \(seed), \(tally.kills) kills, \(tally.answered) behind an "
                    + "answer, \(tally.cut) fetches cut; at most \(tally.largestLoss) bytes that "
                    + "were there had to come again")
            #expect(tally.kills == Self.kills)
            // What was on its way to the disk: at most as many groups as are asked for at a time.
            #expect(tally.largestLoss <= 24 << 20)
        }

        private func key() throws -> SigningKey {
            try Keys.open(in: try Home.open(at: b.home)).node
        }

        private func wait(_ range: Range<UInt32>, _ dice: inout Dice) {
            usleep(UInt32.random(in: range, using: &dice) * 1000)
        }

        /// Kills a command; whether it had answered before.
        private func kill(_ command: Program, _ tally: inout Tally) -> JSONValue? {
            command.signal(SIGKILL)
            let outcome = command.wait()
            tally.kills += 1
            guard outcome.code == 0 else { return nil }
            tally.answered += 1
            return outcome.json
        }

        /// A command that shares without a node.
        private func share(
            _ round: Int, _ promises: inout StorePromises, _ tally: inout Tally,
            _ dice: inout Dice
        ) throws {
            let path = try laboratory.writeTensors(
                "own/\(round).safetensors", size: 3 << 20 + round, seed: UInt64(round + 9), mask: 7)
            let command = try b.spawn([
                "share", path, "--visibility", "private", "--licence", "Apache-2.0", "--type",
                "memory", "--json",
            ])
            wait(10..<220, &dice)
            guard let answer = kill(command, &tally),
                let id = answer["layer"]?.string.flatMap({ Digest(hexadecimal: $0) })
            else { return }
            let blobs = (answer["files"]?.array ?? []).compactMap { file in
                file["blob"]?.string.flatMap { Digest(hexadecimal: $0) }
            }
            promises.apply(.adding(id, blobs))
            promises.apply(.added(id))
            for blob in blobs { promises.apply(.imported(blob)) }
        }

        /// A node that fetches.
        private func fetch(
            _ promises: inout StorePromises, _ tally: inout Tally, _ dice: inout Dice
        ) throws {
            try b.start(["--join", a.ticket])
            try b.meets(a)
            if promises.layers[layer] != .here { promises.apply(.removing(layer)) }
            let command = try b.spawn(["fetch", layer.hexadecimal, "--json"])
            wait(20..<400, &dice)
            let transfers = try b.run("status").json["transfers"]?.array ?? []
            let done = transfers.first?["done"]?.integer ?? 0
            b.kill()
            tally.kills += 1
            let outcome = command.wait()
            if outcome.code == 0 {
                tally.answered += 1
                promises.apply(.adding(layer, []))
                promises.apply(.added(layer))
                return
            }
            if done > 0 { tally.cut += 1 }
            tally.largestLoss = max(tally.largestLoss, done - (try kept()))
        }

        /// Bytes of the layer's blobs that a new process has.
        private func kept() throws -> Int64 {
            let home = try Home.open(at: b.home)
            let library = try Library(home, key: try Keys.open(in: home).node)
            var bytes: UInt64 = 0
            for entry in try library.index.blobs() {
                if entry.state != .partial {
                    bytes += entry.size
                    continue
                }
                let partial = try library.partial(entry.id, size: entry.size)
                let groups = partial.groups
                for group in 0..<groups.count where groups.contains(group) {
                    bytes += UInt64(HashTree.groupRange(group, size: entry.size).count)
                }
            }
            return Int64(bytes)
        }

        /// A command that keeps a layer in fewer bytes; nothing that is promised changes.
        private func compact(
            _ promises: inout StorePromises, _ tally: inout Tally, _ dice: inout Dice
        ) throws {
            let here = promises.layers.filter { $0.value == .here }.map(\.key).sorted()
            let target = here.randomElement(using: &dice) ?? layer
            try release(target)
            let command = try b.spawn(["compact", target.hexadecimal, "--json"])
            wait(10..<300, &dice)
            _ = kill(command, &tally)
        }

        /// Ends what keeps blobs that were just brought in as they are.
        private func release(_ layer: Digest) throws {
            let home = try Home.open(at: b.home)
            let library = try Library(home, key: try Keys.open(in: home).node)
            for reason in [LeaseReason.importing, .fetching, .linked] {
                try library.index.endLeases(layer: layer, reason)
            }
        }

        /// A command that removes a layer, of this node or fetched.
        private func remove(
            _ promises: inout StorePromises, _ tally: inout Tally, _ dice: inout Dice
        ) throws {
            let here = promises.layers.filter { $0.value == .here }.map(\.key).sorted()
            let target = here.randomElement(using: &dice) ?? layer
            let command = try b.spawn([
                "remove", target.hexadecimal, "--last-copy", "--json",
            ])
            promises.apply(.removing(target))
            wait(10..<150, &dice)
            if kill(command, &tally) != nil { promises.apply(.removed(target)) }
        }
    }
}
