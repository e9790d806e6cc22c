import Genome
import Host

/// The tensors of one or more safetensors files, mapped read-only and used where they are.
public final class TensorMap {
    /// The tensors of all files by name.
    public let tensors: [String: TensorEntry]
    /// The files in the order they were mapped.
    let fileNames: [String]
    private let mappings: [Mapping]
    private let places: [String: Int]

    /// Maps `names` out of `files`. Headers are read strictly; no tensor may stand in two files.
    init(_ files: LayerFiles, names: [String], headerMax: Int) throws(LearnError) {
        var tensors: [String: TensorEntry] = [:]
        var places: [String: Int] = [:]
        var mappings: [Mapping] = []
        for name in names {
            let mapping = try files.map(name)
            for tensor in try Self.header(of: mapping, name, headerMax: headerMax).tensors {
                guard tensors.updateValue(tensor, forKey: tensor.name) == nil else {
                    throw .weights(
                        .format(file: name, .tensors(.duplicate, tensor: tensor.name)))
                }
                places[tensor.name] = mappings.count
            }
            mappings.append(mapping)
        }
        self.tensors = tensors
        self.places = places
        self.mappings = mappings
        fileNames = names
    }

    private static func header(
        of mapping: Mapping, _ name: String, headerMax: Int
    ) throws(LearnError) -> TensorFile {
        do throws(GenomeError) {
            let size = UInt64(mapping.count)
            let first = mapping.bytes(0..<min(8, mapping.count))
            let length = try TensorFile.headerLength(
                first: first, fileSize: size, headerMax: headerMax)
            return try TensorFile(
                header: mapping.bytes(0..<length), fileSize: size, headerMax: headerMax)
        } catch {
            throw .weights(.format(file: name, error))
        }
    }

    /// Bytes of all files.
    public var byteCount: UInt64 { mappings.reduce(0) { $0 + UInt64($1.count) } }

    /// A tensor as a matrix: its last dimension is a row; one dimension is one row.
    func stored(_ name: String) throws(LearnError) -> Stored {
        guard let tensor = tensors[name], let place = places[name] else {
            throw .weights(.missingTensor(name))
        }
        guard let element = Element(tensor.type) else {
            throw .weights(.wrongType(tensor: name, type: tensor.type.rawValue))
        }
        let dimensions = tensor.shape.dimensions
        let columns = Int(dimensions.last ?? 1)
        let rows = columns == 0 ? 0 : Int(tensor.shape.elementCount) / columns
        return Stored(
            data: mappings[place].start + Int(tensor.range.lowerBound), element: element,
            rows: rows, columns: columns)
    }

    /// A tensor that must have exactly this shape.
    func stored(_ name: String, shape: [Int]) throws(LearnError) -> Stored {
        let expected = shape.map { UInt64($0) }
        if let found = tensors[name]?.shape.dimensions, found != expected {
            throw .weights(.wrongShape(tensor: name, expected: expected, found: found))
        }
        return try stored(name)
    }

    /// The tensors of one file in the order of their bytes.
    func entries(of file: String) -> [TensorEntry] {
        let place = fileNames.firstIndex(of: file)
        return tensors.values.filter { places[$0.name] == place }
            .sorted {
                ($0.range.lowerBound, $0.range.upperBound)
                    < ($1.range.lowerBound, $1.range.upperBound)
            }
    }

    /// The bytes of a file before its first tensor.
    func header(of file: String) -> [UInt8] {
        guard let place = fileNames.firstIndex(of: file) else { return [] }
        let end = entries(of: file).first?.range.lowerBound ?? UInt64(mappings[place].count)
        return mappings[place].bytes(0..<Int(end))
    }

    /// The bytes of a tensor in pieces of a few megabytes.
    func copy(
        _ tensor: TensorEntry, _ write: ([UInt8]) throws(LearnError) -> Void
    ) throws(LearnError) {
        guard let place = places[tensor.name] else { return }
        var offset = Int(tensor.range.lowerBound)
        let end = Int(tensor.range.upperBound)
        while offset < end {
            let next = min(offset + (4 << 20), end)
            try write(mappings[place].bytes(offset..<next))
            offset = next
        }
    }

    /// The bytes of each file.
    func eachFile(_ body: (_ start: UnsafeRawPointer, _ count: Int) -> Void) {
        for mapping in mappings { body(mapping.start, mapping.count) }
    }
}
