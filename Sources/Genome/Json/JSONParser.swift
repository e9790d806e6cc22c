/// How much JSON a reader accepts. Every document kind has its own.
public struct JSONLimits: Hashable, Sendable {
    /// Longest document in bytes.
    public let bytes: Int
    /// Deepest nesting of objects and arrays.
    public let depth: Int
    /// Most values, members and elements together: bounds memory, which a value costs more of
    /// than its two bytes of text.
    public let values: Int

    /// Limits; the depth never exceeds 128, so that recursion is bounded.
    public init(bytes: Int, depth: Int = 32, values: Int = 4_000_000) {
        self.bytes = bytes
        self.depth = min(depth, 128)
        self.values = values
    }
}

/// Why bytes are not JSON.
public enum JSONFault: Hashable, Sendable, CustomStringConvertible {
    /// The text ends inside a value.
    case endsEarly
    /// A byte that cannot stand here.
    case unexpected(UInt8)
    /// Text after the value.
    case trailing
    /// Bytes that are not UTF-8.
    case notUTF8
    /// A control character that is not escaped.
    case control
    /// An escape that JSON does not have.
    case badEscape
    /// Half of a surrogate pair.
    case loneSurrogate
    /// A number that JSON does not allow or that no double holds.
    case badNumber
    /// The same name twice in one object.
    case duplicateName(String)
    /// Nested deeper than the limit.
    case tooDeep
    /// More values than the limit.
    case tooMany

    /// The rest of the sentence "not valid JSON at byte N:".
    public var description: String {
        switch self {
        case .endsEarly: "it ends too early"
        case .unexpected(let byte): "byte \(byte) cannot stand here"
        case .trailing: "something follows the value"
        case .notUTF8: "not UTF-8"
        case .control: "a control character in text"
        case .badEscape: "an unknown escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .badNumber: "not a number"
        case .duplicateName(let name): "the name \(name) twice"
        case .tooDeep: "nested too deeply"
        case .tooMany: "too many values"
        }
    }
}

/// Reads one JSON document, strictly (RFC 8259 with RFC 7493's refusals): UTF-8 without a byte
/// order mark, no name twice, no lone surrogate, nothing after the value. Total: it never traps
/// and allocates in proportion to bytes that are there.
public struct JSONParser {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var position = 0
    private var valuesLeft: Int

    /// The value of `bytes`, which is the whole document.
    public static func parse(
        _ bytes: [UInt8], limits: JSONLimits
    ) throws(GenomeError) -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw .tooLarge(what: "document", limit: limits.bytes)
        }
        var parser = JSONParser(bytes: bytes, limits: limits)
        parser.skipSpace()
        let value = try parser.parseValue(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.fault(.trailing) }
        return value
    }

    private init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        valuesLeft = limits.values
    }

    private func fault(_ fault: JSONFault) -> GenomeError { .json(at: position, fault) }

    private func peek() throws(GenomeError) -> UInt8 {
        guard position < bytes.count else { throw fault(.endsEarly) }
        return bytes[position]
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    private mutating func parseValue(depth: Int) throws(GenomeError) -> JSONValue {
        guard valuesLeft > 0 else { throw fault(.tooMany) }
        valuesLeft -= 1
        let byte = try peek()
        switch byte {
        case UInt8(ascii: "{"): return try parseObject(depth: depth + 1)
        case UInt8(ascii: "["): return try parseArray(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return try parseNumber()
        default: throw fault(.unexpected(byte))
        }
    }

    private mutating func parseWord(
        _ word: String, _ value: JSONValue
    ) throws(GenomeError) -> JSONValue {
        for expected in word.utf8 {
            let byte = try peek()
            guard byte == expected else { throw fault(.unexpected(byte)) }
            position += 1
        }
        return value
    }

    private mutating func parseObject(depth: Int) throws(GenomeError) -> JSONValue {
        guard depth <= limits.depth else { throw fault(.tooDeep) }
        position += 1
        var members: [JSONObject.Member] = []
        var names = Set<ExactText>()
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return .object(JSONObject(distinct: []))
        }
        while true {
            skipSpace()
            let start = position
            guard try peek() == UInt8(ascii: "\"") else { throw fault(.unexpected(try peek())) }
            let name = try parseString()
            guard names.insert(ExactText(name)).inserted else {
                throw .json(at: start, .duplicateName(name))
            }
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else { throw fault(.unexpected(try peek())) }
            position += 1
            skipSpace()
            members.append(
                JSONObject.Member(name: name, value: try parseValue(depth: depth)))
            skipSpace()
            let byte = try peek()
            position += 1
            if byte == UInt8(ascii: "}") { return .object(JSONObject(distinct: members)) }
            guard byte == UInt8(ascii: ",") else {
                throw .json(at: position - 1, .unexpected(byte))
            }
        }
    }

    private mutating func parseArray(depth: Int) throws(GenomeError) -> JSONValue {
        guard depth <= limits.depth else { throw fault(.tooDeep) }
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            skipSpace()
            elements.append(try parseValue(depth: depth))
            skipSpace()
            let byte = try peek()
            position += 1
            if byte == UInt8(ascii: "]") { return .array(elements) }
            guard byte == UInt8(ascii: ",") else {
                throw .json(at: position - 1, .unexpected(byte))
            }
        }
    }

    // MARK: Text

    private mutating func parseString() throws(GenomeError) -> String {
        let start = position
        position += 1
        var hasEscapes = false
        var utf8: [UInt8] = []
        var runStart = position
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw fault(.control) }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                utf8.append(contentsOf: bytes[runStart..<position])
                try parseEscape(into: &utf8)
                runStart = position
            } else {
                position += 1
            }
        }
        let text: String?
        if hasEscapes {
            utf8.append(contentsOf: bytes[runStart..<position])
            text = String(validating: utf8, as: UTF8.self)
        } else {
            text = String(validating: bytes[runStart..<position], as: UTF8.self)
        }
        guard let text else { throw .json(at: start, .notUTF8) }
        position += 1
        return text
    }

    private mutating func parseEscape(into utf8: inout [UInt8]) throws(GenomeError) {
        position += 1
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): utf8.append(byte)
        case UInt8(ascii: "b"): utf8.append(0x08)
        case UInt8(ascii: "f"): utf8.append(0x0c)
        case UInt8(ascii: "n"): utf8.append(0x0a)
        case UInt8(ascii: "r"): utf8.append(0x0d)
        case UInt8(ascii: "t"): utf8.append(0x09)
        case UInt8(ascii: "u"): utf8.append(contentsOf: try parseUnicodeEscape())
        default: throw .json(at: position - 1, .badEscape)
        }
    }

    private mutating func parseUnicodeEscape() throws(GenomeError) -> [UInt8] {
        let start = position - 2
        var value = UInt32(try parseFourHexadecimalDigits())
        if (0xd800...0xdbff).contains(value) {
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw .json(at: start, .loneSurrogate) }
            position += 2
            let low = UInt32(try parseFourHexadecimalDigits())
            guard (0xdc00...0xdfff).contains(low) else {
                throw .json(at: start, .loneSurrogate)
            }
            value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw .json(at: start, .loneSurrogate) }
        return Array(String(scalar).utf8)
    }

    private mutating func parseFourHexadecimalDigits() throws(GenomeError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            let byte = try peek()
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw fault(.badEscape)
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    // MARK: Numbers

    private mutating func parseNumber() throws(GenomeError) -> JSONValue {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if try peek() == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        var isWhole = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try skipDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            if let sign = bytes.indices.contains(position) ? bytes[position] : nil,
                sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
            {
                position += 1
            }
            try skipDigits()
        }
        // Longer than any double needs: a number of a million digits is an attack on the reader.
        guard position - start <= 1_100 else { throw .json(at: start, .badNumber) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, text != "-0", let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw .json(at: start, .badNumber) }
        return .double(value)
    }

    private mutating func skipDigits() throws(GenomeError) {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        guard position > start else {
            throw position < bytes.count ? fault(.badNumber) : fault(.endsEarly)
        }
    }
}
