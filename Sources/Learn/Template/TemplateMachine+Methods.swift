extension TemplateMachine {
    private static let textMethods: Set<String> = [
        "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith",
        "upper", "lower", "title", "capitalize", "replace", "find", "rfind", "index", "count",
        "join", "format", "removeprefix", "removesuffix", "partition", "rpartition", "zfill",
        "ljust", "rjust", "center", "isdigit", "isnumeric", "isalpha", "isalnum", "isspace",
        "isupper", "islower", "casefold",
    ]
    private static let dictionaryMethods: Set<String> = [
        "items", "keys", "values", "get", "copy", "pop", "popitem", "update", "setdefault",
        "clear",
    ]
    private static let listMethods: Set<String> = [
        "index", "count", "copy", "append", "extend", "insert", "pop", "remove", "reverse",
        "sort", "clear",
    ]
    /// Methods that would change their value.
    private static let changing: Set<String> = [
        "pop", "popitem", "update", "setdefault", "clear", "append", "extend", "insert", "remove",
        "reverse", "sort",
    ]

    /// The names of a value's methods.
    static func methods(of value: TemplateValue) -> Set<String>? {
        switch value {
        case .string, .markup: textMethods
        case .dictionary: dictionaryMethods
        case .list(let list):
            switch list.kind {
            case .list: listMethods
            case .tuple, .range: ["index", "count"]
            case .view, .generator: nil
            }
        case .loop: ["cycle", "changed"]
        default: nil
        }
    }

    /// Calls a method.
    func call(
        method name: String, of receiver: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        switch receiver.plain {
        case .string(let text):
            try spend(reading: receiver)
            return try callText(name, text, given).marked(like: receiver)
        case .dictionary(let dictionary):
            guard !Self.changing.contains(name) else { throw forbidden("changing a dictionary") }
            return try call(name, dictionary, given)
        case .list(let list):
            guard !Self.changing.contains(name) || list.kind != .list else {
                throw forbidden("changing a list")
            }
            return try call(name, list, given)
        case .loop(let loop): return try call(name, loop, given)
        default: throw failed("\(receiver.kind) has no method \"\(name)\"")
        }
    }

    private func call(
        _ name: String, _ dictionary: TemplateDictionary, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        if name == "get" {
            guard (1...2).contains(given.positional.count), given.named.isEmpty else {
                throw failed("\"get\" takes a key and a default")
            }
            let absent = given.positional.count > 1 ? given.positional[1] : .none
            return dictionary[try key(given.positional[0])] ?? absent
        }
        _ = try bind(given, name, [])
        switch name {
        case "items": return try made(try pairs(dictionary), .view("dict_items"))
        case "keys": return try made(dictionary.keys, .view("dict_keys"))
        case "values": return try made(dictionary.values, .view("dict_values"))
        default: return .dictionary(dictionary)
        }
    }

    private func call(
        _ name: String, _ list: TemplateList, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        if name == "copy" { return .list(list) }
        let sought = try bind(given, name, ["value"], needed: 1)[0] ?? .none
        var count = 0
        for (index, item) in list.items.enumerated() where try equal(item, sought) {
            if name == "index" { return .integer(index) }
            count += 1
        }
        guard name == "count" else { throw failed("the list has no such element") }
        return .integer(count)
    }

    private func call(
        _ name: String, _ loop: TemplateLoop, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        guard name == "changed" else {
            guard !given.positional.isEmpty else { throw failed("a cycle of nothing") }
            return given.positional[loop.index % given.positional.count]
        }
        var isSame = loop.lastSeen?.count == given.positional.count
        for (left, right) in zip(loop.lastSeen ?? [], given.positional) where isSame {
            isSame = try equal(left, right)
        }
        guard given.positional.allSatisfy({ $0.depth < TemplateLimits.valueDepthMax / 2 }) else {
            throw failed("\"changed\" of values that deep")
        }
        loop.lastSeen = given.positional
        return .bool(!isSame)
    }
}
