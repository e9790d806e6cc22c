extension TemplateMachine {
    /// `value is name(...)`.
    func test(
        _ name: String, _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> Bool {
        if name == "escaped", case .markup = value { return true }
        let value = value.plain
        let signs = [
            "eq": "==", "equalto": "==", "==": "==", "ne": "!=", "!=": "!=", "lt": "<", "<": "<",
            "lessthan": "<", "le": "<=", "<=": "<=", "gt": ">", ">": ">", "greaterthan": ">",
            "ge": ">=", ">=": ">=", "in": "in",
        ]
        if let sign = signs[name] {
            return try compare(sign, value, try bind(given, name, ["other"], needed: 1)[0] ?? .none)
        }
        switch name {
        case "divisibleby":
            let divisor = try whole(try bind(given, name, ["num"], needed: 1)[0], 1)
            guard let divided = PythonNumber.divided(try whole(value, 0), divisor) else {
                throw failed("a division by zero")
            }
            return divided.remainder == 0
        case "sameas":
            let other = try bind(given, name, ["other"], needed: 1)[0] ?? .none
            let isEqual = try equal(value, other)
            return value.kind == other.kind && isEqual
        case "filter", "test":
            throw failed("the test \"\(name)\" is not supported")
        default:
            _ = try bind(given, name, [])
            guard let result = try kindTest(name, value) else {
                throw failed("there is no test \"\(name.prefix(40))\"")
            }
            return result
        }
    }

    private func kindTest(
        _ name: String, _ value: TemplateValue
    ) throws(TemplateFault) -> Bool? {
        switch (name, value) {
        case ("defined", .undefined): return false
        case ("defined", _): return true
        case ("undefined", .undefined): return true
        case ("undefined", _): return false
        case ("none", .none): return true
        case ("boolean", .bool): return true
        case ("true", .bool(let value)): return value
        case ("false", .bool(let value)): return !value
        case ("integer", .integer): return true
        case ("float", .float): return true
        case ("number", .integer), ("number", .float), ("number", .bool): return true
        case ("string", .string): return true
        case ("mapping", .dictionary): return true
        case ("sequence", .list(let list)): return list.kind.isSequence
        case ("sequence", .string), ("sequence", .dictionary), ("sequence", .undefined):
            return true
        case ("iterable", .list), ("iterable", .string), ("iterable", .dictionary),
            ("iterable", .undefined), ("iterable", .loop):
            return true
        case ("callable", .function), ("callable", .undefined), ("callable", .loop): return true
        case ("lower", _), ("upper", _): return try caseTest(name, value)
        case ("odd", _), ("even", _):
            guard let number = value.whole else { throw failed("\(value.kind) is not whole") }
            return (number % 2 == 0) == (name == "even")
        case ("escaped", _), ("none", _), ("boolean", _), ("true", _), ("false", _),
            ("integer", _), ("float", _), ("number", _), ("string", _), ("mapping", _),
            ("sequence", _), ("iterable", _), ("callable", _):
            return false
        default: return nil
        }
    }

    private func caseTest(_ name: String, _ value: TemplateValue) throws(TemplateFault) -> Bool {
        let text = try text(value)
        try spend(reading: .string(text))
        let hasCase = text.unicodeScalars.contains { $0.properties.isCased }
        let same = name == "lower" ? text.lowercased() : text.uppercased()
        return hasCase && PythonText.same(text, same)
    }
}
