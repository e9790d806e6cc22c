import Foundation
import Genome
import Host
import Testing

extension RealNodes {
    /// A fetch of what is on the machine already, in other words, places or files.
    @Suite("A fetch of what is partly here", .serialized)
    struct ReuseTests {
        private let laboratory: Laboratory
        private let a: TestNode
        private let b: TestNode

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
            b = try laboratory.running("b", joining: [a])
            try b.meets(a)
        }

        /// A safetensors file of tensors `name: seed`, each of `size` bytes, in this order.
        private func tensors(
            _ file: String, _ tensors: [(name: String, seed: UInt64)], size: Int
        ) throws -> String {
            let rows = tensors.enumerated().map { index, tensor in
                "\"\(tensor.name)\":{\"dtype\":\"U8\",\"shape\":[\(size)],"
                    + "\"data_offsets\":[\(index * size),\((index + 1) * size)]}"
            }
            var header = "{\(rows.joined(separator: ","))}"
            while header.utf8.count % 8 != 0 { header += " " }
            var length = UInt64(header.utf8.count)
            var bytes: [UInt8] = []
            for _ in 0..<8 {
                bytes.append(UInt8(length & 255))
                length >>= 8
            }
            bytes += Array(header.utf8)
            for tensor in tensors { bytes += Laboratory.bytes(size, seed: tensor.seed) }
            return try laboratory.write(file, bytes)
        }

        private func shared(_ path: String, _ options: String...) throws -> String {
            let layer = try #require(try a.share(path, options)["layer"]?.string)
            try Laboratory.eventually("B hears of it") { try b.run("show", layer).code == 0 }
            return layer
        }

        private func fetched(
            _ layer: String, as source: String, _ options: String...
        ) throws -> (received: Int64, reused: Int64) {
            let out = "\(laboratory.path)/out-\(layer.prefix(8))"
            let outcome = try b.spawn(["fetch", layer, "--out", out, "--json"] + options).wait()
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let name = source.split(separator: "/").last.map(String.init) ?? ""
            #expect(Laboratory.areEqual(source, "\(out)/\(name)"))
            #expect(try b.ask("verify", layer)["ok"]?.bool == true)
            return (
                outcome.json["received"]?.integer ?? -1, outcome.json["reused"]?.integer ?? -1
            )
        }

        @Test func `goes on with what another program left of a download`() throws {
            let source = try laboratory.writeTensors("data.safetensors", size: 24 << 20)
            let layer = try shared(source)
            let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: source)))
            try laboratory.write("cache/blobs/abc.incomplete", Array(bytes.prefix(17 << 20 + 9)))
            try laboratory.write("cache/other", Laboratory.bytes(3 << 20, seed: 77))
            let moved = try fetched(layer, as: source, "--reuse", "\(laboratory.path)/cache")
            #expect(moved.reused == 17 << 20)
            #expect(moved.received < 8 << 20)
        }

        @Test func `takes what an older version has at the same places`() throws {
            let old = try laboratory.writeTensors("one/data.safetensors", size: 20 << 20)
            let new = try laboratory.write(
                "two/data.safetensors", try [UInt8](Data(contentsOf: URL(fileURLWithPath: old))))
            for place in [3 << 20 + 1, 11 << 20 + 1] as [UInt64] {
                try Laboratory.flip(new, at: place)
            }
            let first = try shared(old, "--name", "d", "--version", "1.0.0")
            _ = try fetched(first, as: old)
            let second = try shared(new, "--name", "d", "--version", "1.1.0")
            let moved = try fetched(second, as: new)
            // Twenty groups and the rest behind them, two of them changed; tables are small.
            #expect(moved.reused >= 18 << 20, "\(moved)")
            #expect(moved.received < 3 << 20, "\(moved)")
        }

        @Test func `takes tensors of another layer that stand elsewhere`() throws {
            let size = 3 << 20
            let names = (0..<6).map { (name: "layer.\($0)", seed: UInt64($0 + 1)) }
            let old = try tensors("old/a.safetensors", names, size: size)
            // The other way round, under other names of file and layer, one of them trained on.
            var order = Array(names.reversed())
            order[2].seed = 99
            let new = try tensors("new/b.safetensors", order, size: size)
            _ = try fetched(try shared(old, "--name", "old"), as: old)
            let moved = try fetched(
                try shared(new, "--name", "new", "--parent", "old"), as: new)
            // Of 18 MiB the trained tensor, the group with the header and those at its edges.
            #expect(moved.received <= 6 << 20, "\(moved)")
            #expect(moved.reused >= 12 << 20, "\(moved)")
        }
    }
}
