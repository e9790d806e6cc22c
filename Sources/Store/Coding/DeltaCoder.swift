/// Codes floats as integer steps from a parent's: both as integers in the order of their values,
/// the difference with its sign in the lowest bit, in bands by the parent's exponent.
struct DeltaCoder {
    let planes: PlaneCoder
    private var memory: CodingMemory { planes.memory }

    init(_ planes: PlaneCoder) { self.planes = planes }

    /// What the values of all bands became, before they are written.
    private struct Parts {
        var masks = 0, symbols = 0, bits = 0
        var maskCuts: [Int] = [], symbolCuts: [Int] = []
        var escapes: [UInt32] = []
        var planes = [0, 0, 0, 0]
        var planeCuts: [[Int]] = [[], [], [], []]
    }

    /// Of so many elements one may be too far from its parent for a symbol.
    static let escapeShare = 8

    /// Writes what tells `child` from `parent`, both of `size` bytes.
    func encode(
        _ child: UnsafePointer<UInt8>, _ parent: UnsafePointer<UInt8>, _ size: Int,
        _ type: ElementType, _ output: inout CodedOutput
    ) throws(CodingError) {
        let count = size / type.width
        guard !Self.isEqual(child, parent, size) else { return try output.put(UInt8(0)) }
        if type.width == 2 {
            Self.subtract(
                Self.halves(child), Self.halves(parent), memory.values, memory.symbols, count,
                type)
        } else {
            Self.subtract(
                Self.singles(child), Self.singles(parent), memory.values, memory.symbols, count,
                type)
        }
        var (bands, map) = bands(count)
        sort(bands, map, count)
        var parts = Parts()
        var start = 0
        for index in bands.indices {
            try code(&bands[index], memory.sorted + start, count, type.width, &parts)
            start += bands[index].count
        }
        try output.put(UInt8(bands.count))
        for band in bands {
            try output.put(band.low)
            try output.put(band.zeros.rawValue)
            try output.put(band.shift)
            try output.put(number: band.first)
            try output.put(number: band.second)
            try output.put(number: band.nonzero)
        }
        try put(parts, &output)
    }

    private func put(_ parts: Parts, _ output: inout CodedOutput) throws(CodingError) {
        try output.put(number: parts.escapes.count)
        if parts.masks > 0 {
            try planes.put(memory.unpacked, parts.masks, cuts: parts.maskCuts, &output)
        }
        if parts.symbols > 0 {
            try planes.put(memory.rest, parts.symbols, cuts: parts.symbolCuts, &output)
        }
        if parts.bits > 0 { try planes.put(memory.packed, parts.bits, expecting: .noise, &output) }
        try planes.put(words: parts.escapes, scratch: memory.symbols, &output)
        for plane in 0..<4 where parts.planes[plane] > 0 {
            try planes.put(
                memory.planes + plane * CodingMemory.planeStride, parts.planes[plane],
                cuts: parts.planeCuts[plane], &output)
        }
    }

    private func bands(_ count: Int) -> (bands: [DeltaBand], map: [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 512) { counts in
            guard let table = counts.baseAddress else { return ([], []) }
            let half = count / 2
            Histogram.count(memory.symbols, half, into: table)
            Histogram.count(memory.symbols + half, count - half, into: table + 256)
            return DeltaBand.divide(table, table + 256, count: count)
        }
    }

    /// Puts the values of each band together, in their order.
    private func sort(_ bands: [DeltaBand], _ map: [UInt8], _ count: Int) {
        var (firsts, seconds) = DeltaBand.starts(bands)
        let half = count / 2
        let (values, exponents, sorted) = (memory.values, memory.symbols, memory.sorted)
        map.withUnsafeBufferPointer { map in
            firsts.withUnsafeMutableBufferPointer { places in
                for index in 0..<half {
                    let band = Int(map[Int(exponents[index])])
                    sorted[places[band]] = values[index]
                    places[band] &+= 1
                }
            }
            seconds.withUnsafeMutableBufferPointer { places in
                for index in half..<count {
                    let band = Int(map[Int(exponents[index])])
                    sorted[places[band]] = values[index]
                    places[band] &+= 1
                }
            }
        }
    }

    private func code(
        _ band: inout DeltaBand, _ values: UnsafeMutablePointer<UInt32>, _ count: Int,
        _ width: Int, _ parts: inout Parts
    ) throws(CodingError) {
        for index in 0..<band.count where values[index] != 0 { band.nonzero += 1 }
        guard band.nonzero > 0 else {
            band.zeros = .all
            return
        }
        var coded = values
        // More than four in ten are zero: a bit for each is cheaper.
        if band.nonzero * 10 < band.count * 6 {
            band.zeros = .mask
            let kept = memory.values
            var used = 0
            for start in stride(from: 0, to: band.count, by: 8) {
                var bits: UInt8 = 0
                for index in start..<min(start + 8, band.count) where values[index] != 0 {
                    bits |= 1 &<< UInt8(index - start)
                    kept[used] = values[index] - 1
                    used += 1
                }
                memory.unpacked[parts.masks] = bits
                parts.masks += 1
            }
            parts.maskCuts.append(parts.masks)
            coded = kept
        }
        band.shift = DeltaBand.choose(coded, band.coded, width: width)
        if band.planeCount != nil {
            splitPlanes(&band, coded, &parts)
        } else {
            try splitSymbols(band, coded, count, &parts)
        }
    }

    private func splitPlanes(
        _ band: inout DeltaBand, _ values: UnsafePointer<UInt32>, _ parts: inout Parts
    ) {
        var all: UInt32 = 0
        for index in 0..<band.coded { all |= values[index] }
        let needed = max(1, (32 - all.leadingZeroBitCount + 7) / 8)
        band.shift = DeltaBand.planesFlag + UInt8(needed)
        for plane in 0..<needed {
            let place =
                memory.planes + plane * CodingMemory.planeStride + parts.planes[plane]
            let shift = UInt32(8 * plane)
            for index in 0..<band.coded {
                place[index] = UInt8(truncatingIfNeeded: values[index] &>> shift)
            }
            parts.planes[plane] += band.coded
            parts.planeCuts[plane].append(parts.planes[plane])
        }
    }

    private func splitSymbols(
        _ band: DeltaBand, _ values: UnsafePointer<UInt32>, _ count: Int, _ parts: inout Parts
    ) throws(CodingError) {
        let shift = UInt32(band.shift)
        let mask = (UInt32(1) &<< shift) &- 1
        var held: UInt64 = 0
        var heldBits: UInt64 = 0
        for index in 0..<band.coded {
            let value = values[index]
            var symbol = value &>> shift
            if symbol >= 255 {
                guard parts.escapes.count < count / Self.escapeShare else { throw .tooLong }
                symbol = 255
                parts.escapes.append(value)
            }
            memory.rest[parts.symbols] = UInt8(truncatingIfNeeded: symbol)
            parts.symbols &+= 1
            held |= UInt64(value & mask) &<< heldBits
            heldBits &+= UInt64(shift)
            while heldBits >= 8 {
                memory.packed[parts.bits] = UInt8(truncatingIfNeeded: held)
                parts.bits &+= 1
                held &>>= 8
                heldBits &-= 8
            }
        }
        if heldBits > 0 {
            memory.packed[parts.bits] = UInt8(truncatingIfNeeded: held)
            parts.bits += 1
        }
        parts.symbolCuts.append(parts.symbols)
    }
}
