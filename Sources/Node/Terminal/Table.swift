/// Rows lined up in columns. Text comes from anywhere and is made safe to print here.
struct Table {
    /// One column.
    struct Column {
        /// Its head.
        let title: String
        /// Whether it is set to the right, as numbers are.
        let isRight: Bool
        /// Whether it gives way when the rows are too wide.
        let isElastic: Bool

        init(_ title: String, isRight: Bool = false, isElastic: Bool = false) {
            self.title = title
            self.isRight = isRight
            self.isElastic = isElastic
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    /// Fewest columns that an elastic column keeps.
    private static let elasticMin = 8
    private static let gap = 2

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row with one cell for each column.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has a cell for each column")
        rows.append(cells)
    }

    /// The lines, at most `width` columns wide where elastic columns can give way enough.
    func lines(width: Int = 80) -> [String] {
        let cells = [columns.map(\.title)] + rows
        var widths = columns.indices.map { index in
            cells.map { TextWidth.columns(TextWidth.fitted($0[index], to: .max)) }.max() ?? 0
        }
        var excess = widths.reduce(0, +) + Self.gap * (columns.count - 1) - width
        while excess > 0, let widest = widestElastic(widths) {
            widths[widest] -= 1
            excess -= 1
        }
        return cells.map { row in
            let parts = columns.indices.map { index in
                TextWidth.padded(
                    TextWidth.fitted(row[index], to: widths[index]), to: widths[index],
                    isRight: columns[index].isRight)
            }
            let line = parts.joined(separator: String(repeating: " ", count: Self.gap))
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    private func widestElastic(_ widths: [Int]) -> Int? {
        columns.indices
            .filter { columns[$0].isElastic && widths[$0] > Self.elasticMin }
            .max { widths[$0] < widths[$1] }
    }
}
