import Wire

/// A search as JSON: `{"all":[{"type":"lora"},{"rank":{"min":4,"max":64}}],"limit":20}`.
extension LayerQuery {
    /// The search that the bytes ask for.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> LayerQuery {
        let limits = JSONLimits(bytes: QueryLimits.questionBytesMax)
        return try LayerQuery(json: try JSONParser.parse(bytes, limits: limits))
    }

    /// The search that a JSON value asks for; members that it does not know are refused.
    public init(json: JSONValue) throws(GenomeError) {
        guard let object = json.object else {
            throw .field(path: "", .wrongType(expected: "an object"))
        }
        for name in object.names where !["all", "limit", "after"].contains(name) {
            throw .field(path: name, .unknown)
        }
        var all: [LayerPredicate] = []
        if let list = object["all"] {
            guard let list = list.array else {
                throw .field(path: "all", .wrongType(expected: "a list"))
            }
            guard list.count <= QueryLimits.predicatesMax else {
                throw .tooLarge(what: "number of conditions", limit: QueryLimits.predicatesMax)
            }
            for (index, value) in list.enumerated() {
                all.append(try LayerPredicate(json: value, at: "all[\(index)]"))
            }
        }
        var limit = QueryLimits.pageMax
        if let value = object["limit"] {
            guard let number = value.integer.flatMap({ Int(exactly: $0) }) else {
                throw .field(path: "limit", .wrongType(expected: "a whole number"))
            }
            limit = number
        }
        var after: UInt64?
        if let value = object["after"] {
            guard let number = value.string.flatMap({ UInt64($0) }), "\(number)" == value.string
            else { throw .field(path: "after", .notAllowed("what an answer named as next")) }
            after = number
        }
        try self.init(all, limit: limit, after: after)
    }

    /// The same search as JSON.
    public var json: JSONObject {
        var object = JSONObject()
        object["all"] = .array(all.map(\.json))
        object["limit"] = .integer(Int64(limit))
        object["after"] = after.map { .string("\($0)") }
        return object
    }
}

extension LayerPredicate {
    /// The condition that a JSON object of one member stands for.
    init(json: JSONValue, at path: String) throws(GenomeError) {
        guard let object = json.object, object.count == 1, let member = object.members.first else {
            throw .field(path: path, .wrongType(expected: "an object of one member"))
        }
        let inner = "\(path).\(member.name)"
        switch member.name {
        case "rank": self = .rank(try Self.range(member.value, inner))
        case "size": self = .size(try Self.range(member.value, inner))
        case "any":
            guard let list = member.value.array, list.count <= QueryLimits.predicatesMax else {
                throw .field(
                    path: inner,
                    .wrongType(expected: "a list of at most \(QueryLimits.predicatesMax)"))
            }
            var options: [LayerPredicate] = []
            for (index, value) in list.enumerated() {
                // Options have no options: what may nest could nest without end.
                guard value["any"] == nil else {
                    throw .field(path: "\(inner)[\(index)].any", .unknown)
                }
                options.append(try LayerPredicate(json: value, at: "\(inner)[\(index)]"))
            }
            self = .any(options)
        case "metric", "metrics":
            throw .field(
                path: inner,
                .notAllowed("left out: records carry no figures, a layer's statements do"))
        default:
            guard let text = member.value.string else {
                let isKnown = Self.texts.contains(member.name)
                throw .field(path: inner, isKnown ? .wrongType(expected: "text") : .unknown)
            }
            self = try Self.condition(member.name, text, inner)
        }
    }

    private static let texts: Set<String> = [
        "text", "name", "type", "base", "licence", "licenceClass", "tag", "language",
        "publisher", "organization",
    ]

    private static func condition(
        _ name: String, _ text: String, _ path: String
    ) throws(GenomeError) -> LayerPredicate {
        switch name {
        case "text": return .text(text)
        case "name": return .name(text)
        case "type": return .type(text)
        case "tag": return .tag(text)
        case "language": return .language(text)
        case "licence":
            return .licence(try LicenceExpression(parsing: text).description)
        case "licenceClass":
            guard let known = LicenceClass(rawValue: text) else {
                let names = LicenceClass.allCases.map(\.rawValue).joined(separator: ", ")
                throw .field(path: path, .notAllowed("one of \(names)"))
            }
            return .licenceClass(known)
        case "base":
            guard let weights = Digest(hexadecimal: text) else {
                throw .field(path: path, .notAllowed("a weights id, 64 hexadecimal digits"))
            }
            return .base(weights)
        case "publisher": return .publisher(try key(text, path))
        case "organization": return .organization(try key(text, path))
        default: throw .field(path: path, .unknown)
        }
    }

    private static func key(_ text: String, _ path: String) throws(GenomeError) -> NodeKey {
        guard let key = NodeKey(base32: text) else {
            throw .field(path: path, .notAllowed("a key, 52 base32 digits"))
        }
        return key
    }

    private static func range(
        _ json: JSONValue, _ path: String
    ) throws(GenomeError) -> ClosedRange<UInt64> {
        guard let object = json.object else {
            throw .field(path: path, .wrongType(expected: "an object of min and max"))
        }
        for name in object.names where !["min", "max"].contains(name) {
            throw .field(path: "\(path).\(name)", .unknown)
        }
        func bound(_ name: String) throws(GenomeError) -> UInt64? {
            guard let value = object[name] else { return nil }
            guard let number = value.integer.flatMap({ UInt64(exactly: $0) }) else {
                throw .field(
                    path: "\(path).\(name)", .wrongType(expected: "a whole number from 0"))
            }
            return number
        }
        let low = try bound("min")
        let high = try bound("max")
        guard low != nil || high != nil, low ?? 0 <= high ?? .max else {
            throw .field(path: path, .notAllowed("min, max or both, and min at most max"))
        }
        return (low ?? 0)...(high ?? .max)
    }

    /// The same condition as JSON.
    var json: JSONValue {
        let value: JSONValue =
            switch self {
            case .text(let text), .name(let text), .type(let text), .licence(let text),
                .tag(let text), .language(let text):
                .string(text)
            case .base(let weights): .string(weights.hexadecimal)
            case .rank(let range), .size(let range): Self.json(range)
            case .licenceClass(let known): .string(known.rawValue)
            case .publisher(let key), .organization(let key): .string(key.base32)
            case .any(let options): .array(options.map(\.json))
            }
        return .object(JSONObject([.init(name: kind, value: value)]))
    }

    private static func json(_ range: ClosedRange<UInt64>) -> JSONValue {
        var object = JSONObject()
        if range.lowerBound > 0 || range.upperBound == .max {
            object["min"] = .integer(Int64(clamping: range.lowerBound))
        }
        if range.upperBound < .max { object["max"] = .integer(Int64(range.upperBound)) }
        return .object(object)
    }
}
