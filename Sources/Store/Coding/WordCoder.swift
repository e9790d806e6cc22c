/// Codes floats of 16 bits, or the upper halves of wider ones, each rotated left by one so that the
/// sign is the lowest bit: exponent and leading significand bits become a Huffman symbol, less an
/// offset of the tensor's row and column; what is left is stored, as it is noise.
struct WordCoder {
    /// What is taken off an exponent.
    enum Mode: UInt8 {
        /// Nothing; whole exponents are a plane.
        case plain = 1
        /// One number.
        case single = 2
        /// One for each row.
        case rows = 3
        /// One for each row and one for each column.
        case rowsAndColumns = 4
    }

    /// Octaves below the mean exponent where the window of 64 begins: weights have a long tail of
    /// small values and hardly any large ones.
    private static let windowBelow = 43
    /// Of so many elements one may lie outside of the window.
    private static let exceptionShare = 64

    let planes: PlaneCoder
    private var memory: CodingMemory { planes.memory }

    init(_ planes: PlaneCoder) { self.planes = planes }

    // MARK: Encoding

    /// Writes rotated words.
    func encode(
        _ words: UnsafePointer<UInt16>, _ grid: RowGrid, isHalf: Bool, mode: Mode? = nil,
        _ output: inout CodedOutput
    ) throws(CodingError) {
        let layout = isHalf ? WordSurvey.Layout.half : .brain
        let survey = WordSurvey(words, grid, layout)
        let mode = mode ?? survey.mode
        guard mode != .plain else { return try encodePlain(words, grid.count, &output) }
        let base = isHalf ? 0 : survey.mean - Self.windowBelow
        var rows = [Int8](repeating: 0, count: grid.rows)
        if mode != .single {
            for row in 0..<grid.rows {
                let (start, length, _) = grid.row(row)
                rows[row] = WordSurvey.clamped(
                    WordSurvey.mean(words + start, length, layout).mean - survey.mean)
            }
        }
        let columns =
            mode == .rowsAndColumns
            ? survey.columns : [Int8](repeating: 0, count: grid.columns)
        let biases = columns.map { Int16(layout.octave * (Int($0) + base)) }
        guard let exceptions = split(words, grid, layout, rows, biases) else {
            return try encodePlain(words, grid.count, &output)
        }
        try output.put(mode.rawValue)
        try output.put(number: grid.columns)
        try output.put(number: grid.phase)
        try output.put(number: exceptions.count)
        try output.put(UInt8(truncatingIfNeeded: base))
        try output.put(UInt8(truncatingIfNeeded: base >> 8))
        if mode != .single { try put(rows, &output) }
        if mode == .rowsAndColumns { try put(columns, &output) }
        try planes.put(words: exceptions, scratch: memory.unpacked, &output)
        try planes.put(
            memory.symbols, grid.count, expecting: grid.count >= 4_096 ? .skewed : .unknown, &output
        )
        if isHalf { return try planes.put(memory.rest, grid.count, &output) }
        let packed = SixBits.pack(memory.rest, grid.count, into: memory.packed)
        try planes.put(memory.packed, packed, expecting: .noise, &output)
    }

    private func encodePlain(
        _ words: UnsafePointer<UInt16>, _ count: Int, _ output: inout CodedOutput
    ) throws(CodingError) {
        let (upper, lower) = (memory.symbols, memory.rest)
        for index in 0..<count {
            upper[index] = UInt8(truncatingIfNeeded: words[index] &>> 8)
            lower[index] = UInt8(truncatingIfNeeded: words[index])
        }
        try output.put(Mode.plain.rawValue)
        try planes.put(upper, count, &output)
        try planes.put(lower, count, &output)
    }

    /// Symbols and rest of all words; the elements outside of the window with their two lost bits,
    /// nil where they are too many.
    private func split(
        _ words: UnsafePointer<UInt16>, _ grid: RowGrid, _ layout: WordSurvey.Layout,
        _ rows: [Int8], _ biases: [Int16]
    ) -> [UInt32]? {
        var exceptions: [UInt32] = []
        let isHalf = layout.octave == 8
        return biases.withUnsafeBufferPointer { biases -> [UInt32]? in
            guard let first = biases.baseAddress else { return [] }
            for row in 0..<grid.rows {
                let (start, length, column) = grid.row(row)
                let offset = Int16(layout.octave * Int(rows[row]))
                let (bias, values) = (first + column, words + start)
                let (symbols, rest) = (memory.symbols + start, memory.rest + start)
                if isHalf {
                    Self.splitHalf(values, bias, offset, symbols, rest, length)
                    continue
                }
                guard Self.split(values, bias, offset, symbols, rest, length) != 0 else {
                    continue
                }
                for index in 0..<length {
                    let value =
                        (values[index] &>> 6) &- UInt16(bitPattern: bias[index] &+ offset)
                    guard value &>> 8 != 0 else { continue }
                    guard exceptions.count < grid.count / Self.exceptionShare else { return nil }
                    exceptions.append(UInt32(start + index) << 2 | UInt32(value &>> 8 & 3))
                }
            }
            return exceptions
        }
    }

    /// Not zero where a value lies outside of the window.
    @inline(__always)
    private static func split(
        _ words: UnsafePointer<UInt16>, _ bias: UnsafePointer<Int16>, _ offset: Int16,
        _ symbols: UnsafeMutablePointer<UInt8>, _ rest: UnsafeMutablePointer<UInt8>, _ count: Int
    ) -> UInt16 {
        var outside: UInt16 = 0
        for index in 0..<count {
            let value = (words[index] &>> 6) &- UInt16(bitPattern: bias[index] &+ offset)
            symbols[index] = UInt8(truncatingIfNeeded: value)
            rest[index] = UInt8(truncatingIfNeeded: words[index] & 63)
            outside |= value &>> 8
        }
        return outside
    }

    @inline(__always)
    private static func splitHalf(
        _ words: UnsafePointer<UInt16>, _ bias: UnsafePointer<Int16>, _ offset: Int16,
        _ symbols: UnsafeMutablePointer<UInt8>, _ rest: UnsafeMutablePointer<UInt8>, _ count: Int
    ) {
        for index in 0..<count {
            let value = (words[index] &>> 8) &- UInt16(bitPattern: bias[index] &+ offset)
            symbols[index] = UInt8(truncatingIfNeeded: value)
            rest[index] = UInt8(truncatingIfNeeded: words[index])
        }
    }

    private func put(_ offsets: [Int8], _ output: inout CodedOutput) throws(CodingError) {
        let place = memory.unpacked
        for (index, offset) in offsets.enumerated() { place[index] = UInt8(bitPattern: offset) }
        try planes.put(place, offsets.count, &output)
    }
}
