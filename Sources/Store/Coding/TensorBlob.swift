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
        tensors = try Self.tensors(of: reader)
    }

    private static func tensors(of reader: BlobReader) throws(StoreError) -> TensorFile? {
        guard reader.size > 8 else { return nil }
        let first = try reader.bytes(0..<min(9, reader.size))
        guard first.last == UInt8(ascii: "{"),
            let length = try? TensorFile.headerLength(first: first, fileSize: reader.size)
        else { return nil }
        let header = try reader.bytes(0..<UInt64(length))
        return try? TensorFile(header: header, fileSize: reader.size)
    }
}
