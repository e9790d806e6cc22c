/// Elements whose parent's exponent lies in one range: the step of a child is of the size of its
/// parent's last place, so each band has statistics of its own.
struct DeltaBand {
    /// How zeros are told.
    enum Zeros: UInt8 {
        /// Like all else.
        case inline = 0
        /// By a bit for each element.
        case mask = 1
        /// There is nothing else.
        case all = 2
    }

    /// Most bands of a stream: their headers and tables cost more than further ones save.
    static let bandsMax = 16
    /// From this on the shift tells a number of byte planes.
    static let planesFlag: UInt8 = 128

    /// The least exponent of the parent.
    var low: UInt8 = 0
    var zeros = Zeros.inline
    /// Low bits of a value that are stored, below `planesFlag`.
    var shift: UInt8 = 0
    /// Members in the first and the second half of the stream: both are read side by side.
    var first = 0
    var second = 0
    /// Members that are not zero.
    var nonzero = 0

    var count: Int { first + second }
    /// Values that are coded.
    var coded: Int {
        switch zeros {
        case .inline: count
        case .mask: nonzero
        case .all: 0
        }
    }
    /// Byte planes of its values; nil where they are symbols.
    var planeCount: Int? {
        shift >= Self.planesFlag ? Int(shift - Self.planesFlag) : nil
    }

    /// Bands of a stream by how often the parent has each exponent in either half, from the highest
    /// on, and the band of each exponent.
    static func divide(
        _ first: UnsafePointer<UInt32>, _ second: UnsafePointer<UInt32>, count: Int
    ) -> (bands: [DeltaBand], map: [UInt8]) {
        let least = min(2_048, max(1, count / 48))
        var bands = [DeltaBand()]
        var map = [UInt8](repeating: 0, count: 256)
        var members = 0
        for exponent in (0..<256).reversed() {
            let last = bands.count - 1
            map[exponent] = UInt8(last)
            bands[last].first += Int(first[exponent])
            bands[last].second += Int(second[exponent])
            bands[last].low = UInt8(exponent)
            members += Int(first[exponent]) + Int(second[exponent])
            if members >= least, last < bandsMax - 1, exponent > 0 {
                bands.append(DeltaBand())
                members = 0
            }
        }
        if bands.count > 1, members < least, let last = bands.popLast() {
            let before = bands.count - 1
            bands[before].first += last.first
            bands[before].second += last.second
            bands[before].low = 0
            for exponent in 0..<256 where Int(map[exponent]) == before + 1 {
                map[exponent] = UInt8(before)
            }
        }
        return (bands, map)
    }

    /// Where the members of each band in either half begin, when all bands stand in a row.
    static func starts(_ bands: [DeltaBand]) -> (first: [Int], second: [Int]) {
        var (first, second): ([Int], [Int]) = ([], [])
        var start = 0
        for band in bands {
            first.append(start)
            second.append(start + band.first)
            start += band.count
        }
        return (first, second)
    }

    /// Whether symbols with a shift or byte planes need fewer bits for such values, by a sample.
    static func choose(
        _ values: UnsafePointer<UInt32>, _ count: Int, width: Int
    ) -> UInt8 {
        var lengths = [UInt32](repeating: 0, count: 33)
        var tables = [UInt32](repeating: 0, count: 5 * 256)
        let step = count > 4_096 ? count / 4_096 : 1
        var sampled = 0
        for index in stride(from: 0, to: count, by: step) where sampled < 4_096 {
            let value = values[index]
            lengths[32 - value.leadingZeroBitCount] += 1
            for plane in 0..<4 {
                tables[plane * 256 + Int(value >> UInt32(8 * plane) & 255)] += 1
            }
            sampled += 1
        }
        // All but one value in 512 shall be a symbol.
        var (longest, beyond) = (32, 0)
        while longest > 0, beyond + Int(lengths[longest]) <= sampled / 512 {
            beyond += Int(lengths[longest])
            longest -= 1
        }
        let shift = max(0, min(longest - 8, width * 8 - 8))
        for index in stride(from: 0, to: step * sampled, by: step) {
            tables[1_024 + min(255, Int(values[index] >> UInt32(shift)))] += 1
        }
        return tables.withUnsafeBufferPointer { tables in
            guard let base = tables.baseAddress else { return 0 }
            let symbols =
                Histogram.bits(base + 1_024, 256) + Double(shift * sampled)
                + Double(tables[1_024 + 255]) * 32
            var (planes, used) = (0.0, 1)
            for plane in 0..<width {
                let table = base + plane * 256
                if Int(table[0]) < sampled { used = plane + 1 }
                let kinds = (0..<256).count { table[$0] > 0 }
                // A table of Huffman lengths takes about six bits for each symbol.
                planes += min(
                    8 * Double(sampled), Histogram.bits(table, 256) + Double(kinds) * 0.72)
            }
            return planes < symbols * 0.985 ? planesFlag + UInt8(used) : UInt8(shift)
        }
    }
}
