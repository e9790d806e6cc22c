import CKernels

/// A matrix of stored weights, row by row, in a mapped file or in memory that its owner keeps.
///
/// It does not keep its memory alive: a `Model` or `Adapter` holds the mappings as long as it
/// lives.
struct Stored {
    /// First byte; may stand at any address.
    let data: UnsafeRawPointer
    /// Type of its elements.
    let element: Element
    /// Rows; 1 for a vector.
    let rows: Int
    /// Elements of a row.
    let columns: Int

    /// Number of elements.
    var count: Int { rows * columns }

    /// Elements `range` of one row as f32.
    func widen(row: Int, into out: UnsafeMutablePointer<Float>) {
        precondition((0..<rows).contains(row))
        let start = data + row * columns * element.bytes
        plasmid_widen(start, element.code, columns, out)
    }

    /// All elements as f32.
    func values() -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { space, filled in
            if let start = space.baseAddress { plasmid_widen(data, element.code, count, start) }
            filled = count
        }
    }

    /// Sum of the squares of all elements, in f64.
    func squaredNorm() -> Double {
        var row = [Float](repeating: 0, count: columns)
        var sum = 0.0
        for index in 0..<rows {
            row.withUnsafeMutableBufferPointer { space in
                if let start = space.baseAddress { widen(row: index, into: start) }
            }
            for value in row { sum += Double(value) * Double(value) }
        }
        return sum
    }

    /// Whether no element is a NaN or an infinity.
    var isFinite: Bool { plasmid_all_finite(data, element.code, count) != 0 }

    /// As the right operand of a product: outputs are rows, or columns if `isTransposed`.
    func right(isTransposed: Bool) -> plasmid_right {
        let layout = isTransposed ? PLASMID_REDUCED_ROWS : PLASMID_OUTPUT_ROWS
        return plasmid_right(
            data: data, stride: columns, element: element.code, layout: Int32(layout.rawValue))
    }
}
