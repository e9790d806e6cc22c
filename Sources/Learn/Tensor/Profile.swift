import CKernels

/// How products are computed. Each profile gives the same bits on every CPU and thread count.
public enum Profile: String, CaseIterable, Sendable {
    /// f32 activations times stored weights, keys and values in f32.
    case portable = "portable-f32-v0"
    /// Both operands rounded to bf16, keys and values in bf16, sums in f32.
    case bf16Dot = "bf16dot-v0"

    /// The profile of a name, with or without its version.
    public init?(named name: String) {
        let found = Self.allCases.first { $0.rawValue == name || $0.rawValue.dropLast(3) == name }
        guard let found else { return nil }
        self = found
    }

    /// The kernels' number for it.
    var code: Int32 {
        switch self {
        case .portable: Int32(PLASMID_PORTABLE_F32.rawValue)
        case .bf16Dot: Int32(PLASMID_BF16_DOT.rawValue)
        }
    }
}

extension Profile {
    /// What keys and values are kept as.
    var cacheElement: Element { self == .portable ? .float32 : .bfloat16 }
}
