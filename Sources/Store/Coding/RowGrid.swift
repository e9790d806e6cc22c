/// How the elements of a stream lie in rows of a tensor: the first row may have begun before it.
struct RowGrid {
    /// Elements.
    let count: Int
    /// Elements of a row; at most 65,536.
    let columns: Int
    /// Elements of the first row that are not here.
    let phase: Int
    /// Whether the columns are a tensor's: in a stream of several tensors, or of none, what stands
    /// in one column has nothing in common.
    let hasColumns: Bool

    static let columnsMax = 65_536
    static let rowsMax = 65_536

    var rows: Int { (phase + count + columns - 1) / columns }

    /// The grid of a tensor, or one row after the other of the greatest length where the tensor's
    /// has too many or too long ones.
    init(count: Int, columns: Int, phase: Int) {
        let isKnown = (1...Self.columnsMax).contains(columns) && (0..<columns).contains(phase)
        let rows = isKnown ? (phase + count + columns - 1) / columns : .max
        self.count = count
        hasColumns = rows <= Self.rowsMax
        self.columns = rows <= Self.rowsMax ? columns : max(1, min(count, Self.columnsMax))
        self.phase = rows <= Self.rowsMax ? phase : 0
    }

    /// A grid that was read; nil if there is none like it.
    init?(read count: Int, columns: Int, phase: Int) {
        self.init(count: count, columns: columns, phase: phase)
        guard self.columns == columns, self.phase == phase else { return nil }
    }

    /// The elements of a row and the column of its first one.
    @inline(__always)
    func row(_ row: Int) -> (start: Int, length: Int, column: Int) {
        let start = max(0, row * columns - phase)
        let end = min(count, (row + 1) * columns - phase)
        return (start, end - start, row == 0 ? phase : 0)
    }
}
