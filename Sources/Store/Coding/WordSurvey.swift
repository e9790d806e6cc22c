/// What a sample of rows says about a stream of floats: the mean exponent, and whether it pays to
/// take the mean of each row and column off first.
struct WordSurvey {
    /// Where an element's exponent and its coded symbol lie in a rotated word.
    struct Layout {
        let exponentShift: UInt16
        let symbolShift: UInt16
        /// Symbols of one octave.
        let octave: Int

        /// bfloat16, and the upper half of f32: eight exponent bits, two of the significand.
        static let brain = Layout(exponentShift: 8, symbolShift: 6, octave: 4)
        /// Half: five exponent bits, three of the significand.
        static let half = Layout(exponentShift: 11, symbolShift: 8, octave: 8)
    }

    /// Offsets beyond this are no rows of a trained tensor.
    static let offsetMax = 60

    private(set) var mean = 0
    private(set) var columns: [Int8]
    private(set) var mode = WordCoder.Mode.single

    /// Looks at a stream.
    init(_ words: UnsafePointer<UInt16>, _ grid: RowGrid, _ layout: Layout) {
        columns = []
        // Looking for what columns have in common would be half of the work.
        guard grid.rows > 1, grid.hasColumns else {
            columns = [Int8](repeating: 0, count: grid.columns)
            mean = Self.mean(words, grid.count, layout).mean
            mode = choose(words, grid, layout, step: 1)
            return
        }
        let step = grid.rows > 24 ? grid.rows / 24 : 1
        (columns, mean) = Self.columnOffsets(words, grid, layout, step: step)
        mode = choose(words, grid, layout, step: step)
        if mode == .rowsAndColumns, step > 1 {
            (columns, _) = Self.columnOffsets(
                words, grid, layout, step: grid.rows > 160 ? grid.rows / 160 : 1)
        }
        if mode != .rowsAndColumns {
            columns = [Int8](repeating: 0, count: grid.columns)
        }
    }

    /// Mean exponent of some elements, rounded.
    static func mean(
        _ words: UnsafePointer<UInt16>, _ count: Int, _ layout: Layout
    ) -> (mean: Int, sum: Int) {
        var sum: UInt32 = 0
        for index in 0..<count { sum &+= UInt32(words[index] &>> layout.exponentShift) }
        return (count == 0 ? 0 : (Int(sum) + count / 2) / count, Int(sum))
    }

    static func clamped(_ offset: Int) -> Int8 {
        Int8(max(-offsetMax, min(offsetMax, offset)))
    }

    private static func columnOffsets(
        _ words: UnsafePointer<UInt16>, _ grid: RowGrid, _ layout: Layout, step: Int
    ) -> (offsets: [Int8], mean: Int) {
        var sums = [Int32](repeating: 0, count: grid.columns)
        var counts = [Int32](repeating: 0, count: grid.columns)
        var (total, seen) = (0, 0)
        for row in stride(from: 0, to: grid.rows, by: step) {
            let (start, length, column) = grid.row(row)
            let values = words + start
            let (mean, sum) = mean(values, length, layout)
            total += sum
            seen += length
            sums.withUnsafeMutableBufferPointer { sums in
                for index in 0..<length {
                    sums[column + index] &+=
                        Int32(values[index] &>> layout.exponentShift) &- Int32(mean)
                }
            }
            counts.withUnsafeMutableBufferPointer { counts in
                for index in 0..<length { counts[column + index] &+= 1 }
            }
        }
        let offsets = zip(sums, counts).map { sum, count in
            let half = sum < 0 ? -count / 2 : count / 2
            return count == 0 ? 0 : clamped(Int((sum + half) / count))
        }
        return (offsets, seen == 0 ? 0 : (total + seen / 2) / seen)
    }

    /// Three codings of the same sample, by their entropy and the bytes of their offsets.
    private func choose(
        _ words: UnsafePointer<UInt16>, _ grid: RowGrid, _ layout: Layout, step: Int
    ) -> WordCoder.Mode {
        let sampled = (grid.rows / step + 1) * grid.columns
        var stride = max(1, sampled / 24_576)
        if stride > 1 { stride |= 1 }
        var tables = [UInt32](repeating: 0, count: 3 * 2_048)
        var (zeros, seen) = (0, 0)
        for row in Swift.stride(from: 0, to: grid.rows, by: step) {
            let (start, length, column) = grid.row(row)
            let values = words + start
            let offset = Self.mean(values, length, layout).mean - mean
            var index = 0
            while index < length {
                let symbol = Int(values[index] &>> layout.symbolShift) + 512
                let less = symbol - layout.octave * offset
                let least = less - layout.octave * Int(columns[column + index])
                tables[symbol & 2_047] &+= 1
                tables[2_048 + (less & 2_047)] &+= 1
                tables[4_096 + (least & 2_047)] &+= 1
                if layout.octave == 4, values[index] < 256 { zeros += 1 }
                seen += 1
                index += stride
            }
        }
        guard seen > 0 else { return .single }
        // Zeros lie far from all else: a window of octaves does not hold both.
        if zeros * 200 > seen { return .plain }
        let scale = Double(grid.count) / Double(seen)
        let bits = (0..<3).map { table in
            tables[(table * 2_048)...].withUnsafeBufferPointer { table in
                table.baseAddress.map { Histogram.bits($0, 2_048) * scale } ?? 0
            }
        }
        let count = Double(grid.count)
        let rows = bits[1] + Double(grid.rows) * 3 + 512
        let both = bits[2] + Double(grid.rows) * 3 + Double(grid.columns) * 2.5 + 1_024
        if grid.rows > 1, both < bits[0] - count * 0.01, both < rows - count * 0.005 {
            return .rowsAndColumns
        }
        return rows < bits[0] - count * 0.01 ? .rows : .single
    }
}
