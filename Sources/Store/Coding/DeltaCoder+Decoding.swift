/// Undoes what `DeltaCoder` wrote. Counts must add up to the elements, and the parent must have as
/// many of each band as the encoder saw.
extension DeltaCoder {
    /// Lengths of the planes, as they follow from the bands.
    private struct Lengths {
        var masks = 0, symbols = 0, bits = 0
        var planes = [0, 0, 0, 0]
    }

    /// Where the next bytes of each plane are.
    private struct Sources {
        var masks, symbols, bits: UnsafePointer<UInt8>
        var planes: [UnsafePointer<UInt8>]
        var escapes: [UInt32]
        var escapesUsed = 0
    }

    /// Reads a child of `size` bytes from what tells it from `parent`.
    func decode(
        _ parent: UnsafePointer<UInt8>, _ size: Int, _ type: ElementType,
        into target: UnsafeMutablePointer<UInt8>, _ input: inout CodedInput
    ) throws(CodingError) {
        let count = size / type.width
        let bandCount = Int(try input.byte())
        guard bandCount > 0 else { return target.update(from: parent, count: size) }
        guard bandCount <= DeltaBand.bandsMax else {
            throw .malformed("a delta has more than \(DeltaBand.bandsMax) bands")
        }
        let (bands, map) = try readBands(bandCount, count, type, &input)
        var sources = try readSources(bands, count, &input)
        var start = 0
        for band in bands {
            try values(of: band, into: planes.memory.sorted + start, &sources)
            start += band.count
        }
        guard sources.escapesUsed == sources.escapes.count else {
            throw .malformed("a delta has escapes that nothing uses")
        }
        try gather(bands, map, parent, count, type, into: target)
    }

    private func readBands(
        _ bandCount: Int, _ count: Int, _ type: ElementType, _ input: inout CodedInput
    ) throws(CodingError) -> ([DeltaBand], [UInt8]) {
        var bands: [DeltaBand] = []
        var map = [UInt8](repeating: 0, count: 256)
        var (top, total) = (256, 0)
        for index in 0..<bandCount {
            var band = DeltaBand()
            band.low = try input.byte()
            guard let zeros = DeltaBand.Zeros(rawValue: try input.byte()) else {
                throw .malformed("a band tells its zeros in no known way")
            }
            band.zeros = zeros
            band.shift = try input.byte()
            band.first = try input.number()
            band.second = try input.number()
            band.nonzero = try input.number()
            total += band.count
            let isShift = Int(band.shift) <= type.width * 8 - 8
            let isPlanes = (1...type.width).contains(band.planeCount ?? 0)
            guard total <= count, Int(band.low) < top, band.nonzero <= band.count,
                isShift || isPlanes
            else { throw .malformed("a band is not one of the elements") }
            for exponent in Int(band.low)..<top { map[exponent] = UInt8(index) }
            top = Int(band.low)
            bands.append(band)
        }
        guard total == count, top == 0 else {
            throw .malformed("the bands are not all of the elements")
        }
        return (bands, map)
    }

    private func readSources(
        _ bands: [DeltaBand], _ count: Int, _ input: inout CodedInput
    ) throws(CodingError) -> Sources {
        var lengths = Lengths()
        for band in bands {
            if band.zeros == .mask { lengths.masks += (band.count + 7) / 8 }
            if let planeCount = band.planeCount {
                for plane in 0..<planeCount { lengths.planes[plane] += band.coded }
            } else {
                lengths.symbols += band.coded
                lengths.bits += (band.coded * Int(band.shift) + 7) / 8
            }
        }
        let escapeCount = try input.number()
        guard escapeCount <= count / Self.escapeShare else {
            throw .malformed("a delta has too many escapes")
        }
        let memory = planes.memory
        func plane(
            _ length: Int, _ scratch: UnsafeMutablePointer<UInt8>, _ input: inout CodedInput
        ) throws(CodingError) -> UnsafePointer<UInt8> {
            guard length > 0 else { return UnsafePointer(scratch) }
            return try planes.get(length, scratch: scratch, &input)
        }
        let masks = try plane(lengths.masks, memory.unpacked, &input)
        let symbols = try plane(lengths.symbols, memory.rest, &input)
        let bits = try plane(lengths.bits, memory.packed, &input)
        let escapes = try planes.words(escapeCount, scratch: memory.symbols, &input)
        var bytePlanes: [UnsafePointer<UInt8>] = []
        for index in 0..<4 {
            let scratch = memory.planes + index * CodingMemory.planeStride
            bytePlanes.append(try plane(lengths.planes[index], scratch, &input))
        }
        return Sources(
            masks: masks, symbols: symbols, bits: bits, planes: bytePlanes, escapes: escapes)
    }

    /// The values of a band, zeros and all.
    private func values(
        of band: DeltaBand, into target: UnsafeMutablePointer<UInt32>, _ sources: inout Sources
    ) throws(CodingError) {
        guard band.zeros != .all else {
            return target.update(repeating: 0, count: band.count)
        }
        let coded = band.zeros == .mask ? planes.memory.values : target
        if let planeCount = band.planeCount {
            coded.update(repeating: 0, count: band.coded)
            for plane in 0..<planeCount {
                let (bytes, shift) = (sources.planes[plane], UInt32(8 * plane))
                for index in 0..<band.coded { coded[index] |= UInt32(bytes[index]) &<< shift }
                sources.planes[plane] += band.coded
            }
        } else {
            try symbols(of: band, into: coded, &sources)
        }
        if band.zeros == .mask { try spread(band, coded, into: target, &sources) }
    }

    private func symbols(
        of band: DeltaBand, into target: UnsafeMutablePointer<UInt32>, _ sources: inout Sources
    ) throws(CodingError) {
        let shift = UInt32(band.shift)
        let (symbols, count) = (sources.symbols, band.coded)
        var highest: UInt8 = 0
        for index in 0..<count { highest = max(highest, symbols[index]) }
        if shift == 0 {
            for index in 0..<count { target[index] = UInt32(symbols[index]) }
        } else {
            let mask = (UInt64(1) &<< UInt64(shift)) &- 1
            let bits = sources.bits
            var (held, heldBits, place) = (UInt64(0), UInt64(0), 0)
            for index in 0..<count {
                while heldBits < UInt64(shift) {
                    held |= UInt64(bits[place]) &<< heldBits
                    place &+= 1
                    heldBits &+= 8
                }
                target[index] =
                    UInt32(symbols[index]) &<< shift | UInt32(truncatingIfNeeded: held & mask)
                held &>>= UInt64(shift)
                heldBits &-= UInt64(shift)
            }
            sources.bits += (count * Int(shift) + 7) / 8
        }
        sources.symbols += count
        guard highest == 255 else { return }
        for index in 0..<count where symbols[index] == 255 {
            guard sources.escapesUsed < sources.escapes.count else {
                throw .malformed("a delta has too few escapes")
            }
            target[index] = sources.escapes[sources.escapesUsed]
            sources.escapesUsed += 1
        }
    }

    private func spread(
        _ band: DeltaBand, _ coded: UnsafePointer<UInt32>,
        into target: UnsafeMutablePointer<UInt32>, _ sources: inout Sources
    ) throws(CodingError) {
        target.update(repeating: 0, count: band.count)
        let length = (band.count + 7) / 8
        var used = 0
        for byte in 0..<length {
            var bits = sources.masks[byte]
            while bits != 0 {
                let index = byte * 8 + bits.trailingZeroBitCount
                bits &= bits &- 1
                guard index < band.count, used < band.nonzero else {
                    throw .malformed("a mask has more elements than its band")
                }
                target[index] = coded[used] &+ 1
                used += 1
            }
        }
        guard used == band.nonzero else {
            throw .malformed("a mask has fewer elements than its band")
        }
        sources.masks += length
    }

    /// Takes each element's step from the band of its parent's exponent.
    private func gather(
        _ bands: [DeltaBand], _ map: [UInt8], _ parent: UnsafePointer<UInt8>, _ count: Int,
        _ type: ElementType, into target: UnsafeMutablePointer<UInt8>
    ) throws(CodingError) {
        var (firsts, seconds) = DeltaBand.starts(bands)
        let ends = zip(bands, firsts).map { $0.count + $1 }
        // Against a wrong parent a place leaves its band, by half of the elements at most: there is
        // memory for that, and the counts at the end tell.
        if type.width == 2 {
            let (from, to) = (Self.halves(parent), Self.words(target))
            gather(0..<count / 2, map, &firsts, from, to, type, Self.child)
            gather(count / 2..<count, map, &seconds, from, to, type, Self.child)
        } else {
            let (from, to) = (Self.singles(parent), Self.doubleWords(target))
            gather(0..<count / 2, map, &firsts, from, to, type, Self.child)
            gather(count / 2..<count, map, &seconds, from, to, type, Self.child)
        }
        for index in bands.indices
        where firsts[index] != ends[index] - bands[index].second || seconds[index] != ends[index] {
            throw .malformed("its parent is another one than it was coded against")
        }
    }

    @inline(__always)
    private func gather<Element: FixedWidthInteger & UnsignedInteger>(
        _ range: Range<Int>, _ map: [UInt8], _ places: inout [Int],
        _ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>, _ type: ElementType,
        _ child: (Element, UInt32) -> Element
    ) {
        let shift = Element(type.significandBits)
        let mask = Element(truncatingIfNeeded: type.exponentMask)
        let sorted = planes.memory.sorted
        map.withUnsafeBufferPointer { map in
            places.withUnsafeMutableBufferPointer { places in
                for index in range {
                    let band = Int(map[Int(from[index] &>> shift & mask)])
                    to[index] = child(from[index], sorted[places[band]])
                    places[band] &+= 1
                }
            }
        }
    }

    static func words(_ bytes: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer(bytes).assumingMemoryBound(to: UInt16.self)
    }

    static func doubleWords(_ bytes: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(bytes).assumingMemoryBound(to: UInt32.self)
    }
}
