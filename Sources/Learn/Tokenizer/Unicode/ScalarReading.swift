/// Reading and writing Unicode scalars in arrays of UTF-8 that is known to be valid.
extension [UInt8] {
    /// The scalar that starts at `position`, and the number of its bytes.
    @inline(__always)
    func scalar(at position: Int) -> (value: UInt32, length: Int) {
        let first = self[position]
        if first < 0x80 { return (UInt32(first), 1) }
        let second = UInt32(self[position + 1] & 0x3f)
        if first < 0xe0 { return (UInt32(first & 0x1f) << 6 | second, 2) }
        let third = UInt32(self[position + 2] & 0x3f)
        if first < 0xf0 { return (UInt32(first & 0x0f) << 12 | second << 6 | third, 3) }
        let fourth = UInt32(self[position + 3] & 0x3f)
        let high = UInt32(first & 0x07) << 18 | second << 12
        return (high | third << 6 | fourth, 4)
    }

    /// Where the scalar before `position` starts.
    @inline(__always)
    func scalarStart(before position: Int) -> Int {
        var start = position - 1
        while start > 0, self[start] & 0xc0 == 0x80 { start -= 1 }
        return start
    }

    /// Adds one scalar.
    mutating func append(scalar: UInt32) {
        switch scalar {
        case ..<0x80: append(UInt8(scalar))
        case ..<0x800:
            append(0xc0 | UInt8(scalar >> 6))
            append(0x80 | UInt8(scalar & 0x3f))
        case ..<0x10000:
            append(0xe0 | UInt8(scalar >> 12))
            append(0x80 | UInt8(scalar >> 6 & 0x3f))
            append(0x80 | UInt8(scalar & 0x3f))
        default:
            append(0xf0 | UInt8(scalar >> 18 & 0x07))
            append(0x80 | UInt8(scalar >> 12 & 0x3f))
            append(0x80 | UInt8(scalar >> 6 & 0x3f))
            append(0x80 | UInt8(scalar & 0x3f))
        }
    }

    /// The scalars of the whole array.
    var scalars: [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(count)
        var position = 0
        while position < count {
            let (value, length) = scalar(at: position)
            result.append(value)
            position += length
        }
        return result
    }
}
