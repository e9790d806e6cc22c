/// Elements that are not zero, and a bit for each element that says whether it is one of them (the
/// lowest bit first).
enum Sparse {
    /// Puts the elements that are not zero together; their number.
    static func compact(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ type: ElementType,
        mask: UnsafeMutablePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        type.width == 2
            ? compact(DeltaCoder.halves(bytes), count, mask, DeltaCoder.words(target))
            : compact(DeltaCoder.singles(bytes), count, mask, DeltaCoder.doubleWords(target))
    }

    @inline(__always)
    private static func compact<Element: FixedWidthInteger>(
        _ from: UnsafePointer<Element>, _ count: Int, _ mask: UnsafeMutablePointer<UInt8>,
        _ to: UnsafeMutablePointer<Element>
    ) -> Int {
        var kept = 0
        for start in stride(from: 0, to: count, by: 8) {
            var bits: UInt8 = 0
            for index in start..<min(start + 8, count) {
                let isKept: UInt8 = from[index] == 0 ? 0 : 1
                bits |= isKept &<< UInt8(index - start)
                to[kept] = from[index]
                kept &+= Int(isKept)
            }
            mask[start / 8] = bits
        }
        return kept
    }

    /// Puts elements back between zeros.
    static func spread(
        _ kept: UnsafePointer<UInt8>, _ keptCount: Int, _ mask: [UInt8], _ type: ElementType,
        into target: UnsafeMutablePointer<UInt8>, _ count: Int
    ) throws(CodingError) {
        target.update(repeating: 0, count: count * type.width)
        let used =
            type.width == 2
            ? spread(DeltaCoder.halves(kept), keptCount, mask, DeltaCoder.words(target), count)
            : spread(
                DeltaCoder.singles(kept), keptCount, mask, DeltaCoder.doubleWords(target), count)
        guard used == keptCount else {
            throw .malformed("the mask has another number of elements than there are")
        }
    }

    @inline(__always)
    private static func spread<Element: FixedWidthInteger>(
        _ from: UnsafePointer<Element>, _ kept: Int, _ mask: [UInt8],
        _ to: UnsafeMutablePointer<Element>, _ count: Int
    ) -> Int? {
        var used = 0
        for (byte, value) in mask.enumerated() {
            var bits = value
            while bits != 0 {
                let index = byte * 8 + bits.trailingZeroBitCount
                bits &= bits &- 1
                guard index < count, used < kept else { return nil }
                to[index] = from[used]
                used += 1
            }
        }
        return used
    }
}
