import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Weights over a line that is slower than a codec.
    @Suite("Weights that come coded", .serialized)
    struct CodedTransferTests {
        private let laboratory: Laboratory
        private let a: TestNode
        private let line: SlowLine
        private let b: TestNode

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
            line = try SlowLine(to: a, bytesPerSecond: 4_000_000)
            b = laboratory.node("b")
            try b.start(["--join", "127.0.0.1:\(line.port)"])
            try b.meets(a)
        }

        private func share(
            _ name: String, _ bytes: [UInt8], _ options: [String] = []
        ) throws -> (layer: String, path: String) {
            let path = try laboratory.write("\(name)/model.safetensors", bytes)
            let answer = try a.share("\(laboratory.path)/\(name)", options + ["--name", name])
            return (try #require(answer["layer"]?.string), path)
        }

        /// Fetches a layer; bytes of its files, as counted by the node, and by the line.
        private func fetch(
            _ layer: String
        ) throws -> (answer: JSONValue, received: Int, wire: Int, line: Int) {
            try Laboratory.eventually("b hears of it") { try b.run("show", layer).code == 0 }
            let before = line.bytes
            let answer = try b.ask("fetch", layer)
            let received = Int(answer["received"]?.integer ?? 0)
            return (answer, received, Int(answer["wire"]?.integer ?? 0), line.bytes - before)
        }

        /// The file that a layer's folder links to.
        private static func target(of path: String) -> String {
            URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        }

        @Test func `a model comes in less than three quarters of its bytes, and is equal`() throws {
            let weights = TrainedWeights(mebibytes: 24).bytes
            let (layer, path) = try share("model", weights)
            let came = try fetch(layer)
            #expect(came.received >= weights.count)
            #expect(came.wire < weights.count * 3 / 4, "\(came.wire) of \(weights.count)")
            #expect(came.line < weights.count * 3 / 4 + 1 << 20, "\(came.line)")
            let copy = try #require(came.answer["path"]?.string) + "/model.safetensors"
            #expect(Laboratory.areEqual(path, Self.target(of: copy)))
            #expect(try b.ask("verify", layer)["ok"]?.bool == true)
        }
    }
}
