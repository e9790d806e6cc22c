import Foundation

@testable import Store

/// Weights by a stated generator: the same on every machine.
struct CodingSamples {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func below(_ limit: Int) -> Int { Int(next() >> 11) % limit }

    mutating func normal() -> Float {
        let first = (Double(next() >> 11) + 1) / 0x1p53
        let second = Double(next() >> 11) / 0x1p53
        return Float((-2 * log(first)).squareRoot() * cos(2 * .pi * second))
    }

    /// What weights can be like.
    enum Kind: CaseIterable {
        case trained, rowScaled, pruned, constant, chance, wide
    }

    mutating func weights(_ count: Int, _ kind: Kind, columns: Int = 64) -> [Float] {
        let scale = Float(pow(2, Double(below(20)) - 12))
        var rows: [Int: Float] = [:]
        return (0..<count).map { index in
            switch kind {
            case .trained: return normal() * scale
            case .rowScaled:
                let row = index / columns
                let factor = rows[row] ?? exp(normal() * 2)
                rows[row] = factor
                return normal() * scale * factor
            case .pruned: return below(2) == 0 ? 0 : normal() * scale
            case .constant: return 1
            case .chance: return Float(bitPattern: UInt32(truncatingIfNeeded: next()))
            case .wide: return normal() * Float(pow(2, Double(below(120)) - 60))
            }
        }
    }

    static func bytes(_ weights: [Float], _ type: ElementType) -> [UInt8] {
        weights.flatMap { value -> [UInt8] in
            let bits = value.bitPattern
            switch type {
            case .f32: return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
            case .bf16: return (0..<2).map { UInt8(truncatingIfNeeded: bits >> (16 + 8 * $0)) }
            case .f16:
                let half = Self.half(value)
                return (0..<2).map { UInt8(truncatingIfNeeded: half >> (8 * $0)) }
            case .bytes: return [UInt8(truncatingIfNeeded: bits >> 24)]
            }
        }
    }

    /// Half by truncation, subnormals as zero: good enough to be like one.
    private static func half(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let exponent = Int(bits >> 23 & 255) - 112
        guard exponent > 0 else { return sign }
        guard exponent < 31 else { return sign | 0x7C00 }
        return sign | UInt16(exponent) << 10 | UInt16(truncatingIfNeeded: bits >> 13 & 1_023)
    }
}
