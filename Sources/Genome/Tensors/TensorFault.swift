/// Which rule of the safetensors format, or of our stricter reading of it, a file breaks.
public enum TensorFault: Hashable, Sendable, CustomStringConvertible {
    /// Shorter than the header it announces.
    case endsEarly
    /// A header longer than the limit.
    case headerTooLong(limit: Int)
    /// A header that is not strict JSON.
    case headerNotJSON(JSONFault, at: Int)
    /// A header that is not an object of tensors.
    case headerNotObject
    /// More tensors than the limit.
    case tooManyTensors(limit: Int)
    /// `__metadata__` that is not text to text, or too long.
    case badMetadata
    /// A name that is empty, too long or not printable ASCII.
    case badName
    /// Members other than dtype, shape and data_offsets.
    case badEntry
    /// An element type that the format does not have.
    case unknownType(String)
    /// A shape with too many dimensions, or one that is no whole number within 2^48.
    case badShape
    /// Offsets that are no ascending pair within the file.
    case badOffsets
    /// Offsets whose length is not the size of the shape.
    case wrongSize(expected: UInt64, found: UInt64)
    /// Bytes that belong to no tensor before this one.
    case gap
    /// Bytes that belong to two tensors.
    case overlap
    /// Bytes behind the last tensor.
    case trailing
    /// The same tensor in two shards.
    case duplicate
    /// A table that is not in its one encoding.
    case badTable

    /// The rest of a sentence after the tensor's name.
    public var description: String {
        switch self {
        case .endsEarly: "the file ends before its header does"
        case .headerTooLong(let limit): "the header is longer than \(limit) bytes"
        case .headerNotJSON(let fault, let offset): "header at byte \(offset): \(fault)"
        case .headerNotObject: "the header is not an object of tensors"
        case .tooManyTensors(let limit): "more than \(limit) tensors"
        case .badMetadata: "__metadata__ is not short text to text"
        case .badName: "its name is not 1 to 512 printable ASCII characters"
        case .badEntry: "it must have dtype, shape and data_offsets and nothing else"
        case .unknownType(let type): "unknown dtype \(type)"
        case .badShape: "its shape is not up to 8 whole numbers within 2^48"
        case .badOffsets: "its data_offsets are not an ascending pair inside the file"
        case .wrongSize(let expected, let found):
            "its shape needs \(expected) bytes, its data_offsets hold \(found)"
        case .gap: "bytes before it belong to no tensor"
        case .overlap: "it overlaps the tensor before it"
        case .trailing: "bytes behind the last tensor belong to none"
        case .duplicate: "it stands in two files"
        case .badTable: "the tensor table is not in its one encoding"
        }
    }
}
