/// Parents in a row, which count as one file.
struct ParentRow: Sendable {
    private let sizes: [UInt64]
    /// Where each begins.
    private let starts: [UInt64]

    /// Parents of these sizes, each at most 2^40 bytes.
    init(sizes: [UInt64]) {
        self.sizes = sizes
        var next: UInt64 = 0
        starts = sizes.map { size in
            defer { next += size }
            return next
        }
    }

    /// The parent that holds `count` bytes at an offset of the row, and where they are in it; nil
    /// where none does. A run over two of them is none.
    func place(of offset: UInt64, count: Int) -> (index: Int, range: Range<UInt64>)? {
        guard let index = starts.lastIndex(where: { $0 <= offset }) else { return nil }
        let start = offset - starts[index]
        guard start < sizes[index], UInt64(count) <= sizes[index] - start else { return nil }
        return (index, start..<start + UInt64(count))
    }
}
