import Wire

/// What a member of a document may hold. Documents are declared, not programmed: one table says
/// what is required and allowed, one function checks it, and the format's page prints it.
public indirect enum Schema: Sendable {
    /// Text of a given form.
    case text(TextForm)
    /// A whole number in a range.
    case integer(ClosedRange<Int64>)
    /// True or false.
    case truth
    /// One of the named values; `open` also admits names that begin with `x-`.
    case choice([String], open: Bool)
    /// A list of at most `max` elements; `distinct` refuses an element that stands twice.
    case list(Schema, max: Int, distinct: Bool)
    /// An object of known members.
    case object([Field])
    /// Any JSON without floats: carried, never understood.
    case free

    /// One member of an object.
    public struct Field: Sendable {
        /// Its name.
        public let name: String
        /// Whether it must be there.
        public let isRequired: Bool
        /// What it may hold.
        public let schema: Schema
        /// What it means, for the format's page.
        public let meaning: String

        /// The same member where it may be absent.
        var asOptional: Field { .optional(name, schema, meaning) }

        /// A member that must be there.
        public static func required(
            _ name: String, _ schema: Schema, _ meaning: String
        ) -> Field {
            Field(name: name, isRequired: true, schema: schema, meaning: meaning)
        }

        /// A member that may be absent.
        public static func optional(
            _ name: String, _ schema: Schema, _ meaning: String
        ) -> Field {
            Field(name: name, isRequired: false, schema: schema, meaning: meaning)
        }
    }

    /// Plain text of at most `max` bytes.
    public static func plain(_ max: Int) -> Schema { .text(.plain(max: max)) }

    /// A BLAKE3-256 or SHA-256 hash as 64 hexadecimal digits.
    public static let digest = Schema.text(.digest)

    /// An Ed25519 key as 52 base32 digits.
    public static let key = Schema.text(.key)

    /// A decimal number as text, in its one form.
    public static let decimal = Schema.text(.decimal)

    /// A whole number from 0 to 2^53, the largest that every JSON reader keeps exact.
    public static let count = Schema.integer(0...Schema.integerMax)

    /// Seconds since 1970-01-01 00:00 UTC.
    public static let time = Schema.integer(0...253_402_300_799)

    /// A list of plain texts, each of at most `bytes` bytes.
    public static func texts(_ bytes: Int, max: Int) -> Schema {
        .list(.plain(bytes), max: max, distinct: true)
    }

    /// 2^53: beyond it not every whole number is a double.
    public static let integerMax: Int64 = 1 << 53
}

extension Schema {
    /// Refuses `value` with the path of the first member that breaks the schema.
    public func check(_ value: JSONValue, at path: String) throws(GenomeError) {
        switch self {
        case .text(let form):
            guard let text = value.string else { throw Self.wrongType("text", path) }
            guard form.accepts(text) else { throw .field(path: path, .notAllowed(form.rule)) }
        case .integer(let range):
            guard let number = value.integer else {
                throw Self.wrongType("a whole number", path)
            }
            guard range.contains(number) else {
                let rule = "between \(range.lowerBound) and \(range.upperBound)"
                throw .field(path: path, .notAllowed(rule))
            }
        case .truth:
            guard value.bool != nil else { throw Self.wrongType("true or false", path) }
        case .choice(let names, let isOpen):
            guard let text = value.string else { throw Self.wrongType("text", path) }
            guard names.contains(text) || isOpen && TextForm.isPrivateName(text) else {
                let rule = names.joined(separator: ", ") + (isOpen ? " or x-…" : "")
                throw .field(path: path, .notAllowed("one of \(rule)"))
            }
        case .list(let element, let max, let isDistinct):
            try Self.checkList(value, element, max: max, isDistinct: isDistinct, at: path)
        case .object(let fields):
            try Self.checkObject(value, fields, at: path)
        case .free:
            try Self.checkFree(value, at: path)
        }
    }

    private static func wrongType(_ expected: String, _ path: String) -> GenomeError {
        .field(path: path, .wrongType(expected: expected))
    }

    private static func checkList(
        _ value: JSONValue, _ element: Schema, max: Int, isDistinct: Bool, at path: String
    ) throws(GenomeError) {
        guard let list = value.array else { throw wrongType("a list", path) }
        guard list.count <= max else { throw .tooLarge(what: path, limit: max) }
        var seen = Set<[UInt8]>()
        for (index, item) in list.enumerated() {
            try element.check(item, at: "\(path)[\(index)]")
            if isDistinct, !seen.insert(CanonicalJSON.write(item)).inserted {
                throw .field(path: path, .duplicate(item.string ?? "an element"))
            }
        }
    }

    private static func checkObject(
        _ value: JSONValue, _ fields: [Field], at path: String
    ) throws(GenomeError) {
        guard let object = value.object else { throw wrongType("an object", path) }
        for member in object.members where !fields.contains(where: { $0.name == member.name }) {
            throw .field(path: join(path, PlainText.shown(member.name)), .unknown)
        }
        try checkKnown(object, fields, at: path)
    }

    /// Checks the members of `object` that `fields` know and skips the others.
    static func checkKnown(
        _ object: JSONObject, _ fields: [Field], at path: String
    ) throws(GenomeError) {
        for field in fields {
            let fieldPath = join(path, field.name)
            if let value = object[field.name] {
                try field.schema.check(value, at: fieldPath)
            } else if field.isRequired {
                throw .field(path: fieldPath, .missing)
            }
        }
    }

    private static func checkFree(_ value: JSONValue, at path: String) throws(GenomeError) {
        switch value {
        case .object(let object):
            for member in object.members {
                try checkFree(member.value, at: join(path, PlainText.shown(member.name)))
            }
        case .array(let elements):
            for element in elements { try checkFree(element, at: path) }
        case .double: throw .field(path: path, .notAllowed("free of floating point numbers"))
        case .integer(let number) where number.magnitude > UInt64(integerMax):
            throw .field(path: path, .notAllowed("within 2^53"))
        case .string, .integer, .bool, .null: break
        }
    }

    private static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }
}

extension Schema {
    /// What the member holds, in the words of the format's page.
    public var summary: String {
        switch self {
        case .text(let form): form.rule
        case .integer(let range) where range == 0...Self.integerMax: "whole number to 2^53"
        case .integer(let range) where range.upperBound == 253_402_300_799: "seconds since 1970"
        case .integer(let range): "whole number \(range.lowerBound)–\(range.upperBound)"
        case .truth: "true or false"
        case .choice(let names, let isOpen):
            names.map { "`\($0)`" }.joined(separator: " ") + (isOpen ? " `x-…`" : "")
        case .list(let element, let max, _): "list (to \(max)) of \(element.summary)"
        case .object: "object"
        case .free: "any JSON without floats"
        }
    }

    /// One line a member, depth first: path, `yes` if required, form and meaning, as a Markdown
    /// table without its head.
    public static func tableRows(of fields: [Field], prefix: String = "") -> [String] {
        fields.flatMap { field -> [String] in
            let path = prefix + field.name
            let need = field.isRequired ? "yes" : ""
            let row = "| `\(path)` | \(need) | \(field.schema.summary) | \(field.meaning) |"
            switch field.schema {
            case .object(let inner): return [row] + tableRows(of: inner, prefix: path + ".")
            case .list(.object(let inner), _, _):
                return [row] + tableRows(of: inner, prefix: path + "[].")
            default: return [row]
            }
        }
    }
}
