import Genome
import Host
import Wire

/// Tensors of a run as the bytes of a safetensors file: names sorted, f32, no metadata but the
/// format's mark, so that equal tensors are equal files.
enum TensorBytes {
    /// Largest file: 2^36 bytes are 17 billion values, far more than factors have.
    static let fileBytesMax = 1 << 36

    /// Writes a file, which its caller syncs, and gives its BLAKE3-256 hash and size.
    static func write(
        _ tensors: [TrainedTensor], to path: String
    ) throws(SystemError) -> BlobReference {
        try write(tensors, to: try File(path, .createNew))
    }

    /// Fills an empty file, which its caller syncs, and gives its BLAKE3-256 hash and size.
    static func write(
        _ tensors: [TrainedTensor], to file: File
    ) throws(SystemError) -> BlobReference {
        let sorted = tensors.sorted { $0.name < $1.name }
        var tree = TreeHasher()
        var offset: UInt64 = 0
        let header = TensorHeader.bytes(sorted.map { ($0.name, "F32", $0.shape) })
        tree.update(header.span.bytes)
        try file.write(header, offset: 0)
        offset += UInt64(header.count)
        for tensor in sorted {
            let bytes = tensor.values.span.bytes
            tree.update(bytes)
            try file.write(bytes, offset: offset)
            offset += UInt64(bytes.byteCount)
        }
        return BlobReference(blob: tree.finish().id, size: offset)
    }

    /// The size that a file of these tensors has.
    static func size(_ tensors: [TrainedTensor]) -> Int {
        let sorted = tensors.sorted { $0.name < $1.name }
        let header = TensorHeader.bytes(sorted.map { ($0.name, "F32", $0.shape) })
        return header.count + sorted.reduce(0) { $0 + $1.values.count * 4 }
    }

    /// The hash that a file of these tensors has.
    static func hash(_ tensors: [TrainedTensor]) -> Digest {
        let sorted = tensors.sorted { $0.name < $1.name }
        var tree = TreeHasher()
        tree.update(TensorHeader.bytes(sorted.map { ($0.name, "F32", $0.shape) }).span.bytes)
        for tensor in sorted { tree.update(tensor.values.span.bytes) }
        return tree.finish().id
    }

    /// The tensors of a file's bytes, read strictly.
    static func read(_ bytes: [UInt8], name: String) throws(LearnError) -> [TrainedTensor] {
        let file: TensorFile
        do throws(GenomeError) {
            file = try TensorFile(
                header: bytes, fileSize: UInt64(bytes.count),
                headerMax: TensorFile.headerMax)
        } catch {
            throw .weights(.format(file: name, error))
        }
        var tensors: [TrainedTensor] = []
        for entry in file.tensors {
            guard entry.type == .float32 else {
                throw .weights(.wrongType(tensor: entry.name, type: entry.type.rawValue))
            }
            let span = bytes.span.bytes
            let start = Int(entry.range.lowerBound)
            let values = (0..<Int(entry.shape.elementCount)).map { index in
                Float(
                    bitPattern: UInt32(
                        littleEndian: span.unsafeLoadUnaligned(
                            fromByteOffset: start + index * 4, as: UInt32.self)))
            }
            tensors.append(
                TrainedTensor(
                    name: entry.name, shape: entry.shape.dimensions.map { Int($0) },
                    values: values))
        }
        return tensors.sorted { $0.name < $1.name }
    }
}
