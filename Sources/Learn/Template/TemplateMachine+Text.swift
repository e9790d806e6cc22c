extension TemplateMachine {
    /// `str(value)`.
    func text(_ value: TemplateValue) throws(TemplateFault) -> String {
        switch value {
        case .undefined: ""
        case .string(let text), .markup(let text): text
        default: try representation(value)
        }
    }

    /// `repr(value)`.
    func representation(_ value: TemplateValue) throws(TemplateFault) -> String {
        var result = ""
        try write(value, to: &result)
        return result
    }

    private func write(_ value: TemplateValue, to result: inout String) throws(TemplateFault) {
        try spend(1)
        switch value {
        case .undefined: result += "Undefined"
        case .none: result += "None"
        case .bool(let value): result += value ? "True" : "False"
        case .integer(let value): result += String(value)
        case .float(let value): result += PythonNumber.text(value)
        case .string(let text):
            try spend(reading: value)
            result += PythonText.quoted(text)
        case .markup(let text): result += "Markup(\(PythonText.quoted(text)))"
        case .list(let list): try write(list, to: &result)
        case .dictionary(let dictionary):
            result += "{"
            for (index, (key, value)) in zip(dictionary.keys, dictionary.values).enumerated() {
                result += index > 0 ? ", " : ""
                try write(key, to: &result)
                result += ": "
                try write(value, to: &result)
            }
            result += "}"
        case .function(.macro(let macro)): result += "<Macro '\(macro.syntax.name)'>"
        case .namespace, .loop, .function: throw failed("a \(value.kind) has no text")
        }
        try check(textBytes: result.utf8.count)
    }

    private func write(_ list: TemplateList, to result: inout String) throws(TemplateFault) {
        let begin: String
        let end: String
        switch list.kind {
        case .list: (begin, end) = ("[", "]")
        case .tuple: (begin, end) = ("(", list.items.count == 1 ? ",)" : ")")
        case .view(let name): (begin, end) = (name + "([", "])")
        case .range(let text):
            result += text
            return
        case .generator: throw failed("a generator has no text")
        }
        result += begin
        for (index, item) in list.items.enumerated() {
            result += index > 0 ? ", " : ""
            try write(item, to: &result)
        }
        result += end
    }

    /// How `tojson` lays its text out.
    struct Layout {
        /// What one level is indented by; nil is one line.
        var indent: String?
        var itemSeparator = ", "
        var keySeparator = ": "
        var onlyASCII = false
        var sortsKeys = false
    }

    /// `json.dumps(value)`.
    func json(_ value: TemplateValue, _ layout: Layout) throws(TemplateFault) -> String {
        var result = ""
        try write(value, layout, level: 0, to: &result)
        return result
    }

    private func write(
        _ value: TemplateValue, _ layout: Layout, level: Int, to result: inout String
    ) throws(TemplateFault) {
        try spend(1)
        switch value.plain {
        case .none: result += "null"
        case .bool(let value): result += value ? "true" : "false"
        case .integer(let value): result += String(value)
        case .float(let value): result += Self.jsonNumber(value)
        case .string(let text):
            try spend(text: text)
            result += Self.jsonText(text, onlyASCII: layout.onlyASCII)
        case .list(let list) where list.kind == .list || list.kind == .tuple:
            try writeItems(list.items.count, "[", "]", layout, level, to: &result) {
                (index, level, result) throws(TemplateFault) in
                try self.write(list.items[index], layout, level: level, to: &result)
            }
        case .dictionary(let dictionary):
            let order = try keyOrder(dictionary, layout)
            try writeItems(order.count, "{", "}", layout, level, to: &result) {
                (index, level, result) throws(TemplateFault) in
                let key = try self.keyText(dictionary.keys[order[index]])
                result += Self.jsonText(key, onlyASCII: layout.onlyASCII) + layout.keySeparator
                let value = dictionary.values[order[index]]
                try self.write(value, layout, level: level, to: &result)
            }
        default: throw failed("\(value.kind) has no JSON")
        }
        try check(textBytes: result.utf8.count)
    }

    private func writeItems(
        _ count: Int, _ begin: String, _ end: String, _ layout: Layout, _ level: Int,
        to result: inout String,
        _ item: (Int, Int, inout String) throws(TemplateFault) -> Void
    ) throws(TemplateFault) {
        result += begin
        if count > 0 {
            func newline(_ level: Int) -> String {
                layout.indent.map { "\n" + String(repeating: $0, count: level) } ?? ""
            }
            for index in 0..<count {
                result += (index > 0 ? layout.itemSeparator : "") + newline(level + 1)
                try item(index, level + 1, &result)
                try check(textBytes: result.utf8.count)
            }
            result += newline(level)
        }
        result += end
    }

    private func keyOrder(
        _ dictionary: TemplateDictionary, _ layout: Layout
    ) throws(TemplateFault) -> [Int] {
        let places = Array(dictionary.keys.indices)
        guard layout.sortsKeys else { return places }
        return try sorted(places) { (left, right) throws(TemplateFault) in
            try precedes(dictionary.keys[left], dictionary.keys[right])
        }
    }

    private func keyText(_ key: TemplateValue) throws(TemplateFault) -> String {
        switch key.plain {
        case .string(let text): text
        case .none: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .float(let value): Self.jsonNumber(value)
        default: throw failed("a \(key.kind) is no name in JSON")
        }
    }

    private static func jsonNumber(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return PythonNumber.text(value)
    }

    private static func jsonText(_ text: String, onlyASCII: Bool) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{8}": result += "\\b"
            case "\u{c}": result += "\\f"
            default:
                if scalar.value < 0x20 || onlyASCII && scalar.value > 0x7e {
                    for unit in UTF16.encode(scalar) ?? .init() {
                        result += "\\u" + PythonText.hexadecimal(UInt32(unit), width: 4)
                    }
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
