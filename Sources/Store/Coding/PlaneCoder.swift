/// A plane is a run of bytes that belong together, such as all exponents: stored as it is, as one
/// zstd frame, or as one byte that repeats. On the wire and on disk: kind, length, coded length,
/// bytes.
struct PlaneCoder {
    private enum Kind: UInt8 {
        case stored = 0
        case frame = 1
        case repeated = 2
    }

    /// What the caller knows of a plane.
    enum Expectation {
        /// Nothing: it is looked at.
        case unknown
        /// It is no part of numbers: text, tables, code, in which runs of bytes may come again.
        case runs
        /// It is noise.
        case noise
        /// Huffman codes will save something.
        case skewed
    }

    let entropy: EntropyCoder
    let memory: CodingMemory

    /// Writes a plane. `cuts` are places where its statistics change.
    func put(
        _ source: UnsafePointer<UInt8>, _ count: Int, expecting expected: Expectation = .unknown,
        cuts: [Int] = [], _ output: inout CodedOutput
    ) throws(CodingError) {
        if let first = count > 1 && (expected == .unknown || expected == .runs) ? source[0] : nil,
            Self.isConstant(source, count)
        {
            try output.put(Kind.repeated.rawValue)
            try output.put(number: count)
            try output.put(number: 1)
            return try output.put(first)
        }
        let begun = output.count
        try output.put(Kind.frame.rawValue)
        try output.put(number: count)
        let width = CodedOutput.length(of: count)
        guard output.room >= width else { throw .tooLong }
        let place = output.next + width
        let capacity = min(output.room - width, count)
        if let size = coded(source, count, expected, cuts, into: place, capacity: capacity),
            size < count
        {
            try output.put(number: size)
            if output.next != place { output.next.update(from: place, count: size) }
            return output.advance(size)
        }
        output.rewind(to: begun)
        try output.put(Kind.stored.rawValue)
        try output.put(number: count)
        try output.put(number: count)
        try output.put(source, count)
    }

    private static func isConstant(_ source: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let first = source[0]
        for index in 1..<count where source[index] != first { return false }
        return true
    }

    /// The bytes of a frame at `target`; nil when storing is as good.
    private func coded(
        _ source: UnsafePointer<UInt8>, _ count: Int, _ expected: Expectation, _ cuts: [Int],
        into target: UnsafeMutablePointer<UInt8>, capacity: Int
    ) -> Int? {
        func literals() -> Int? {
            entropy.literals(source, count, cuts: cuts, into: target, capacity: capacity)
        }
        if expected == .skewed { return literals() }
        guard expected == .unknown || expected == .runs, count >= 64 else { return nil }
        let hasRuns = expected == .runs && hasRuns(source, count)
        if !hasRuns, count > 32_768, Self.isNoise(source, count) { return nil }
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 256) { counts in
            guard let table = counts.baseAddress else { return nil }
            Histogram.count(source, count, into: table)
            let most = Int(counts.max() ?? 0)
            let ideal = Histogram.bits(table, 256) / 8
            guard hasRuns || ideal < Double(count) * 0.985 || most > count / 3 else { return nil }
            var size = literals()
            // One byte in two or more: repetitions are longer than a Huffman code sees.
            if hasRuns || most * 100 > count * 45 {
                let other = entropy.matches(
                    source, count, level: hasRuns || most * 10 > count * 8 ? 3 : 1,
                    into: memory.attempt,
                    capacity: CodingMemory.attemptBytes)
                if let other, other < size ?? capacity, other <= capacity {
                    target.update(from: memory.attempt, count: other)
                    size = other
                }
            }
            return size
        }
    }

    /// Whether a sample becomes clearly shorter by its repetitions than by the frequency of its
    /// bytes.
    private func hasRuns(_ source: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let length = min(count, 32_768)
        let sample = source + (count - length) / 2
        let ideal = withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 256) { counts in
            guard let table = counts.baseAddress else { return 0.0 }
            Histogram.count(sample, length, into: table)
            return Histogram.bits(table, 256) / 8
        }
        let size = entropy.matches(
            sample, length, level: 1, into: memory.attempt,
            capacity: CodingMemory.attemptBytes)
        return size.map { Double($0) < ideal * 0.9 } ?? false
    }

    /// Whether eight samples of 512 bytes look like chance.
    private static func isNoise(_ source: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 256) { counts in
            counts.initialize(repeating: 0)
            guard let table = counts.baseAddress else { return false }
            let step = (count - 512) / 7
            for sample in 0..<8 {
                for index in 0..<512 { table[Int(source[sample * step + index])] += 1 }
            }
            return Histogram.bits(table, 256) > 7.90 * 4_096
        }
    }

    /// Reads a plane of exactly `count` bytes: where it lies, in the input or in `scratch`.
    func get(
        _ count: Int, scratch: UnsafeMutablePointer<UInt8>, _ input: inout CodedInput
    ) throws(CodingError) -> UnsafePointer<UInt8> {
        guard let kind = Kind(rawValue: try input.byte()) else {
            throw .malformed("a plane is of no known kind")
        }
        guard try input.number() == count else {
            throw .malformed("a plane has another length than follows from the rest")
        }
        let size = try input.number()
        let bytes = try input.bytes(size)
        switch kind {
        case .stored:
            guard size == count else { throw .malformed("a stored plane has two lengths") }
            return bytes
        case .repeated:
            guard size == 1 else { throw .malformed("a repeated byte is not one byte") }
            scratch.update(repeating: bytes[0], count: count)
        case .frame:
            guard entropy.decode(bytes, size, into: scratch, count: count) else {
                throw .malformed("a plane's frame has not its bytes")
            }
        }
        return UnsafePointer(scratch)
    }

    // MARK: Planes of 32-bit words, little-endian

    /// Writes words as a plane by way of `scratch`; nothing where there are none.
    func put(
        words: [UInt32], scratch: UnsafeMutablePointer<UInt8>, _ output: inout CodedOutput
    ) throws(CodingError) {
        if words.isEmpty { return }
        for (index, word) in words.enumerated() {
            for byte in 0..<4 {
                scratch[index * 4 + byte] = UInt8(truncatingIfNeeded: word >> UInt32(8 * byte))
            }
        }
        try put(scratch, words.count * 4, &output)
    }

    /// Reads so many words, for which `scratch` has room.
    func words(
        _ count: Int, scratch: UnsafeMutablePointer<UInt8>, _ input: inout CodedInput
    ) throws(CodingError) -> [UInt32] {
        if count == 0 { return [] }
        let bytes = try get(count * 4, scratch: scratch, &input)
        return (0..<count).map { index in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index * 4 + $1]) << (8 * UInt32($1)) }
        }
    }
}
