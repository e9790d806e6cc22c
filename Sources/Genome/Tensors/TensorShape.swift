/// The element type of a tensor, by its name in safetensors.
public enum TensorType: String, CaseIterable, Sendable {
    case bool = "BOOL"
    case float4 = "F4"
    case float6E2M3 = "F6_E2M3"
    case float6E3M2 = "F6_E3M2"
    case uint8 = "U8"
    case int8 = "I8"
    case float8E5M2 = "F8_E5M2"
    case float8E4M3 = "F8_E4M3"
    case float8E8M0 = "F8_E8M0"
    case float8E4M3FNUZ = "F8_E4M3FNUZ"
    case float8E5M2FNUZ = "F8_E5M2FNUZ"
    case int16 = "I16"
    case uint16 = "U16"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int32 = "I32"
    case uint32 = "U32"
    case float32 = "F32"
    case complex64 = "C64"
    case float64 = "F64"
    case int64 = "I64"
    case uint64 = "U64"

    /// Bits of one element.
    public var bits: UInt64 {
        switch self {
        case .float4: 4
        case .float6E2M3, .float6E3M2: 6
        case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0, .float8E4M3FNUZ,
            .float8E5M2FNUZ:
            8
        case .int16, .uint16, .float16, .bfloat16: 16
        case .int32, .uint32, .float32: 32
        case .complex64, .float64, .int64, .uint64: 64
        }
    }

    /// Whether elements are real numbers that a kernel could compute with.
    public var isFloatingPoint: Bool {
        switch self {
        case .bool, .uint8, .int8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .complex64:
            false
        default: true
        }
    }
}

/// The dimensions of a tensor, outermost first: at most eight, each at most 2^48.
public struct TensorShape: Hashable, Sendable {
    /// Most dimensions.
    public static let rankMax = 8
    /// Largest dimension.
    public static let dimensionMax: UInt64 = 1 << 48

    /// The dimensions.
    public let dimensions: [UInt64]

    /// A shape; nil if it breaks a limit or its elements do not fit 2^62.
    public init?(_ dimensions: [UInt64]) {
        guard dimensions.count <= Self.rankMax,
            dimensions.allSatisfy({ $0 <= Self.dimensionMax }),
            let count = Self.product(dimensions), count <= 1 << 62
        else { return nil }
        self.dimensions = dimensions
    }

    /// Number of elements: 1 for a shape without dimensions.
    public var elementCount: UInt64 { Self.product(dimensions) ?? 0 }

    /// Bytes of a tensor of this shape and type; nil if its bits do not fill whole bytes or do not
    /// fit 64 bits.
    public func byteCount(of type: TensorType) -> UInt64? {
        let (bits, isOverflow) = elementCount.multipliedReportingOverflow(by: type.bits)
        return isOverflow || bits % 8 != 0 ? nil : bits / 8
    }

    private static func product(_ dimensions: [UInt64]) -> UInt64? {
        if dimensions.contains(0) { return 0 }
        var product: UInt64 = 1
        for dimension in dimensions {
            let (next, isOverflow) = product.multipliedReportingOverflow(by: dimension)
            if isOverflow { return nil }
            product = next
        }
        return product
    }
}

extension TensorShape: CustomStringConvertible {
    /// `[2, 3]`.
    public var description: String { "\(dimensions)" }
}
