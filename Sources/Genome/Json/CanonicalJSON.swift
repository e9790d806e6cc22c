/// The one text of a JSON value (RFC 8785): members ordered by the UTF-16 code units of their
/// names, no spaces, numbers as ECMAScript prints them.
///
/// Layer ids and statements are hashes and signatures over this text, so two programs that hold
/// the same value must write the same bytes.
public enum CanonicalJSON {
    /// The canonical bytes of `value`, which must hold no infinity and no NaN.
    public static func write(_ value: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return bytes
    }

    /// The canonical bytes of an object.
    public static func write(_ object: JSONObject) -> [UInt8] { write(.object(object)) }

    /// Whether `bytes` are exactly the canonical text of the value they hold.
    public static func isCanonical(_ bytes: [UInt8], limits: JSONLimits) -> Bool {
        guard let value = try? JSONParser.parse(bytes, limits: limits) else { return false }
        return write(value) == bytes
    }

    /// The value of canonical bytes; refused when they are not canonical. `what` names the
    /// document in the error.
    public static func read(
        _ bytes: [UInt8], limits: JSONLimits, what: String
    ) throws(GenomeError) -> JSONValue {
        let value = try JSONParser.parse(bytes, limits: limits)
        guard write(value) == bytes else { throw .notCanonical(what) }
        return value
    }

    private static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
        switch value {
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            let members = object.members.sorted {
                $0.name.utf16.lexicographicallyPrecedes($1.name.utf16)
            }
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                append(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .string(let text): append(text, to: &bytes)
        case .integer(let value) where value.magnitude <= 1 << 53:
            bytes.append(contentsOf: String(value).utf8)
        case .integer(let value):
            bytes.append(contentsOf: NumberText.ecmaScript(Double(value)).utf8)
        case .double(let value): bytes.append(contentsOf: NumberText.ecmaScript(value).utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .null: bytes.append(contentsOf: "null".utf8)
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0a: bytes.append(contentsOf: "\\n".utf8)
            case 0x0c: bytes.append(contentsOf: "\\f".utf8)
            case 0x0d: bytes.append(contentsOf: "\\r".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
