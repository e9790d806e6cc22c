import Genome
import Host
import Store
import Wire

/// Finds the tensors of a file that is being fetched in layers that are here, wherever they lie
/// there: by the hashes in the tensor tables of both.
struct TensorSearch {
    /// What came of it.
    enum Outcome {
        /// So many groups must be here first: they hold the header.
        case needs(Int)
        /// Where the bytes are; none where nothing is known.
        case found([BlobPiece])
    }

    /// Smallest tensor that is looked for: smaller ones are not in the index.
    private static let tensorBytesMin: UInt64 = 4096
    /// Most layers that are looked into.
    private static let layersMax = 4

    let library: Library
    let layer: Digest
    /// The tensor table of the layer.
    let table: Digest

    func run(_ partial: PartialBlob) -> Outcome {
        let (header, missing) = header(of: partial)
        if let missing { return .needs(missing) }
        guard let header, let hashes = hashes(table) else { return .found([]) }
        var wanted: [Digest: [Range<UInt64>]] = [:]
        var tensors: Set<WeightsTraces.Tensor> = []
        for entry in header.tensors {
            let size = UInt64(entry.range.count)
            guard size >= Self.tensorBytesMin, let hash = hashes[entry.name] else { continue }
            wanted[hash, default: []].append(entry.range)
            tensors.insert(.init(hash: hash, size: size))
        }
        var pieces: [BlobPiece] = []
        for holder in holders(of: tensors) {
            for (hash, source, range) in places(in: holder) {
                guard let ranges = wanted.removeValue(forKey: hash) else { continue }
                for place in ranges where place.count == range.count {
                    pieces.append(
                        BlobPiece(place: place, source: source, offset: range.lowerBound))
                }
            }
        }
        return .found(pieces)
    }

    /// The header of the file, or how many first groups are needed to read it; neither where it
    /// cannot be read.
    private func header(of partial: PartialBlob) -> (TensorFile?, Int?) {
        let buffer = Buffer(capacity: HashTree.groupBytes)
        guard let count = try? partial.read(group: 0, into: buffer) else { return (nil, 1) }
        var bytes = buffer.bytes(0..<count)
        guard let length = try? TensorFile.headerLength(first: bytes, fileSize: partial.size)
        else { return (nil, nil) }
        let groups = (length + HashTree.groupBytes - 1) / HashTree.groupBytes
        for group in 1..<max(1, groups) {
            guard let count = try? partial.read(group: group, into: buffer) else {
                return (nil, groups)
            }
            bytes += buffer.bytes(0..<count)
        }
        return (try? TensorFile(header: bytes, fileSize: partial.size), nil)
    }

    private func hashes(_ table: Digest) -> [String: Digest]? {
        library.tensorTable(table)?.hashes
    }

    /// The layers with most bytes of the tensors, first the one with the most.
    private func holders(of tensors: Set<WeightsTraces.Tensor>) -> [Digest] {
        let found = (try? library.index.holders(of: tensors)) ?? [:]
        return found.filter { $0.key != layer }.sorted { ($0.value, $0.key) > ($1.value, $1.key) }
            .prefix(Self.layersMax).map(\.key)
    }

    /// Every tensor of a layer that is here: its hash, the file that holds it, and where.
    private func places(in holder: Digest) -> [(Digest, ByteSource, Range<UInt64>)] {
        guard let manifest = try? library.manifest(of: holder), let weights = manifest.weights,
            let hashes = hashes(weights.table.blob)
        else { return [] }
        var found: [(Digest, ByteSource, Range<UInt64>)] = []
        for file in manifest.files where weights.files.contains(file.path) {
            guard let reader = try? BlobReader(file.blob, layout: library.layout),
                let tensors = header(of: reader)
            else { continue }
            let source = ByteSource(reader)
            for entry in tensors.tensors {
                guard let hash = hashes[entry.name] else { continue }
                found.append((hash, source, entry.range))
            }
        }
        return found
    }

    private func header(of reader: BlobReader) -> TensorFile? {
        let source = ByteSource(reader)
        guard let first = source.bytes(0..<min(8, reader.size)),
            let length = try? TensorFile.headerLength(first: first, fileSize: reader.size),
            let bytes = source.bytes(0..<UInt64(length))
        else { return nil }
        return try? TensorFile(header: bytes, fileSize: reader.size)
    }
}
