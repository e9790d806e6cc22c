import CKernels

/// Weights of a linear module with adapters worked in, rows at a time.
///
/// As PEFT merges by default: each product is scaled and added in f32, with DoRA multiplied by the
/// gain, and rounded once to the weights' type.
struct MergedWeights {
    /// Rows computed at once.
    static let rowsAtOnce = 256

    private let linear: Linear
    private let factors: [Factor]
    private let scratch: Scratch
    private let left: Scratch

    init(_ linear: Linear, _ factors: [Factor]) throws(LearnError) {
        self.linear = linear
        self.factors = factors
        scratch = try Scratch(bytes: Int(PLASMID_PRODUCT_SCRATCH))
        let rank = factors.map(\.rank).max() ?? 1
        left = try Scratch(
            bytes: Arena.leftBytes(Self.rowsAtOnce, rank, .portable) + 64)
    }

    /// Rows `range` of the stored weight as they are written to a file.
    func rows(_ range: Range<Int>) -> [UInt8] {
        let columns = linear.weight.columns
        var values = [Float](repeating: 0, count: range.count * columns)
        values.withUnsafeMutableBufferPointer { space in
            guard let start = space.baseAddress else { return }
            for row in range {
                linear.weight.widen(row: row, into: start + (row - range.lowerBound) * columns)
            }
        }
        for factor in factors { add(factor, to: &values, range) }
        return encoded(values)
    }

    private func add(_ factor: Factor, to values: inout [Float], _ range: Range<Int>) {
        let columns = linear.weight.columns
        let rank = factor.rank
        let source = leftRows(factor, range)
        var delta = [Float](repeating: 0, count: values.count)
        var right =
            linear.isTransposed
            ? factor.up.right(isTransposed: false) : factor.down.right(isTransposed: true)
        let tiles = Left.tiles(range.count)
        let profile = Profile.portable.code
        plasmid_left_pack(profile, source, rank, range.count, rank, 0, tiles, left.start)
        plasmid_product(
            profile, left.start, range.count, rank, &right, 0, columns, &delta, columns,
            scratch.start)
        let gain = factor.gain?.values()
        for index in values.indices {
            let scaled = delta[index] * factor.scale
            guard let gain else {
                values[index] = rounded(values[index] + scaled)
                continue
            }
            let output =
                linear.isTransposed ? index % columns : range.lowerBound + index / columns
            values[index] = rounded(gain[output] * (values[index] + scaled))
        }
    }

    /// The rows of the left operand: of B, or of A transposed where weights are.
    private func leftRows(_ factor: Factor, _ range: Range<Int>) -> [Float] {
        let rank = factor.rank
        if !linear.isTransposed {
            let up = factor.up.values()
            return Array(up[range.lowerBound * rank..<range.upperBound * rank])
        }
        let down = factor.down.values()
        let inputs = factor.down.columns
        return range.flatMap { input in (0..<rank).map { down[$0 * inputs + input] } }
    }

    private func rounded(_ value: Float) -> Float {
        switch linear.weight.element {
        case .float32: return value
        case .bfloat16: return Float(bitPattern: UInt32(Self.bfloat16(value)) << 16)
        case .float16: return HalfFloat.widened(HalfFloat.rounded(value))
        }
    }

    private func encoded(_ values: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * linear.weight.element.bytes)
        for value in values {
            let bits: UInt32 =
                switch linear.weight.element {
                case .float32: value.bitPattern
                case .bfloat16: UInt32(Self.bfloat16(value))
                case .float16: UInt32(HalfFloat.rounded(value))
                }
            for byte in 0..<linear.weight.element.bytes {
                bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * UInt32(byte))))
            }
        }
        return bytes
    }

    private static func bfloat16(_ value: Float) -> UInt16 {
        var result: UInt16 = 0
        var value = value
        plasmid_round_bf16(&value, 1, &result)
        return result
    }
}

/// IEEE half precision by integers: Swift's own type is not on every processor.
enum HalfFloat {
    /// Nearest, ties to even.
    static func rounded(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let magnitude = bits & 0x7fff_ffff
        if magnitude >= 0x7f80_0000 {
            return sign | (magnitude > 0x7f80_0000 ? 0x7e00 : 0x7c00)
        }
        // 65520 and above round to infinity; below 2^-25 to zero.
        if magnitude >= 0x477f_f000 { return sign | 0x7c00 }
        if magnitude < 0x3300_0001 { return sign }
        let exponent = Int(magnitude >> 23) - 127
        let shift = exponent < -14 ? UInt32(13 + (-14 - exponent)) : 13
        let mantissa = magnitude & 0x7f_ffff | 0x80_0000
        var half = mantissa >> shift
        let rest = mantissa & ((1 << shift) - 1)
        let middle: UInt32 = 1 << (shift - 1)
        if rest > middle || rest == middle && half & 1 == 1 { half += 1 }
        // A carry into the next exponent is what the sum gives by itself.
        let base: UInt32 = exponent < -14 ? 0 : UInt32(exponent + 14) << 10
        return sign | UInt16(base + half)
    }

    /// The value as f32, exactly.
    static func widened(_ half: UInt16) -> Float {
        var result: Float = 0
        var half = half
        plasmid_widen(&half, Element.float16.code, 1, &result)
        return result
    }
}
