import CKernels
import Testing

@testable import Learn

@Suite struct StoredTests {
    @Test("elements of every type widen, at odd addresses too", arguments: ["F32", "BF16", "F16"])
    func widens(_ type: String) throws {
        let scratch = try ScratchFolder()
        let values: [Float] = [1, -2, 0.5, 3, -0.25, 8]
        for padding in 0..<4 {
            // A tensor of bytes before it moves the matrix by so much.
            let tensors = [
                HandTensor("a", [padding], [], type: "U8"),
                HandTensor("m", [2, 3], values, type: type),
            ]
            let folder = try scratch.write([("t", HandTensor.file(tensors))], to: "x\(padding)")
            let map = try TensorMap(
                try LayerFiles(folder: folder), names: ["t"], headerMax: 1 << 20)
            let stored = try map.stored("m")
            #expect(stored.values() == values)
            var row = [Float](repeating: 9, count: 4)
            row.withUnsafeMutableBufferPointer { stored.widen(row: 1, into: $0.baseAddress!) }
            #expect(row == [3, -0.25, 8, 9])
            #expect(stored.isFinite)
        }
    }

    @Test func `a matrix is a right operand by rows or by columns`() {
        let values: [Float] = [1, 2, 3, 4, 5, 6]
        values.withUnsafeBytes { bytes in
            let stored = Stored(
                data: bytes.baseAddress!, element: .float32, rows: 2, columns: 3)
            #expect(stored.right(isTransposed: false).stride == 3)
            #expect(
                stored.right(isTransposed: false).layout != stored.right(isTransposed: true).layout)
        }
    }

    @Test("numbers that are none are found", arguments: [Float.nan, .infinity, -.infinity])
    func finite(_ bad: Float) {
        for place in 0..<70 {
            var values = [Float](repeating: 3e38, count: 70)
            values[place] = bad
            values.withUnsafeBytes { bytes in
                let stored = Stored(
                    data: bytes.baseAddress!, element: .float32, rows: 1, columns: 70)
                #expect(!stored.isFinite)
            }
        }
    }
}
