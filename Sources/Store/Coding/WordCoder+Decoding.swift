/// Undoes what `WordCoder` wrote: every length follows from the count of elements.
extension WordCoder {
    /// Reads words; `isRotated` puts the sign back to the front.
    func decode(
        _ count: Int, into target: UnsafeMutablePointer<UInt16>, isRotated: Bool, isHalf: Bool,
        _ input: inout CodedInput
    ) throws(CodingError) {
        guard let mode = Mode(rawValue: try input.byte()) else {
            throw .malformed("words are coded in no known mode")
        }
        guard mode != .plain else {
            return try decodePlain(count, into: target, isRotated: isRotated, &input)
        }
        let (columns, phase) = (try input.number(), try input.number())
        let exceptionCount = try input.number()
        guard let grid = RowGrid(read: count, columns: columns, phase: phase),
            exceptionCount <= count
        else { throw .malformed("rows and columns are not those of the elements") }
        let base = Int16(bitPattern: UInt16(try input.byte()) | UInt16(try input.byte()) << 8)
        let rows = try offsets(mode != .single ? grid.rows : 0, grid.rows, &input)
        let columnOffsets = try offsets(
            mode == .rowsAndColumns ? grid.columns : 0, grid.columns, &input)
        guard exceptionCount * 4 <= CodingMemory.bytesMax else {
            throw .malformed("there are more exceptions than a group can have")
        }
        let exceptions = try planes.words(
            exceptionCount, scratch: planes.memory.unpacked, &input)
        let octave: Int16 = isHalf ? 8 : 4
        let biases = columnOffsets.map { octave &* (Int16($0) &+ base) }
        let symbols = try planes.get(count, scratch: planes.memory.symbols, &input)
        var rest = try planes.get(
            isHalf ? count : SixBits.length(of: count), scratch: planes.memory.packed, &input)
        if !isHalf {
            SixBits.unpack(rest, count, into: planes.memory.rest)
            rest = UnsafePointer(planes.memory.rest)
        }
        biases.withUnsafeBufferPointer { biases in
            guard let first = biases.baseAddress else { return }
            for row in 0..<grid.rows {
                let (start, length, column) = grid.row(row)
                let offset = octave &* Int16(rows[row])
                let (place, bias) = (target + start, first + column)
                let (upper, lower) = (symbols + start, rest + start)
                switch (isHalf, isRotated) {
                case (true, true):
                    Self.joinHalf(upper, lower, bias, offset, place, length, Self.back)
                case (true, false): Self.joinHalf(upper, lower, bias, offset, place, length) { $0 }
                case (false, true): Self.join(upper, lower, bias, offset, place, length, Self.back)
                case (false, false): Self.join(upper, lower, bias, offset, place, length) { $0 }
                }
            }
        }
        for exception in exceptions {
            let index = Int(exception >> 2)
            guard index < count, !isHalf else {
                throw .malformed("an exception is of no element")
            }
            let (row, column) = (index + grid.phase).quotientAndRemainder(
                dividingBy: grid.columns)
            let bias = biases[column] &+ octave &* Int16(rows[row])
            let symbol = UInt16(symbols[index]) | UInt16(exception & 3) << 8
            let word = ((symbol &+ UInt16(bitPattern: bias)) & 1_023) << 6 | UInt16(rest[index])
            target[index] = isRotated ? Self.back(word) : word
        }
    }

    private func decodePlain(
        _ count: Int, into target: UnsafeMutablePointer<UInt16>, isRotated: Bool,
        _ input: inout CodedInput
    ) throws(CodingError) {
        let upper = try planes.get(count, scratch: planes.memory.symbols, &input)
        let lower = try planes.get(count, scratch: planes.memory.rest, &input)
        for index in 0..<count {
            target[index] = UInt16(upper[index]) &<< 8 | UInt16(lower[index])
        }
        if isRotated { Self.rotateBack(target, count) }
    }

    private func offsets(
        _ count: Int, _ all: Int, _ input: inout CodedInput
    ) throws(CodingError) -> [Int8] {
        guard count > 0 else { return [Int8](repeating: 0, count: all) }
        let bytes = try planes.get(count, scratch: planes.memory.unpacked, &input)
        return (0..<count).map { Int8(bitPattern: bytes[$0]) }
    }

    @inline(__always)
    private static func join(
        _ symbols: UnsafePointer<UInt8>, _ rest: UnsafePointer<UInt8>,
        _ bias: UnsafePointer<Int16>, _ offset: Int16, _ target: UnsafeMutablePointer<UInt16>,
        _ count: Int, _ turn: (UInt16) -> UInt16
    ) {
        for index in 0..<count {
            let symbol = UInt16(symbols[index]) &+ UInt16(bitPattern: bias[index] &+ offset)
            target[index] = turn((symbol & 1_023) &<< 6 | UInt16(rest[index] & 63))
        }
    }

    @inline(__always)
    private static func joinHalf(
        _ symbols: UnsafePointer<UInt8>, _ rest: UnsafePointer<UInt8>,
        _ bias: UnsafePointer<Int16>, _ offset: Int16, _ target: UnsafeMutablePointer<UInt16>,
        _ count: Int, _ turn: (UInt16) -> UInt16
    ) {
        for index in 0..<count {
            let symbol = UInt16(symbols[index]) &+ UInt16(bitPattern: bias[index] &+ offset)
            target[index] = turn(symbol &<< 8 | UInt16(rest[index]))
        }
    }

    /// A rotated word with its sign in front again.
    @inline(__always)
    private static func back(_ word: UInt16) -> UInt16 { word &>> 1 | word &<< 15 }

    @inline(__always)
    private static func rotateBack(_ words: UnsafeMutablePointer<UInt16>, _ count: Int) {
        for index in 0..<count { words[index] = back(words[index]) }
    }
}
