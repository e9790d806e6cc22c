/// Counts of symbols, and what an ideal coder without memory needs for them.
enum Histogram {
    /// Counts each byte into `counts` (256 numbers, overwritten), four at a time so that equal
    /// neighbours do not wait for each other.
    static func count(
        _ bytes: UnsafePointer<UInt8>, _ length: Int, into counts: UnsafeMutablePointer<UInt32>
    ) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * 256) { lanes in
            lanes.initialize(repeating: 0)
            let table = lanes.baseAddress.unsafelyUnwrapped
            var index = 0
            while index + 4 <= length {
                table[Int(bytes[index])] &+= 1
                table[256 + Int(bytes[index + 1])] &+= 1
                table[512 + Int(bytes[index + 2])] &+= 1
                table[768 + Int(bytes[index + 3])] &+= 1
                index += 4
            }
            while index < length {
                table[Int(bytes[index])] &+= 1
                index += 1
            }
            for symbol in 0..<256 {
                counts[symbol] =
                    table[symbol] &+ table[256 + symbol] &+ table[512 + symbol]
                    &+ table[768 + symbol]
            }
        }
    }

    /// Bits that the counted symbols need at least (Shannon's order-0 entropy times their number).
    static func bits(_ counts: UnsafePointer<UInt32>, _ symbols: Int) -> Double {
        var sum: UInt32 = 0
        var parts = 0.0
        for symbol in 0..<symbols where counts[symbol] > 0 {
            sum &+= counts[symbol]
            parts += Double(counts[symbol]) * logarithm(counts[symbol])
        }
        return sum == 0 ? 0 : Double(sum) * logarithm(sum) - parts
    }

    /// Logarithm to base two, to 2e-4: choices between codings need no more.
    static func logarithm(_ value: UInt32) -> Double {
        let length = 32 - value.leadingZeroBitCount
        guard length > tableBits else { return logarithms[Int(value)] }
        let shift = length - tableBits
        return logarithms[Int(value >> UInt32(shift))] + Double(shift)
    }

    private static let tableBits = 12

    /// Of all numbers below 2^12, by squaring the significand: each doubling of it is one bit.
    private static let logarithms: [Double] = (0..<1 << tableBits).map { value in
        guard value > 0 else { return 0 }
        var rest = Double(value).significand
        var (sum, bit) = (Double(Double(value).exponent), 0.5)
        for _ in 0..<40 {
            rest *= rest
            if rest >= 2 {
                rest /= 2
                sum += bit
            }
            bit /= 2
        }
        return sum
    }
}
