import Genome
import Host
import Store
import Wire

/// Reads what a layer's manifest needs from open files: hashes, tensors, documents.
struct FolderReader {
    /// Bytes of a file hashed at a time.
    private static let stepBytes = 1 << 20

    /// Gets the bytes of each step of a file that is read.
    var tell: (Int) -> Void = { _ in }
    private var entries: [LayerFolder.Entry] = []
    private var documents: [String: [UInt8]] = [:]

    /// Adds a file that was hashed as a whole already.
    mutating func add(
        _ path: LayerPath, _ file: File, blob: Digest, size: UInt64, sha256: Digest
    ) throws(Failure) {
        let listed = LayerFile(path: path, blob: blob, size: size, sha256: sha256)
        if path.text.hasSuffix(".safetensors") {
            let (tensors, rows) = try readTensors(path, file, size: size)
            entries.append(.init(file: listed, tensors: tensors, rows: rows))
        } else {
            entries.append(.init(file: listed))
        }
        if LayerFolder.documentNames.contains(path.text) {
            documents[path.text] = try read(
                path, file, count: Int(min(size, UInt64(LayerFolder.documentBytesMax))),
                offset: 0)
        }
    }

    /// Adds a file that is hashed here.
    mutating func add(_ path: LayerPath, _ file: File) throws(Failure) {
        var tree = TreeHasher()
        var sha256 = Sha256()
        let size = try forEachStep(path, file, 0..<UInt64.max) { span in
            tree.update(span)
            sha256.update(span)
        }
        try add(path, file, blob: tree.finish().id, size: size, sha256: sha256.finish())
    }

    /// The folder, checked for contradictions.
    func folder() throws(Failure) -> LayerFolder {
        try inGenome("reading the folder") { () throws(GenomeError) in
            try LayerFolder(entries: entries, documents: documents)
        }
    }

    private func readTensors(
        _ path: LayerPath, _ file: File, size: UInt64
    ) throws(Failure) -> (TensorFile, [TensorTable.Row]) {
        let isAdapter = path.text == "adapter_model.safetensors"
        let limit = isAdapter ? TensorFile.adapterHeaderMax : TensorFile.headerMax
        let first = try read(path, file, count: 8, offset: 0)
        let length = try named(path) { () throws(GenomeError) in
            try TensorFile.headerLength(first: first, fileSize: size, headerMax: limit)
        }
        let header = try read(path, file, count: length, offset: 0)
        let tensors = try named(path) { () throws(GenomeError) in
            try TensorFile(header: header, fileSize: size, headerMax: limit)
        }
        var hasher = TensorHasher(tensors)
        _ = try forEachStep(path, file, 0..<size) { hasher.update($0) }
        guard let rows = hasher.finish() else {
            throw Failure(.refused, "\(path.text) ends before its last tensor")
        }
        return (tensors, rows)
    }

    private func named<Result>(
        _ path: LayerPath, _ body: () throws(GenomeError) -> Result
    ) throws(Failure) -> Result {
        do {
            return try body()
        } catch {
            throw Failure(.refused, "\(path.text): \(error.description)")
        }
    }

    private func read(
        _ path: LayerPath, _ file: File, count: Int, offset: UInt64
    ) throws(Failure) -> [UInt8] {
        do {
            return try file.read(count: count, offset: offset)
        } catch {
            throw Failure(.refused, "\(path.text) cannot be read: \(error.reason)")
        }
    }

    /// Hands bytes `range` of a file to `body`, step by step; the number of bytes.
    private func forEachStep(
        _ path: LayerPath, _ file: File, _ range: Range<UInt64>, _ body: (RawSpan) -> Void
    ) throws(Failure) -> UInt64 {
        let buffer = Buffer(capacity: Self.stepBytes)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = Int(min(UInt64(buffer.capacity), range.upperBound - offset))
            do {
                let moved = try file.read(into: buffer, count: count, offset: offset)
                if moved == 0 { break }
                buffer.withSpan(0..<moved) { body($0) }
                offset += UInt64(moved)
                tell(moved)
            } catch {
                throw Failure(.refused, "\(path.text) cannot be read: \(error.reason)")
            }
        }
        return offset - range.lowerBound
    }
}
