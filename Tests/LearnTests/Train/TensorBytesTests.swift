import Genome
import Host
import Testing
import Wire

@testable import Learn

@Suite("Tensors as the bytes of a file")
struct TensorBytesTests {
    private let tensors = [
        TrainedTensor(name: "y", shape: [2, 2], values: [1, 2, 3, 4]),
        TrainedTensor(name: "x", shape: [0], values: []),
    ]

    @Test("are sorted, and hash as they are written")
    func write() throws {
        let scratch = try TrainScratch()
        let path = scratch.path + "/t"
        let written = try TensorBytes.write(tensors, to: path)
        let bytes = try File(path, .read).readAll(limit: 1 << 20)
        #expect(written.size == UInt64(bytes.count) && written.blob == Blake3.hash(bytes))
        #expect(TensorBytes.hash(tensors.reversed()) == written.blob)
        #expect(TensorBytes.size(tensors) == bytes.count)
        let read = try TensorBytes.read(bytes, name: "t")
        #expect(read.map(\.name) == ["x", "y"] && read[1].values == [1, 2, 3, 4])
        #expect(throws: SystemError.self) { _ = try TensorBytes.write(tensors, to: path) }
    }

    @Test("are refused when cut short or of another type")
    func refusals() throws {
        let header = TensorHeader.bytes([("a", "BF16", [2])])
        #expect(throws: LearnError.self) {
            _ = try TensorBytes.read(header + [0, 0, 0, 0], name: "t")
        }
        #expect(throws: LearnError.self) { _ = try TensorBytes.read(header, name: "t") }
        #expect(throws: LearnError.self) { _ = try TensorBytes.read([], name: "t") }
    }
}
