import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// A line on which a group takes longer than a connection stands.
    @Suite("A line that breaks", .serialized)
    struct PartsTests {
        /// Bytes of a file, and bytes a second of the line: 2 Mbit/s.
        private static let (size, rate) = (3 << 20, 250_000)

        @Test func `a file comes in parts over connections that break each 3.5 s`() throws {
            let laboratory = try Laboratory()
            // A light node calls nobody: b has no way to it but the line.
            let a = try laboratory.running("a", ["--role", "light"])
            let line = try SlowLine(to: a, bytesPerSecond: Self.rate, delay: 10_000_000)
            let b = laboratory.node("b")
            try b.start(["--join", "127.0.0.1:\(line.port)"])
            try b.meets(a)
            let bytes = Laboratory.bytes(Self.size)
            let path = try laboratory.write("noise/data.dat", bytes)
            let answer = try a.share(path, ["--name", "noise"])
            let layer = try #require(answer["layer"]?.string)
            try Laboratory.eventually("b hears of it") { try b.run("show", layer).code == 0 }
            let before = line.bytes
            let isOver = Lock(false)
            let cuts = Lock(0)
            let cutter = try Thread("cutter") {
                while !isOver.withLock({ $0 }) {
                    usleep(3_500_000)
                    line.cut()
                    cuts.withLock { $0 += 1 }
                }
            }
            let outcome = try b.spawn(["fetch", layer, "--json"]).wait(seconds: 120)
            isOver.withLock { $0 = true }
            cutter.join()
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let copy = try #require(outcome.json["path"]?.string) + "/data.dat"
            let file = URL(fileURLWithPath: copy).resolvingSymlinksInPath().path
            #expect(Laboratory.areEqual(path, file))
            #expect(try b.ask("verify", layer)["ok"]?.bool == true)
            // What was on its way is lost with each connection: a group with the first, of which
            // nothing was known, then a part and what the buffers of the line hold; and each
            // connection begins with a handshake and news.
            let (passed, broken) = (line.bytes - before, cuts.withLock { $0 })
            #expect(passed >= Self.size && broken >= 3, "\(passed) \(broken)")
            #expect(passed <= Self.size * 102 / 100 + broken * 300_000, "\(passed) \(broken)")
        }
    }
}
