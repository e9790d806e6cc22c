import Wire

/// What a layer's tensors are: name, type, shape and content hash of each, whatever files hold
/// them. A blob of its own beside the layer's files.
///
/// Encoding: the 18 bytes `plasmid-tensors-v1`, a varint count, then the rows in ascending byte
/// order of their names. A row is the name and the type's name, each as varint byte count and
/// bytes; a varint number of dimensions and each dimension as varint; 32 bytes BLAKE3-256 of the
/// tensor's bytes as they stand in the file. One table has one encoding.
public struct TensorTable: Hashable, Sendable {
    /// What an encoded table begins with.
    public static let magic = Array("plasmid-tensors-v1".utf8)

    /// Most tensors of a layer, over all its files.
    public static let rowsMax = 100_000

    /// Longest encoded table in bytes.
    public static let bytesMax = 64 << 20

    /// One tensor.
    public struct Row: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Its element type.
        public let type: TensorType
        /// Its dimensions.
        public let shape: TensorShape
        /// BLAKE3-256 of its bytes.
        public let hash: Digest

        /// A row.
        public init(name: String, type: TensorType, shape: TensorShape, hash: Digest) {
            self.name = name
            self.type = type
            self.shape = shape
            self.hash = hash
        }

        /// The bytes of the row, in the table and in the leaf of the weights id.
        var encoded: [UInt8] {
            var writer = Writer(reserving: 96)
            writer.writeText(name)
            writer.writeText(type.rawValue)
            writer.writeVarint(UInt64(shape.dimensions.count))
            for dimension in shape.dimensions { writer.writeVarint(dimension) }
            writer.write(hash)
            return writer.bytes
        }
    }

    /// The rows in ascending byte order of their names.
    public let rows: [Row]

    /// The content hash of each tensor by its name.
    public var hashes: [String: Digest] {
        Dictionary(rows.map { ($0.name, $0.hash) }) { first, _ in first }
    }

    /// The table of the tensors of all files of a layer; a name in two files is refused.
    public init(_ rows: [Row]) throws(GenomeError) {
        guard rows.count <= Self.rowsMax else {
            throw .tensors(.tooManyTensors(limit: Self.rowsMax), tensor: nil)
        }
        let sorted = rows.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for (left, right) in zip(sorted, sorted.dropFirst()) where left.name == right.name {
            throw .tensors(.duplicate, tensor: right.name)
        }
        for row in sorted where !TensorFile.isName(row.name) {
            throw .tensors(.badName, tensor: PlainText.shown(row.name))
        }
        self.rows = sorted
    }

    /// The bytes of the blob.
    public func encode() -> [UInt8] {
        var writer = Writer(reserving: 32 + rows.count * 96)
        writer.write(Self.magic)
        writer.writeVarint(UInt64(rows.count))
        for row in rows { writer.write(row.encoded) }
        return writer.bytes
    }

    /// The table of a blob; refused unless it is exactly what `encode` writes.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> TensorTable {
        guard bytes.count <= bytesMax else {
            throw .tooLarge(what: "tensor table", limit: bytesMax)
        }
        do throws(WireError) {
            var reader = Reader(bytes)
            guard try reader.readBytes(magic.count) == magic else { throw .invalid("magic") }
            let count = try reader.readCount(limit: rowsMax, "tensors")
            var rows: [Row] = []
            for _ in 0..<count { rows.append(try readRow(&reader)) }
            try reader.finish()
            guard let table = try? TensorTable(rows), table.rows == rows else {
                throw .notCanonical
            }
            return table
        } catch {
            throw .tensors(.badTable, tensor: nil)
        }
    }

    private static func readRow(_ reader: inout Reader) throws(WireError) -> Row {
        let name = try reader.readText(limit: TensorFile.nameBytesMax, "name")
        let typeName = try reader.readText(limit: 16, "dtype")
        guard let type = TensorType(rawValue: typeName) else { throw .unsupported("dtype") }
        let rank = try reader.readCount(limit: TensorShape.rankMax, "shape")
        var dimensions: [UInt64] = []
        for _ in 0..<rank { dimensions.append(try reader.readVarint()) }
        guard let shape = TensorShape(dimensions) else { throw .invalid("shape") }
        return Row(name: name, type: type, shape: shape, hash: try reader.readDigest())
    }

    /// Elements of all tensors together: the parameter count.
    public var elementCount: UInt64 {
        rows.reduce(0) { sum, row in
            let (next, isOverflow) = sum.addingReportingOverflow(row.shape.elementCount)
            return isOverflow ? UInt64.max : next
        }
    }

    /// The tensor of that name.
    public func row(named name: String) -> Row? {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].name.utf8.lexicographicallyPrecedes(name.utf8) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < rows.count && rows[low].name == name ? rows[low] : nil
    }
}
