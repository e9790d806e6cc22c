import Wire

/// The facts at the head of a model card: the YAML front matter of a `README.md`, of which only
/// the flat keys that matter here are read.
///
/// Not a YAML reader: values are plain or quoted words and lists of them; anything else is left
/// alone. Anchors, tags and nesting therefore cannot do anything.
public struct ModelCard: Hashable, Sendable {
    /// Longest front matter in bytes.
    public static let bytesMax = 65_536

    /// The first value of `license:`, as written.
    public let licenceName: String?
    /// The value of `license_name:`: what the card calls a licence of its own.
    public let ownLicenceName: String?
    /// The value of `base_model:`.
    public let baseModel: String?
    /// The value of `language:`.
    public let languages: [String]
    /// The value of `tags:`.
    public let tags: [String]
    /// The value of `datasets:`.
    public let datasets: [String]

    /// The terms the card states, if they are ones that can be named. `other` takes the card's own
    /// name for them.
    public var licence: LicenceExpression? {
        guard let licenceName else { return nil }
        if let expression = LicenceCatalogue.expression(ofHuggingFace: licenceName) {
            return expression
        }
        guard licenceName.lowercased() == "other", let ownLicenceName else { return nil }
        if let known = LicenceCatalogue.expression(ofOwnName: ownLicenceName) { return known }
        guard let own = LayerName.made(from: ownLicenceName) else { return nil }
        let id = String(own.map { $0 == "_" ? "-" : $0 })
        return try? LicenceExpression(parsing: "LicenseRef-" + id)
    }

    /// The card of a Markdown text; nil when it has no front matter or one that is too long.
    public init?(markdown bytes: [UInt8]) {
        let head = bytes.prefix(Self.bytesMax)
        var lines = head.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { line in
                String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
            }
        guard lines.first == "---", let close = lines.dropFirst().firstIndex(of: "---") else {
            return nil
        }
        lines = Array(lines[1..<close])
        let values = Self.values(of: lines)
        licenceName = values["license"]?.first
        ownLicenceName = values["license_name"]?.first
        baseModel = values["base_model"]?.first
        languages = values["language"] ?? []
        tags = values["tags"] ?? []
        datasets = values["datasets"] ?? []
    }

    private static func values(of lines: [String]) -> [String: [String]] {
        var values: [String: [String]] = [:]
        var listKey: String?
        for line in lines {
            let trimmed = trim(line)
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            if let key = listKey, trimmed.hasPrefix("- ") {
                if let value = scalar(String(trimmed.dropFirst(2))) {
                    values[key, default: []].append(value)
                }
                continue
            }
            listKey = nil
            guard line.first != " ", line.first != "\t", let colon = line.firstIndex(of: ":") else {
                continue
            }
            let key = String(line[..<colon])
            // The first mention of a key counts: a second one cannot change the terms.
            guard values[key] == nil else { continue }
            let rest = trim(String(line[line.index(after: colon)...]))
            if rest.isEmpty {
                listKey = key
                values[key] = []
            } else if rest.hasPrefix("["), rest.hasSuffix("]") {
                values[key] = rest.dropFirst().dropLast().split(separator: ",")
                    .compactMap { scalar(String($0)) }
            } else if let value = scalar(rest) {
                values[key] = [value]
            }
        }
        return values
    }

    private static func scalar(_ text: String) -> String? {
        var value = trim(text)
        if let comment = value.firstRange(of: " #") {
            value = trim(String(value[..<comment.lowerBound]))
        }
        for quote in ["\"", "'"]
        where value.count >= 2 && value.hasPrefix(quote) && value.hasSuffix(quote) {
            value = String(value.dropFirst().dropLast())
        }
        let isPlain = !value.isEmpty && value.utf8.count <= 512 && PlainText.isPlain(value)
        let isStructure = "&*!|>{[%@`".contains { value.first == $0 }
        return isPlain && !isStructure ? value : nil
    }

    private static func trim(_ text: String) -> String {
        var rest = text[...]
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return String(rest)
    }
}
