/// Codes a stream of elements of one type: a codec byte, then its form. What would not be smaller
/// is kept as it is.
struct StreamCoder {
    private static let raw: UInt8 = 0
    private static let deltaFlag: UInt8 = 16
    private static let sparseFlag: UInt8 = 32
    /// Shorter streams are not looked at for zeros: a mask and its headers cost as much.
    private static let sparseBytesMin = 4_096

    private let planes: PlaneCoder
    private let words: WordCoder
    private let delta: DeltaCoder
    private var memory: CodingMemory { planes.memory }

    init(_ planes: PlaneCoder) {
        self.planes = planes
        words = WordCoder(planes)
        delta = DeltaCoder(planes)
    }

    // MARK: Encoding

    /// Writes `size` bytes, against `parent` where there is one and it pays. The grid says how they
    /// lie in rows.
    func encode(
        _ bytes: UnsafePointer<UInt8>, _ size: Int, _ type: ElementType, _ grid: RowGrid,
        parent: UnsafePointer<UInt8>?, _ output: inout CodedOutput
    ) throws(CodingError) {
        var best: Int?
        if let parent, type != .bytes {
            var trial = CodedOutput(memory.trial, capacity: min(size, CodingMemory.bytesMax))
            do throws(CodingError) {
                try trial.put(type.rawValue | Self.deltaFlag)
                try delta.encode(bytes, parent, size, type, &trial)
                best = trial.count
            } catch {
                // Too far from its parent: nothing is lost but the attempt.
            }
            // Less than half is more than any coding without a parent saves.
            if let best, best * 2 < size { return try output.put(memory.trial, best) }
        }
        let begun = output.count
        do throws(CodingError) {
            var limited = CodedOutput(output.next, capacity: min(output.room, size))
            try encodeDense(bytes, size, type, grid, &limited)
            if limited.count < best ?? size { return output.advance(limited.count) }
        } catch {
            output.rewind(to: begun)
        }
        if let best { return try output.put(memory.trial, best) }
        try output.put(Self.raw)
        try output.put(bytes, size)
    }

    private func encodeDense(
        _ bytes: UnsafePointer<UInt8>, _ size: Int, _ type: ElementType, _ grid: RowGrid,
        mode: WordCoder.Mode? = nil, _ output: inout CodedOutput
    ) throws(CodingError) {
        if mode == nil, type != .bytes, size >= Self.sparseBytesMin,
            Self.hasZeros(bytes, size, type)
        {
            let begun = output.count
            do throws(CodingError) {
                return try encodeSparse(bytes, size, type, &output)
            } catch {
                output.rewind(to: begun)
            }
        }
        try output.put(type.rawValue)
        let count = size / type.width
        switch type {
        case .bytes: try planes.put(bytes, size, expecting: .runs, &output)
        case .bf16, .f16:
            let (from, to) = (DeltaCoder.halves(bytes), memory.words)
            for index in 0..<count { to[index] = from[index] &<< 1 | from[index] &>> 15 }
            try words.encode(to, grid, isHalf: type == .f16, mode: mode, &output)
        case .f32:
            let (from, upper, lower) = (DeltaCoder.singles(bytes), memory.words, memory.lows)
            for index in 0..<count {
                let word = from[index] &<< 1 | from[index] &>> 31
                upper[index] = UInt16(truncatingIfNeeded: word &>> 16)
                lower[index] = UInt16(truncatingIfNeeded: word)
            }
            try words.encode(upper, grid, isHalf: false, mode: mode, &output)
            let (high, low) = (memory.symbols, memory.rest)
            for index in 0..<count {
                high[index] = UInt8(truncatingIfNeeded: lower[index] &>> 8)
                low[index] = UInt8(truncatingIfNeeded: lower[index])
            }
            try planes.put(high, count, &output)
            try planes.put(low, count, &output)
        }
    }

    /// Whether more than eight in a hundred of a thousand elements are zero.
    private static func hasZeros(
        _ bytes: UnsafePointer<UInt8>, _ size: Int, _ type: ElementType
    ) -> Bool {
        let count = size / type.width
        var (zeros, seen) = (0, 0)
        for index in stride(from: 0, to: count, by: count / 1_024 + 1) {
            let place = bytes + index * type.width
            zeros += (0..<type.width).allSatisfy { place[$0] == 0 } ? 1 : 0
            seen += 1
        }
        return zeros * 100 > seen * 8
    }

    private func encodeSparse(
        _ bytes: UnsafePointer<UInt8>, _ size: Int, _ type: ElementType,
        _ output: inout CodedOutput
    ) throws(CodingError) {
        let count = size / type.width
        let kept = Sparse.compact(bytes, count, type, mask: memory.unpacked, into: memory.compact)
        try output.put(type.rawValue | Self.sparseFlag)
        try output.put(number: kept)
        try planes.put(memory.unpacked, (count + 7) / 8, &output)
        guard kept > 0 else { return }
        let grid = RowGrid(count: kept, columns: 0, phase: 0)
        try encodeDense(
            memory.compact, kept * type.width, type, grid, mode: .single, &output)
    }

    // MARK: Decoding

    /// Reads a stream of `size` bytes of one type.
    func decode(
        _ size: Int, _ type: ElementType, parent: UnsafePointer<UInt8>?,
        into target: UnsafeMutablePointer<UInt8>, _ input: inout CodedInput
    ) throws(CodingError) {
        let codec = try input.byte()
        switch codec {
        case Self.raw: target.update(from: try input.bytes(size), count: size)
        case type.rawValue: try decodeDense(size, type, into: target, &input)
        case type.rawValue | Self.deltaFlag where type != .bytes:
            guard let parent else { throw .parentMissing }
            try delta.decode(parent, size, type, into: target, &input)
        case type.rawValue | Self.sparseFlag where type != .bytes:
            try decodeSparse(size, type, into: target, &input)
        default: throw .malformed("codec \(codec) is not one of this type of element")
        }
    }

    private func decodeDense(
        _ size: Int, _ type: ElementType, into target: UnsafeMutablePointer<UInt8>,
        _ input: inout CodedInput
    ) throws(CodingError) {
        let count = size / type.width
        switch type {
        case .bytes:
            let bytes = try planes.get(size, scratch: memory.symbols, &input)
            target.update(from: bytes, count: size)
        case .bf16, .f16:
            try words.decode(
                count, into: DeltaCoder.words(target), isRotated: true, isHalf: type == .f16,
                &input)
        case .f32:
            let upper = memory.words
            try words.decode(count, into: upper, isRotated: false, isHalf: false, &input)
            let high = try planes.get(count, scratch: memory.symbols, &input)
            let low = try planes.get(count, scratch: memory.rest, &input)
            let to = DeltaCoder.doubleWords(target)
            for index in 0..<count {
                let word =
                    UInt32(upper[index]) &<< 16 | UInt32(high[index]) &<< 8 | UInt32(low[index])
                to[index] = word &>> 1 | word &<< 31
            }
        }
    }

    private func decodeSparse(
        _ size: Int, _ type: ElementType, into target: UnsafeMutablePointer<UInt8>,
        _ input: inout CodedInput
    ) throws(CodingError) {
        let count = size / type.width
        let kept = try input.number()
        guard kept <= count else { throw .malformed("there is more that is not zero than all") }
        let bytes = (count + 7) / 8
        let plane = try planes.get(bytes, scratch: memory.unpacked, &input)
        // What follows uses the same memory.
        let mask = [UInt8](UnsafeBufferPointer(start: plane, count: bytes))
        if kept > 0 {
            guard try input.byte() == type.rawValue else {
                throw .malformed("what is not zero is of another type")
            }
            try decodeDense(kept * type.width, type, into: memory.compact, &input)
        }
        try Sparse.spread(memory.compact, kept, mask, type, into: target, count)
    }
}
