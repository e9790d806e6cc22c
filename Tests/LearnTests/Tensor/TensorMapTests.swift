import Genome
import Testing

@testable import Learn

@Suite struct TensorMapTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func map(_ files: [(name: String, tensors: [HandTensor])]) throws -> TensorMap {
        let folder = try scratch.write(
            files.map { ($0.name, HandTensor.file($0.tensors)) }, to: "x")
        return try TensorMap(
            try LayerFiles(folder: folder), names: files.map(\.name), headerMax: 1 << 20)
    }

    @Test func `tensors of several files are found by name`() throws {
        let map = try map([
            ("a", [HandTensor("one", [2, 3], [1, 2, 3, 4, 5, 6])]),
            (
                "b",
                [HandTensor("two", [3], [7, 8, 9], type: "BF16"), HandTensor("three", [1], [4])]
            ),
        ])
        #expect(try map.stored("one").values() == [1, 2, 3, 4, 5, 6])
        #expect(try map.stored("one").rows == 2 && map.stored("one").columns == 3)
        #expect(try map.stored("two").values() == [7, 8, 9])
        #expect(try map.stored("two").rows == 1 && map.stored("two").element == .bfloat16)
        #expect(map.entries(of: "b").map(\.name) == ["two", "three"])
        #expect(map.entries(of: "c").isEmpty && map.header(of: "c").isEmpty)
        #expect(throws: LearnError.weights(.missingTensor("four"))) { _ = try map.stored("four") }
    }

    @Test func `a tensor in two files is refused`() {
        let tensor = HandTensor("one", [2], [1, 2])
        #expect(
            throws: LearnError.weights(.format(file: "b", .tensors(.duplicate, tensor: "one")))
        ) { _ = try map([("a", [tensor]), ("b", [tensor])]) }
    }

    @Test func `header and copied tensors are the file`() throws {
        let tensors = [
            HandTensor("one", [2, 3]), HandTensor("two", [70, 1_000]), HandTensor("three", [5]),
        ]
        let map = try map([("a", tensors)])
        var bytes = map.header(of: "a")
        for entry in map.entries(of: "a") {
            try map.copy(entry) { piece throws(LearnError) in bytes += piece }
        }
        #expect(bytes == HandTensor.file(tensors))
        #expect(map.byteCount == UInt64(bytes.count))
        var seen = 0
        map.eachFile { _, count in seen += count }
        #expect(seen == bytes.count)
    }

    @Test func `a tensor of many megabytes is copied in pieces`() throws {
        let map = try map([("a", [HandTensor("big", [3, 1 << 20])])])
        var sizes: [Int] = []
        let entry = try #require(map.entries(of: "a").first)
        try map.copy(entry) { piece throws(LearnError) in sizes.append(piece.count) }
        #expect(sizes == [4 << 20, 4 << 20, 4 << 20])
    }

    @Test func `shapes are held against what is asked for`() throws {
        let map = try map([("a", [HandTensor("one", [2, 3])])])
        #expect(try map.stored("one", shape: [2, 3]).count == 6)
        #expect(
            throws: LearnError.weights(
                .wrongShape(tensor: "one", expected: [3, 2], found: [2, 3]))
        ) { _ = try map.stored("one", shape: [3, 2]) }
        #expect(throws: LearnError.weights(.missingTensor("two"))) {
            _ = try map.stored("two", shape: [3, 2])
        }
    }

    @Test func `empty tensors and numbers without dimensions are matrices too`() throws {
        let map = try map([
            ("a", [HandTensor("none", [0, 4], []), HandTensor("one", [], [3])])
        ])
        #expect(try map.stored("none").count == 0 && map.stored("none").isFinite)
        #expect(try map.stored("one").values() == [3])
    }
}
