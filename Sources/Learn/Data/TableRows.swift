/// The rows of comma-separated values (RFC 4180): fields may stand in quotes, which hold commas,
/// line breaks and quotes written twice. Lines may end in CR LF or LF; empty lines are passed over.
struct TableRows {
    /// One row.
    struct Row {
        let fields: [String]
        /// The bytes it was read from.
        let range: Range<Int>
        /// The line it begins on, from 1.
        let line: Int
    }

    private let file: DataFile
    private var position = 0
    private var line = 1
    private var rowLine = 1

    /// The rows of a file.
    init(_ file: DataFile) {
        self.file = file
    }

    private func fault(_ fault: RecordFault) -> LearnError {
        .data(.record(DataPlace(file: file.name, line: rowLine), fault))
    }

    private var byte: UInt8? { position < file.bytes.count ? file.bytes[position] : nil }

    /// Whether a line ends here; CR only as part of CR LF or at the end of the file.
    private var isAtEnd: Bool {
        guard let byte else { return true }
        guard byte == 0x0d else { return byte == 0x0a }
        return position + 1 == file.bytes.count || file.bytes[position + 1] == 0x0a
    }

    private mutating func skipEnd() {
        if byte == 0x0d { position += 1 }
        if byte == 0x0a {
            position += 1
            line += 1
        }
    }

    /// The next row; nil at the end.
    mutating func next() throws(LearnError) -> Row? {
        while byte != nil, isAtEnd { skipEnd() }
        guard byte != nil else { return nil }
        let start = position
        rowLine = line
        var fields = [try field(from: start)]
        while byte == UInt8(ascii: ",") {
            position += 1
            fields.append(try field(from: start))
        }
        let end = position
        skipEnd()
        return Row(fields: fields, range: start..<end, line: rowLine)
    }

    private mutating func field(from start: Int) throws(LearnError) -> String {
        var bytes: [UInt8] = []
        if byte == UInt8(ascii: "\"") {
            position += 1
            try readQuoted(to: &bytes, from: start)
            guard isAtEnd || byte == UInt8(ascii: ",") else {
                throw fault(.quotes("something follows the end of a quoted field"))
            }
        } else {
            while let byte, !isAtEnd, byte != UInt8(ascii: ",") {
                guard byte != UInt8(ascii: "\"") else {
                    throw fault(.quotes("a quote inside a field that does not begin with one"))
                }
                bytes.append(byte)
                position += 1
            }
            try checkLength(from: start)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func readQuoted(to bytes: inout [UInt8], from start: Int) throws(LearnError) {
        while let byte {
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard self.byte == UInt8(ascii: "\"") else { return }
                position += 1
            }
            if byte == 0x0a {
                line += 1
                try checkLength(from: start)
            }
            bytes.append(byte)
        }
        throw fault(.quotes("a quoted field does not end"))
    }

    private func checkLength(from start: Int) throws(LearnError) {
        guard position - start <= DataLimits.recordBytesMax else {
            throw fault(.tooLarge(limit: DataLimits.recordBytesMax))
        }
    }
}
