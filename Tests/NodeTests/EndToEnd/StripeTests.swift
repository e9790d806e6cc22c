import Foundation
import Genome
import Host
import Testing

extension RealNodes {
    /// A peer far away, each connection to which is slower than what is between.
    @Suite("Several connections to a far peer", .serialized)
    struct StripeTests {
        private let laboratory: Laboratory
        private let a: TestNode
        private let b: TestNode
        private let line: SlowLine

        /// A line of 30 ms there and back, 6 MB/s for each connection.
        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
            line = try SlowLine(to: a, bytesPerSecond: 6_000_000, delay: 15_000_000)
            b = laboratory.node("b")
            try b.start(["--join", "127.0.0.1:\(line.port)"])
            try b.meets(a)
        }

        /// Bytes that each connection carried of a new layer, those that carried little left out.
        private func fetch(_ name: String, _ size: Int) throws -> [Int] {
            let source = try laboratory.layerFolder(name, size: size)
            let layer = try #require(try a.share(source)["layer"]?.string)
            try Laboratory.eventually("b hears of it") { try b.run("show", layer).code == 0 }
            let before = line.connections
            let answer = try b.ask("fetch", layer)
            let path = try #require(answer["path"]?.string)
            let file = "data.safetensors"
            let copy = URL(fileURLWithPath: "\(path)/\(file)").resolvingSymlinksInPath().path
            #expect(Laboratory.areEqual("\(source)/\(file)", copy))
            return line.connections.enumerated().map { index, bytes in
                bytes - (index < before.count ? before[index] : 0)
            }.filter { $0 > 1 << 20 }
        }

        @Test func `are opened where each is slow, not where one fills a limit`() throws {
            // The line answers the system at once: only the nodes' own words take the way, and are
            // measured each half minute.
            try Laboratory.eventually("the way is measured", seconds: 60) {
                try b.ask("peers")["peers"]?.array?.contains {
                    ($0["rtt"]?.integer ?? 0) > 20_000
                } == true
            }
            try b.ask("limits", "download=5M", "local=on")
            #expect(try fetch("limited", 20 << 20).count == 1)
            try b.ask("limits", "local=off")
            let several = try fetch("far", 96 << 20)
            #expect(several.count >= 2, "\(several)")
            #expect(several.reduce(0, +) < 98 << 20, "\(several)")
        }
    }
}
