import Genome
import Host
import Testing

@testable import Node

@Suite("A bench model")
struct BenchModelTests {
    @Test func `holds weights of one spread and is gone afterwards`() throws {
        let report = Report(isJSON: true, writeOut: { _ in }, writeError: { _ in })
        var model: BenchModel? = try BenchModel(megabytes: 1, report)
        let path = try #require(model?.path)
        let file = try File("\(path)/model.safetensors", .read)
        let bytes = try file.readAll(limit: 2 << 20)
        let length = try TensorFile.headerLength(
            first: Array(bytes[..<8]), fileSize: UInt64(bytes.count))
        let header = try TensorFile(
            header: Array(bytes[..<Int(length)]), fileSize: UInt64(bytes.count))
        #expect(header.tensors.map(\.name) == ["model.weight"])
        let values = stride(from: Int(length), to: bytes.count, by: 2).map { place in
            Float(bitPattern: (UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place])) << 16)
        }
        #expect(values.count == 1 << 19)
        let mean = values.reduce(0, +) / Float(values.count)
        let variance = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
        #expect(abs(mean) < 0.0005 && abs(variance.squareRoot() - 0.02) < 0.0005)
        model = nil
        #expect(!Directory.exists(path))
    }
}
