/// Where the elements of one JSON array stand in a file. Only brackets, texts and commas are
/// looked at: each element is read by the strict parser afterwards, with limits of its own, and a
/// mistake in one is told with its line.
struct ArrayElements {
    /// One element: its bytes and the line it begins on.
    struct Element {
        let range: Range<Int>
        let line: Int
    }

    private let file: DataFile
    private var position = 0
    private var line = 1

    /// The elements of the array that is the whole of a file.
    static func find(in file: DataFile) throws(LearnError) -> [Element] {
        var finder = ArrayElements(file: file)
        return try finder.find()
    }

    private init(file: DataFile) {
        self.file = file
    }

    private func fault(_ what: String) -> LearnError {
        .data(.record(DataPlace(file: file.name, line: line), .notJSON(what)))
    }

    private mutating func skipSpace() {
        while position < file.bytes.count, DataFile.isSpace(file.bytes[position]) {
            if file.bytes[position] == 0x0a { line += 1 }
            position += 1
        }
    }

    private mutating func find() throws(LearnError) -> [Element] {
        var elements: [Element] = []
        skipSpace()
        position += 1
        skipSpace()
        while position < file.bytes.count, file.bytes[position] != UInt8(ascii: "]") {
            guard elements.count < DataLimits.recordsMax else {
                throw .data(.tooMuch(what: "records", limit: DataLimits.recordsMax))
            }
            let start = (position: position, line: line)
            try skipElement()
            guard position > start.position else { throw fault("an element is missing") }
            elements.append(Element(range: start.position..<position, line: start.line))
            skipSpace()
            guard position < file.bytes.count, file.bytes[position] == UInt8(ascii: ",") else {
                continue
            }
            position += 1
            skipSpace()
            guard position < file.bytes.count, file.bytes[position] != UInt8(ascii: "]") else {
                throw fault("an element is missing after a comma")
            }
        }
        guard position < file.bytes.count else { throw fault("the array does not end") }
        position += 1
        skipSpace()
        guard position == file.bytes.count else { throw fault("something follows the array") }
        return elements
    }

    /// Goes to the comma or bracket behind an element.
    private mutating func skipElement() throws(LearnError) {
        var depth = 0
        while position < file.bytes.count {
            let byte = file.bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                skipText()
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard depth > 0 else { return }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return
            case 0x0a: line += 1
            default: break
            }
            position += 1
        }
        throw fault("the array does not end")
    }

    private mutating func skipText() {
        position += 1
        while position < file.bytes.count {
            switch file.bytes[position] {
            case UInt8(ascii: "\\"): position += 1
            case UInt8(ascii: "\""):
                position += 1
                return
            case 0x0a: line += 1
            default: break
            }
            position += 1
        }
        position = min(position, file.bytes.count)
    }
}
