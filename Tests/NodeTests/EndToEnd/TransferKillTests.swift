import CrashReplay
import Foundation
import Genome
import Host
import Testing
import Wire

extension RealNodes {
    /// Any party of a transfer dies at a random moment: a source, the other, or who fetches.
    @Suite("A transfer whose parties are killed", .serialized)
    struct TransferKillTests {
        private static let rounds = CrashSuite.isFull ? 200 : 6
        private static let size: Int64 = 48 << 20
        /// Groups that are asked for at a time, which a killed node asks for again.
        private static let lossMax: Int64 = 24 << 20

        private let laboratory: Laboratory
        private let sources: [TestNode]
        private let b: TestNode
        private let layer: String
        private let file: String

        init() throws {
            laboratory = try Laboratory()
            let a = try laboratory.running("a")
            let c = try laboratory.running("c", joining: [a])
            b = laboratory.node("b")
            sources = [a, c]
            file = try laboratory.writeTensors("big.safetensors", size: Int(Self.size))
            let shared = try a.share(file, ["--name", "big"])["layer"]?.string
            layer = try #require(shared)
            _ = try c.ask("find", "big", "--wait", "20")
            try c.ask("fetch", layer)
        }

        @Test func `all of it comes, whoever dies`() throws {
            let seed = CrashSuite.seed()
            var dice = Dice(seed: seed)
            var (cut, spared) = (0, 0)
            try startTarget()
            // Slow enough for most kills to fall into the transfer.
            try b.ask("limits", "download=24M", "local=on")
            for round in 0..<Self.rounds {
                let victim = round % 3
                let wait = UInt32.random(in: 5..<2_100, using: &dice)
                let was = try kill(victim, after: wait)
                if was.isCut { cut += 1 } else { spared += 1 }
                let verified = try b.run("verify", layer)
                #expect(verified.json["ok"]?.bool == true, "seed \(seed), round \(round)")
                try #require(was.isWhole, "seed \(seed), round \(round), \(wait) ms: \(was.said)")
                try b.ask("remove", layer, "--last-copy")
            }
            for source in sources {
                #expect(try source.ask("verify", layer)["ok"]?.bool == true)
            }
            print("transfer kills: seed \(seed), \(cut) cut the transfer, \(spared) came after it")
        }

        /// A fetch during which one party is killed and started again, to its end.
        private func kill(
            _ victim: Int, after wait: UInt32
        ) throws -> (isCut: Bool, isWhole: Bool, said: String) {
            let fetch = try b.spawn(["fetch", layer, "--wait", "40", "--json"])
            usleep(wait * 1000)
            let isCut = fetch.isRunning
            if victim < sources.count {
                let source = sources[victim]
                let port = source.port
                source.kill()
                try source.start(
                    ["--listen", "127.0.0.1:\(port)", "--join", sources[1 - victim].ticket])
                let outcome = fetch.wait(seconds: 90)
                try b.meets(source)
                return (isCut, try isWhole(outcome), outcome.out + outcome.error)
            }
            b.kill()
            _ = fetch.wait(seconds: 20)
            try startTarget()
            let outcome = try b.run("fetch", layer, "--wait", "40", seconds: 90)
            return (isCut, try isWhole(outcome), outcome.out + outcome.error)
        }

        private func startTarget() throws {
            try b.start(sources.flatMap { ["--join", $0.ticket] })
            for source in sources { try b.meets(source) }
            try Laboratory.eventually("b hears of it") { try b.run("show", layer).code == 0 }
        }

        /// Whether a fetch ended well: every byte is the publisher's, and few came twice.
        private func isWhole(_ outcome: Outcome) throws -> Bool {
            guard outcome.code == 0 else { return false }
            let received = outcome.json["received"]?.integer ?? 0
            let reused = outcome.json["reused"]?.integer ?? 0
            #expect(received + reused <= Self.size + Self.size / 50 + Self.lossMax)
            let folder = try #require(outcome.json["path"]?.string)
            let copy = URL(fileURLWithPath: folder + "/big.safetensors").resolvingSymlinksInPath()
            return Laboratory.areEqual(file, copy.path)
        }
    }
}
