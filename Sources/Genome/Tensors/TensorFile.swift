import Wire

/// Where one tensor stands in a safetensors file.
public struct TensorEntry: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Its element type.
    public let type: TensorType
    /// Its dimensions.
    public let shape: TensorShape
    /// Its bytes, counted from the start of the file.
    public let range: Range<UInt64>
}

/// The header of a safetensors file, read strictly: everything the format demands and nothing it
/// leaves open, so that no two readers see different tensors in one file.
///
/// Layout: eight bytes little-endian header length, that many bytes of JSON, then the data, which
/// the tensors cover without gap and overlap to the last byte of the file.
public struct TensorFile: Sendable {
    /// Longest header of an adapter.
    public static let adapterHeaderMax = 1 << 20
    /// Longest header of a base model.
    public static let headerMax = 16 << 20
    /// Most tensors of a file.
    public static let tensorsMax = 100_000
    /// Longest tensor name in bytes.
    public static let nameBytesMax = 512
    /// Longest metadata in bytes, names and values together.
    public static let metadataBytesMax = 65_536

    /// The tensors in the order of their bytes.
    public let tensors: [TensorEntry]
    /// The metadata, text to text, in order.
    public let metadata: [(name: String, value: String)]
    /// Where the data starts.
    public let dataStart: UInt64

    /// How many bytes the header takes with its length, from the first eight bytes of a file of
    /// `fileSize` bytes.
    public static func headerLength(
        first: [UInt8], fileSize: UInt64, headerMax: Int = headerMax
    ) throws(GenomeError) -> Int {
        guard first.count >= 8, fileSize >= 8 else { throw .tensors(.endsEarly, tensor: nil) }
        let length = first.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(headerMax) else {
            throw .tensors(.headerTooLong(limit: headerMax), tensor: nil)
        }
        guard length >= 2, length <= fileSize - 8 else { throw .tensors(.endsEarly, tensor: nil) }
        return Int(length) + 8
    }

    /// The header of a file of `fileSize` bytes that begins with `bytes`, which hold at least the
    /// whole header.
    public init(
        header bytes: [UInt8], fileSize: UInt64, headerMax: Int = headerMax
    ) throws(GenomeError) {
        let length = try Self.headerLength(first: bytes, fileSize: fileSize, headerMax: headerMax)
        guard bytes.count >= length else { throw .tensors(.endsEarly, tensor: nil) }
        let object = try Self.parse(Array(bytes[8..<length]), headerMax: headerMax)
        dataStart = UInt64(length)
        metadata = try Self.readMetadata(object["__metadata__"])
        var tensors: [TensorEntry] = []
        for member in object.members where member.name != "__metadata__" {
            tensors.append(
                try Self.readEntry(member, dataStart: dataStart, fileSize: fileSize))
        }
        // Empty tensors share a place with their neighbour, so length breaks the tie.
        tensors.sort { left, right in
            (left.range.lowerBound, left.range.upperBound)
                < (right.range.lowerBound, right.range.upperBound)
        }
        var end = dataStart
        for tensor in tensors {
            let start = tensor.range.lowerBound
            guard start >= end else { throw .tensors(.overlap, tensor: tensor.name) }
            guard start == end else { throw .tensors(.gap, tensor: tensor.name) }
            end = tensor.range.upperBound
        }
        guard end == fileSize else { throw .tensors(.trailing, tensor: nil) }
        self.tensors = tensors
    }

    private static func parse(
        _ text: [UInt8], headerMax: Int
    ) throws(GenomeError) -> JSONObject {
        guard text.first == UInt8(ascii: "{") else { throw .tensors(.headerNotObject, tensor: nil) }
        let limits = JSONLimits(bytes: headerMax, depth: 3, values: 16 * tensorsMax)
        let value: JSONValue
        do throws(GenomeError) {
            value = try JSONParser.parse(text, limits: limits)
        } catch .json(let offset, let fault) {
            throw .tensors(.headerNotJSON(fault, at: offset + 8), tensor: nil)
        }
        guard let object = value.object else { throw .tensors(.headerNotObject, tensor: nil) }
        guard object.count <= tensorsMax + 1 else {
            throw .tensors(.tooManyTensors(limit: tensorsMax), tensor: nil)
        }
        return object
    }

    private static func readMetadata(
        _ value: JSONValue?
    ) throws(GenomeError) -> [(name: String, value: String)] {
        guard let value, !value.isNull else { return [] }
        guard let object = value.object else { throw .tensors(.badMetadata, tensor: nil) }
        var metadata: [(name: String, value: String)] = []
        var byteCount = 0
        for member in object.members {
            guard let text = member.value.string else { throw .tensors(.badMetadata, tensor: nil) }
            byteCount += member.name.utf8.count + text.utf8.count
            guard byteCount <= metadataBytesMax else { throw .tensors(.badMetadata, tensor: nil) }
            metadata.append((member.name, text))
        }
        return metadata
    }

    private static func readEntry(
        _ member: JSONObject.Member, dataStart: UInt64, fileSize: UInt64
    ) throws(GenomeError) -> TensorEntry {
        let shown = PlainText.shown(String(member.name.prefix(nameBytesMax)))
        guard isName(member.name) else { throw .tensors(.badName, tensor: shown) }
        guard let object = member.value.object, object.count == 3,
            let typeName = object["dtype"]?.string, let shapeList = object["shape"]?.array,
            let offsets = object["data_offsets"]?.array
        else { throw .tensors(.badEntry, tensor: shown) }
        guard let type = TensorType(rawValue: typeName) else {
            throw .tensors(.unknownType(PlainText.shown(typeName)), tensor: shown)
        }
        let dimensions = shapeList.compactMap { $0.integer.flatMap { UInt64(exactly: $0) } }
        guard dimensions.count == shapeList.count, let shape = TensorShape(dimensions) else {
            throw .tensors(.badShape, tensor: shown)
        }
        let places = offsets.compactMap { $0.integer.flatMap { UInt64(exactly: $0) } }
        guard places.count == 2, offsets.count == 2, places[0] <= places[1],
            places[1] <= fileSize - dataStart
        else { throw .tensors(.badOffsets, tensor: shown) }
        let found = places[1] - places[0]
        guard let expected = shape.byteCount(of: type) else {
            throw .tensors(.badShape, tensor: shown)
        }
        guard expected == found else {
            throw .tensors(.wrongSize(expected: expected, found: found), tensor: shown)
        }
        return TensorEntry(
            name: member.name, type: type, shape: shape,
            range: dataStart + places[0]..<dataStart + places[1])
    }

    /// Whether `text` may name a tensor: 1 to 512 printable ASCII characters.
    static func isName(_ text: String) -> Bool {
        (1...nameBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
    }
}
