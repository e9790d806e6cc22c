/// What the bytes of a segment are.
public enum ElementType: UInt8, Sendable, CaseIterable {
    /// bfloat16.
    case bf16 = 1
    /// IEEE 754 half.
    case f16 = 2
    /// IEEE 754 single.
    case f32 = 3
    /// All else: integers, 8-bit floats, text.
    case bytes = 4

    /// Bytes of an element.
    public var width: Int {
        switch self {
        case .bf16, .f16: 2
        case .f32: 4
        case .bytes: 1
        }
    }

    /// Bits of the significand that are written down.
    var significandBits: Int {
        switch self {
        case .bf16: 7
        case .f16: 10
        case .f32: 23
        case .bytes: 0
        }
    }

    /// Exponents all ones.
    var exponentMask: UInt32 { self == .f16 ? 31 : 255 }
}
