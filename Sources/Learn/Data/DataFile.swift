import Host
import Wire

/// A file of training data: what kind it is, and its bytes, which are text.
public struct DataFile: Sendable {
    /// How records stand in a file.
    public enum Kind: Sendable {
        /// One JSON object on each line (`.jsonl`, `.json`).
        case lines
        /// One JSON array of objects (`.json` that begins with a bracket).
        case array
        /// Comma-separated values with a first row of names (`.csv`).
        case table
        /// One text (`.txt`, `.md`).
        case text
    }

    /// The file as it was named.
    public let name: String
    /// How records stand in it.
    public let kind: Kind
    /// BLAKE3-256 of the file, and its size in bytes.
    public let blob: (id: Digest, size: Int)
    /// Its text: UTF-8 without a byte order mark and without a zero.
    public let bytes: [UInt8]

    /// Reads the file at `path`, which also names it.
    public init(path: String) throws(LearnError) {
        let facts: FileFacts
        let bytes: [UInt8]?
        do throws(SystemError) {
            let file = try File(path, .read)
            facts = try file.facts()
            let isRead = facts.kind == .file && facts.size <= UInt64(DataLimits.fileBytesMax)
            bytes = isRead ? try file.read(count: Int(facts.size), offset: 0) : nil
        } catch {
            throw .data(.unreadable(file: path, error.reason))
        }
        guard facts.kind == .file else {
            throw .data(.unreadable(file: path, "it is no plain file"))
        }
        guard let bytes else {
            throw .data(.tooLarge(file: path, limit: DataLimits.fileBytesMax))
        }
        try self.init(name: path, bytes: bytes)
    }

    /// A file of that name and content.
    public init(name: String, bytes: [UInt8]) throws(LearnError) {
        guard bytes.count <= DataLimits.fileBytesMax else {
            throw .data(.tooLarge(file: name, limit: DataLimits.fileBytesMax))
        }
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            throw .data(.encoding(file: name, "UTF-16"))
        }
        blob = (Blake3.hash(bytes), bytes.count)
        // Spreadsheets write a mark before UTF-8; it is not part of the text.
        self.bytes = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes[3...]) : bytes
        self.name = name
        let first = self.bytes.first { !Self.isSpace($0) }
        guard first != nil else { throw .data(.empty(file: name)) }
        let ending = name.split(separator: ".", omittingEmptySubsequences: false).last
        switch ending?.lowercased() {
        case "jsonl": kind = .lines
        case "json": kind = first == UInt8(ascii: "[") ? .array : .lines
        case "csv": kind = .table
        case "txt", "md": kind = .text
        default: throw .data(.unknownKind(file: name))
        }
        for (line, range) in lines.enumerated() {
            let place = DataPlace(file: name, line: line + 1)
            let bytes = self.bytes[range]
            guard !bytes.contains(0) else { throw .data(.binary(place)) }
            guard String(validating: bytes, as: UTF8.self) != nil else {
                throw .data(.notUTF8(place))
            }
        }
    }

    /// White space of JSON and of empty lines.
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
    }

    /// The ranges of the lines, without the line feed that ends each.
    var lines: some Sequence<Range<Int>> {
        let bytes = bytes
        return sequence(state: 0) { (start: inout Int) -> Range<Int>? in
            guard start < bytes.count else { return nil }
            let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
            defer { start = end + 1 }
            return start..<end
        }
    }

    /// A range without the white space at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (first, end) = (range.lowerBound, range.upperBound)
        while first < end, Self.isSpace(bytes[first]) { first += 1 }
        while first < end, Self.isSpace(bytes[end - 1]) { end -= 1 }
        return first..<end
    }
}
