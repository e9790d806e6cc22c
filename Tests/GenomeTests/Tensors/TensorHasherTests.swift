import Genome
import Testing
import Wire

@Suite("Hashing tensors as a file streams by")
struct TensorHasherTests {
    private let bytes = TensorFixture.file([
        ("empty", "F32", [0]), ("a", "BF16", [30, 7]), ("b", "U8", [1]), ("none", "I8", [3, 0]),
        ("c", "F64", [2_100]),
    ])

    @Test(
        "gives the hash of each tensor, whatever the pieces", arguments: [1, 7, 64, 4_096, 1 << 20])
    func anyPieces(_ pieceSize: Int) throws {
        let file = try TensorFixture.header(of: bytes)
        var hasher = TensorHasher(file)
        for start in stride(from: 0, to: bytes.count, by: pieceSize) {
            let piece = Array(bytes[start..<min(start + pieceSize, bytes.count)])
            hasher.update(piece.span.bytes)
        }
        let rows = try #require(hasher.finish())
        #expect(rows.count == 5)
        for (row, tensor) in zip(rows, file.tensors) {
            let data = Array(bytes[Int(tensor.range.lowerBound)..<Int(tensor.range.upperBound)])
            #expect(row.name == tensor.name && row.hash == Blake3.hash(data))
        }
    }

    @Test("has no answer before the last byte")
    func needsEverything() throws {
        var hasher = TensorHasher(try TensorFixture.header(of: bytes))
        hasher.update(Array(bytes.dropLast()).span.bytes)
        #expect(hasher.finish() == nil)
    }
}
