import CKernels
import Genome

/// The element types that kernels compute with.
public enum Element: Hashable, Sendable {
    /// IEEE 754 single precision.
    case float32
    /// The upper half of a float32.
    case bfloat16
    /// IEEE 754 half precision.
    case float16

    /// The type of a tensor in a file; nil for one that no kernel reads.
    public init?(_ type: TensorType) {
        switch type {
        case .float32: self = .float32
        case .bfloat16: self = .bfloat16
        case .float16: self = .float16
        default: return nil
        }
    }

    /// Bytes of one element.
    public var bytes: Int { self == .float32 ? 4 : 2 }

    /// The kernels' number for it.
    var code: Int32 {
        switch self {
        case .float32: Int32(PLASMID_F32.rawValue)
        case .bfloat16: Int32(PLASMID_BF16.rawValue)
        case .float16: Int32(PLASMID_F16.rawValue)
        }
    }
}
