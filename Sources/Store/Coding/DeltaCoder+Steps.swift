/// From floats to integers in the order of their values, and back: all without branches.
extension DeltaCoder {
    static func halves(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt16> {
        UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt16.self)
    }

    static func singles(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt32> {
        UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt32.self)
    }

    static func isEqual(
        _ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int
    ) -> Bool {
        var difference: UInt8 = 0
        var index = 0
        while index < count, difference == 0 {
            let end = min(count, index + 4_096)
            while index < end {
                difference |= left[index] ^ right[index]
                index += 1
            }
        }
        return difference == 0
    }

    /// Steps of 16 bits and the parent's exponents.
    static func subtract(
        _ child: UnsafePointer<UInt16>, _ parent: UnsafePointer<UInt16>,
        _ steps: UnsafeMutablePointer<UInt32>, _ exponents: UnsafeMutablePointer<UInt8>,
        _ count: Int, _ type: ElementType
    ) {
        let shift = UInt16(type.significandBits)
        let mask = UInt16(type.exponentMask)
        for index in 0..<count {
            let step = Int16(bitPattern: ordered(child[index]) &- ordered(parent[index]))
            steps[index] = UInt32(
                UInt16(bitPattern: step) &<< 1 ^ UInt16(bitPattern: step &>> 15))
            exponents[index] = UInt8(truncatingIfNeeded: parent[index] &>> shift & mask)
        }
    }

    /// Steps of 32 bits and the parent's exponents.
    static func subtract(
        _ child: UnsafePointer<UInt32>, _ parent: UnsafePointer<UInt32>,
        _ steps: UnsafeMutablePointer<UInt32>, _ exponents: UnsafeMutablePointer<UInt8>,
        _ count: Int, _ type: ElementType
    ) {
        for index in 0..<count {
            let step = Int32(bitPattern: ordered(child[index]) &- ordered(parent[index]))
            steps[index] = UInt32(bitPattern: step) &<< 1 ^ UInt32(bitPattern: step &>> 31)
            exponents[index] = UInt8(truncatingIfNeeded: parent[index] &>> 23)
        }
    }

    @inline(__always)
    static func ordered(_ bits: UInt16) -> UInt16 {
        bits ^ (UInt16(bitPattern: Int16(bitPattern: bits) &>> 15) | 0x8000)
    }

    @inline(__always)
    static func unordered(_ image: UInt16) -> UInt16 {
        image ^ (~UInt16(bitPattern: Int16(bitPattern: image) &>> 15) | 0x8000)
    }

    @inline(__always)
    static func ordered(_ bits: UInt32) -> UInt32 {
        bits ^ (UInt32(bitPattern: Int32(bitPattern: bits) &>> 31) | 0x8000_0000)
    }

    @inline(__always)
    static func unordered(_ image: UInt32) -> UInt32 {
        image ^ (~UInt32(bitPattern: Int32(bitPattern: image) &>> 31) | 0x8000_0000)
    }

    @inline(__always)
    static func child(_ parent: UInt16, _ step: UInt32) -> UInt16 {
        let step = UInt16(truncatingIfNeeded: step)
        return unordered(ordered(parent) &+ ((step &>> 1) ^ (0 &- (step & 1))))
    }

    @inline(__always)
    static func child(_ parent: UInt32, _ step: UInt32) -> UInt32 {
        unordered(ordered(parent) &+ ((step &>> 1) ^ (0 &- (step & 1))))
    }
}
