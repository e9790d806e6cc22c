import CKernels

/// How products are computed. Each profile gives the same bits on every CPU and thread count.
///
/// A name is frozen: what is computed under it never changes by a bit, because records of other
/// nodes name it and are computed again by it. Other bits are another case with another number at
/// the end of its name (`-v2`), beside these. `FrozenProfileTests` holds what they compute.
public enum Profile: String, CaseIterable, Sendable {
    /// f32 activations times stored weights, keys and values in f32.
    case portable = "portable-f32-v1"
    /// Both operands rounded to bf16, keys and values in bf16, sums in f32.
    case bf16Dot = "bf16dot-v1"

    /// The profile of a name, with or without its version.
    public init?(named name: String) {
        let found = Self.allCases.first { $0.rawValue == name || $0.shortName == name }
        guard let found else { return nil }
        self = found
    }

    /// The name without its version.
    public var shortName: String { FrozenName.split(rawValue).stem }

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
