import Genome

/// One object of `tokenizer.json` and where it stands, read member by member.
struct TokenizerPart {
    /// Its members.
    let members: JSONObject
    /// Where it stands, for errors.
    let path: String

    /// The object `value`, which must be one.
    init(_ value: JSONValue, path: String) throws(LearnError) {
        guard let members = value.object else {
            throw .tokenizer(.malformed(at: path, expected: "an object"))
        }
        self.members = members
        self.path = path
    }

    /// The name of the component.
    func type() throws(LearnError) -> String { try text("type") }

    /// Refuses members that are not in `known`: one that is not known may change the ids.
    func allow(_ known: Set<String>) throws(LearnError) {
        if let name = members.names.first(where: { !known.contains($0) && $0 != "type" }) {
            throw .tokenizer(.notUnderstood("\(path).\(name)"))
        }
    }

    /// The member of that name, if it is there and not null.
    func value(_ name: String) -> JSONValue? {
        guard let value = members[name], !value.isNull else { return nil }
        return value
    }

    /// A text that must be there.
    func text(_ name: String) throws(LearnError) -> String {
        guard let text = value(name)?.string else { throw wrong(name, "text") }
        return text
    }

    /// A text that may be absent.
    func optionalText(_ name: String) throws(LearnError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw wrong(name, "text or null") }
        return text
    }

    /// Text of one scalar.
    func scalar(_ name: String, default standard: Unicode.Scalar? = nil) throws(LearnError)
        -> UInt32
    {
        let text = try optionalText(name) ?? standard.map { String($0) } ?? ""
        guard let first = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
            throw wrong(name, "one character")
        }
        return first.value
    }

    /// A truth value, or `standard` if it is absent.
    func flag(_ name: String, default standard: Bool) throws(LearnError) -> Bool {
        guard let value = value(name) else { return standard }
        guard let flag = value.bool else { throw wrong(name, "true or false") }
        return flag
    }

    /// A whole number, not below zero.
    func count(_ name: String) throws(LearnError) -> Int {
        guard let number = value(name)?.integer, (0...Int64(UInt32.max)).contains(number) else {
            throw wrong(name, "a whole number")
        }
        return Int(number)
    }

    /// The parts of an array of objects.
    func parts(_ name: String) throws(LearnError) -> [TokenizerPart] {
        guard let elements = value(name)?.array else { throw wrong(name, "an array") }
        guard elements.count <= TokenizerLimits.sequenceMax else {
            let what = "array \(path).\(name)"
            throw .tokenizer(.tooLarge(what: what, limit: TokenizerLimits.sequenceMax))
        }
        var parts: [TokenizerPart] = []
        for (index, element) in elements.enumerated() {
            parts.append(try TokenizerPart(element, path: "\(path).\(name)[\(index)]"))
        }
        return parts
    }

    /// The steps of a `Sequence` whose components are the member `name`, side by side; `steps`
    /// reads one of them.
    func sequence<Step>(
        _ name: String, depth: Int,
        _ steps: (_ part: TokenizerPart, _ depth: Int) throws(LearnError) -> [Step]
    ) throws(LearnError) -> [Step] {
        try allow([name])
        guard depth < 8 else { throw unknown("Sequence inside eight others") }
        var all: [Step] = []
        for inner in try parts(name) {
            all += try steps(inner, depth + 1)
            guard all.count <= TokenizerLimits.sequenceMax else {
                throw unknown("Sequence of more than \(TokenizerLimits.sequenceMax)")
            }
        }
        return all
    }

    /// The pattern of `Split` and `Replace`: `{"String": …}` or `{"Regex": …}`.
    func pattern(_ name: String) throws(LearnError) -> SplitPattern {
        guard let value = value(name) else { throw wrong(name, "a pattern") }
        if let text = value.string { return .text(Array(text.utf8)) }
        if let text = value["String"]?.string { return .text(Array(text.utf8)) }
        guard let text = value["Regex"]?.string else {
            throw wrong(name, #"{"String": …} or {"Regex": …}"#)
        }
        return try SplitPattern(regex: text)
    }

    /// The fault of a member of another kind.
    func wrong(_ name: String, _ expected: String) -> LearnError {
        .tokenizer(.malformed(at: "\(path).\(name)", expected: expected))
    }

    /// The fault of a component that is not known.
    func unknown(_ type: String) -> LearnError {
        .tokenizer(.notUnderstood("\(path) \(type)"))
    }
}
