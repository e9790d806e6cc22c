import Genome
import Wire

/// A blob with tensors, open to be coded or to be drawn on.
struct TensorBlob: Sendable {
    /// The blob.
    let reader: BlobReader
    /// Its tensors; nil for a file of another kind.
    let tensors: TensorFile?
    /// The hash of each of its tensors by name, as far as they are known.
    let hashes: [String: Digest]

    /// Opens a blob of the home; what is no safetensors file has no tensors.
    init(
        _ reader: BlobReader, hashes: [String: Digest] = [:]
    ) throws(StoreError) {
        self.reader = reader
        self.hashes = hashes
        tensors = try Self.tensors(size: reader.size) { range throws(StoreError) in
            try reader.bytes(range)
        }
    }

    /// The tensors of a file of `size` bytes; nil where it is no safetensors file, or where `read`
    /// does not have its head.
    static func tensors(
        size: UInt64, reading read: (Range<UInt64>) throws(StoreError) -> [UInt8]?
    ) throws(StoreError) -> TensorFile? {
        guard size > 8, let first = try read(0..<min(9, size)), first.last == UInt8(ascii: "{"),
            let length = try? TensorFile.headerLength(first: first, fileSize: size),
            let header = try read(0..<UInt64(length))
        else { return nil }
        return try? TensorFile(header: header, fileSize: size)
    }
}
