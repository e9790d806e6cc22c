import Foundation
import Genome
import Host
import Testing

extension RealNodes {
    /// A node that dies in the middle of a fetch.
    @Suite("A fetch cut off by kill -9", .serialized)
    struct ResumeTests {
        private static let size = Laboratory.isLong ? 1 << 30 : 384 << 20

        private static func done(_ node: TestNode) throws -> Int64 {
            let transfers = try node.run("status").json["transfers"]?.array ?? []
            return transfers.first?["done"]?.integer ?? 0
        }

        @Test func `goes on with nearly all that had arrived`() throws {
            let laboratory = try Laboratory()
            let source = try laboratory.writeTensors("big.safetensors", size: Self.size)
            let a = try laboratory.running("a")
            let layer = try #require(try a.share(source)["layer"]?.string)
            let b = try laboratory.running("b", joining: [a])
            try Laboratory.eventually("B hears of it") { try b.run("show", layer).code == 0 }

            let fetch = try b.spawn(["fetch", layer, "--json"])
            var arrived: Int64 = 0
            while arrived < Int64(Self.size) * 3 / 10, fetch.isRunning {
                arrived = try Self.done(b)
            }
            b.kill()
            let cut = fetch.wait()
            #expect(cut.code == 1, "\(cut.out)")
            #expect(cut.failure == "unreachable")
            try #require(arrived >= Int64(Self.size) * 3 / 10, "the fetch was over too soon")
            try #require(arrived < Int64(Self.size), "the fetch was over too soon")

            try b.start(["--join", a.ticket])
            let answer = try b.ask("fetch", layer, "--out", "\(laboratory.path)/out")
            let reused = try #require(answer["reused"]?.integer)
            #expect(reused >= arrived * 9 / 10, "\(reused) of \(arrived) bytes were kept")
            let received = try #require(answer["received"]?.integer)
            #expect(received <= Int64(Self.size) + 2 << 20 - reused + 1 << 20)
            #expect(Laboratory.areEqual(source, "\(laboratory.path)/out/big.safetensors"))
            #expect(try b.ask("verify", layer)["ok"]?.bool == true)
            b.stop()
            a.stop()
        }
    }
}
