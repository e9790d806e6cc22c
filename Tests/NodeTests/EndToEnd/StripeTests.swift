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

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
        }

        /// A fetch over a line of 30 ms there and back, 6 MB/s for each connection.
        private func fetch(
            _ size: Int, _ limits: String...
        ) throws -> (node: TestNode, line: SlowLine) {
            let line = try SlowLine(to: a, bytesPerSecond: 6_000_000, delay: 15_000_000)
            let b = laboratory.node("b")
            try b.start(["--join", "127.0.0.1:\(line.port)"])
            try b.meets(a)
            if !limits.isEmpty { try b.ask("limits", limits[0], "local=on") }
            let source = try laboratory.layerFolder("far", size: size)
            let shared = try a.share(source)
            let layer = try #require(shared["layer"]?.string)
            try Laboratory.eventually("b hears of it") { try b.run("show", layer).code == 0 }
            let answer = try b.ask("fetch", layer)
            let folder = try #require(answer["path"]?.string)
            let name = "data.safetensors"
            let copy = URL(fileURLWithPath: "\(folder)/\(name)").resolvingSymlinksInPath().path
            #expect(Laboratory.areEqual("\(source)/\(name)", copy))
            return (b, line)
        }

        @Test func `are opened, and each brings its part`() throws {
            let (_, line) = try fetch(96 << 20)
            let busy = line.connections.filter { $0 > 4 << 20 }
            #expect(busy.count >= 2, "\(line.connections)")
            #expect(line.bytes < 99 << 20, "\(line.connections)")
        }

        @Test func `are not where a limit is filled by one`() throws {
            let (_, line) = try fetch(20 << 20, "download=5M")
            #expect(line.connections.filter { $0 > 1 << 20 }.count == 1, "\(line.connections)")
        }
    }
}
