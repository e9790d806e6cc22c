import Wire

/// Hashes each tensor of one safetensors file while the file streams by from its first byte to its
/// last, so that sharing reads a file once. Memory: one leaf of the hash tree and the rows.
public struct TensorHasher: Sendable {
    private let tensors: [TensorEntry]
    private var index = 0
    private var position: UInt64 = 0
    private var hasher = TreeHasher()
    private var rows: [TensorTable.Row] = []

    /// A hasher for the tensors of `file`.
    public init(_ file: TensorFile) {
        tensors = file.tensors
    }

    /// Takes the next bytes of the file; the first call starts at its first byte.
    public mutating func update(_ bytes: RawSpan) {
        var start = 0
        closeFinished()
        while start < bytes.byteCount, index < tensors.count {
            let range = tensors[index].range
            let wanted = range.contains(position) ? range.upperBound : range.lowerBound
            let count = Int(min(wanted - position, UInt64(bytes.byteCount - start)))
            if range.contains(position) {
                hasher.update(bytes.extracting(start..<start + count))
            }
            start += count
            position += UInt64(count)
            closeFinished()
        }
        position += UInt64(bytes.byteCount - start)
    }

    /// The rows of the file's tensors; nil unless every byte of them was given.
    public consuming func finish() -> [TensorTable.Row]? {
        closeFinished()
        return index == tensors.count ? rows : nil
    }

    private mutating func closeFinished() {
        while index < tensors.count, position >= tensors[index].range.upperBound {
            let tensor = tensors[index]
            let hash = hasher.finish().id
            rows.append(
                TensorTable.Row(
                    name: tensor.name, type: tensor.type, shape: tensor.shape, hash: hash))
            hasher = TreeHasher()
            index += 1
        }
    }
}
