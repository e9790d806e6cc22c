extension TemplateMachine {
    /// What walking a value gives: elements, names or characters.
    func elements(of value: TemplateValue) throws(TemplateFault) -> [TemplateValue] {
        switch value.plain {
        case .undefined: return []
        case .list(let list):
            guard list.kind == .generator else { return list.items }
            let rest = Array(list.items[list.walked...])
            list.walked = list.items.count
            return rest
        case .dictionary(let dictionary): return dictionary.keys
        case .string(let text):
            let characters = text.unicodeScalars.map { TemplateValue.string(String($0)) }
            try spend(characters.count)
            return characters
        default: throw failed("\(value.kind) cannot be walked through")
        }
    }

    /// `len(value)`.
    func length(of value: TemplateValue) throws(TemplateFault) -> Int {
        switch value.plain {
        case .undefined: return 0
        case .string(let text): return text.unicodeScalars.count
        case .dictionary(let dictionary): return dictionary.keys.count
        case .list(let list) where list.kind != .generator: return list.items.count
        case .loop(let loop): return loop.items.count
        default: throw failed("\(value.kind) has no length")
        }
    }

    /// `value.name`: a method, or a member.
    func attribute(_ name: String, of value: TemplateValue) throws(TemplateFault) -> TemplateValue {
        guard !name.hasPrefix("__") else { throw forbidden("the attribute \"\(name.prefix(40))\"") }
        try spend(name.utf8.count / 16)
        if let methods = Self.methods(of: value), methods.contains(name) {
            return .function(.method(value, name))
        }
        switch value {
        case .undefined(let why): throw failed(why)
        case .dictionary(let dictionary): if let member = dictionary[name] { return member }
        case .namespace(let namespace): if let member = namespace.members[name] { return member }
        case .loop(let loop): if let member = try member(name, of: loop) { return member }
        case .function(.macro(let macro)) where name == "name": return .string(macro.syntax.name)
        default: break
        }
        return .undefined("\(value.kind) has no \"\(name.prefix(80))\"")
    }

    /// `value[index]`: an element, a member or a method.
    func element(
        _ index: TemplateValue, of value: TemplateValue
    ) throws(TemplateFault) -> TemplateValue {
        switch (value.plain, index.plain) {
        case (.undefined(let why), _): throw failed(why)
        case (.dictionary(let dictionary), _):
            if Self.canBeKey(index), let member = dictionary[try key(index)] { return member }
        case (.list(let list), _) where index.whole != nil && list.kind.isSequence:
            if let place = Self.place(index, in: list.items.count) { return list.items[place] }
        case (.string(let text), _) where index.whole != nil:
            try spend(text: text)
            let scalars = text.unicodeScalars
            if let place = Self.place(index, in: scalars.count) {
                return .string(String(scalars[scalars.index(scalars.startIndex, offsetBy: place)]))
            }
        default: break
        }
        if case .string(let name) = index.plain { return try attribute(name, of: value) }
        return .undefined("\(value.kind) has no element \(try representation(index).prefix(40))")
    }

    private static func canBeKey(_ value: TemplateValue) -> Bool {
        switch value {
        case .none, .bool, .integer, .float, .string, .markup: true
        case .list(let list): list.kind == .tuple && list.items.allSatisfy(canBeKey)
        default: false
        }
    }

    private static func place(_ index: TemplateValue, in count: Int) -> Int? {
        guard let whole = index.whole, whole.magnitude <= count else { return nil }
        let place = whole < 0 ? whole + count : whole
        return (0..<count).contains(place) ? place : nil
    }

    private func member(
        _ name: String, of loop: TemplateLoop
    ) throws(TemplateFault) -> TemplateValue? {
        let (index, count) = (loop.index, loop.items.count)
        switch name {
        case "index": return .integer(index + 1)
        case "index0": return .integer(index)
        case "revindex": return .integer(count - index)
        case "revindex0": return .integer(count - index - 1)
        case "first": return .bool(index == 0)
        case "last": return .bool(index == count - 1)
        case "length": return .integer(count)
        case "depth": return .integer(loop.level + 1)
        case "depth0": return .integer(loop.level)
        case "previtem":
            return index > 0
                ? loop.items[index - 1] : .undefined("there is no previous item")
        case "nextitem":
            return index + 1 < count
                ? loop.items[index + 1] : .undefined("there is no next item")
        default: return nil
        }
    }

    /// The value at the end of a path such as `a.b.0`, as filters take it.
    func member(
        _ path: TemplateValue, of value: TemplateValue
    ) throws(TemplateFault) -> TemplateValue {
        guard case .string(let text) = path.plain else { return try element(path, of: value) }
        var value = value
        try spend(text: text)
        for part in PythonText.split(text, ".", most: nil) {
            try spend(1)
            let isIndex = !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            let index = isIndex ? Int(part).map { TemplateValue.integer($0) } : nil
            value = try element(index ?? .string(part), of: value)
        }
        return value
    }
}
