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

        @Test func `a fine-tune comes as steps from the base that is here`() throws {
            let base = TrainedWeights(mebibytes: 24)
            let (parent, _) = try share("base", base.bytes)
            _ = try fetch(parent)
            try Laboratory.eventually("b says to everyone that it has the base") {
                try a.ask("show", parent)["holders"]?.array?.count == 2
            }
            let tuned = base.tuned().bytes
            let (layer, path) = try share("tuned", tuned, ["--parent", parent])
            let came = try fetch(layer)
            #expect(came.wire < tuned.count / 4, "\(came.wire) of \(tuned.count)")
            let copy = try #require(came.answer["path"]?.string) + "/model.safetensors"
            #expect(Laboratory.areEqual(path, Self.target(of: copy)))
        }

        @Test func `other files come as they are`() throws {
            let bytes = Laboratory.bytes(6 << 20)
            let path = try laboratory.write("noise/data.dat", bytes)
            let answer = try a.share(path, ["--name", "noise"])
            let came = try fetch(try #require(answer["layer"]?.string))
            #expect(came.wire == came.received)
            let copy = try #require(came.answer["path"]?.string) + "/data.dat"
            #expect(Laboratory.areEqual(path, Self.target(of: copy)))
        }
    }
}
