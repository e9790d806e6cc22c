extension TemplateMachine {
    /// `value|name(...)`.
    func filter(
        _ name: String, _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        try spend(reading: value)
        let result = try plainFilter(name, value.plain, given)
        if case .markup(let text) = value, name == "escape" || name == "e" { return .markup(text) }
        return Self.keepingMarks.contains(name) ? result.marked(like: value) : result
    }

    /// Filters whose text stays marked if it was.
    private static let keepingMarks: Set<String> = [
        "trim", "upper", "lower", "capitalize", "title", "string", "center", "indent", "reverse",
        "default", "d",
    ]

    private func plainFilter(
        _ name: String, _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        switch name {
        case "default", "d":
            let values = try bind(given, name, ["default_value", "boolean"])
            let isMissing: Bool
            if case .undefined = value { isMissing = true } else { isMissing = false }
            let isReplaced = isMissing || values[1]?.isTrue == true && !value.isTrue
            return isReplaced ? values[0] ?? .string("") : value
        case "length", "count":
            _ = try bind(given, name, [])
            return .integer(try length(of: value))
        case "tojson": return try made(try json(value, try layout(given)))
        case "string": return try made(try text(value))
        case "safe": return try made(try text(value)).marked(like: .markup(""))
        case "list":
            return try made(try elements(of: value))
        case "items":
            if case .undefined = value { return try made([], .generator) }
            guard case .dictionary(let dictionary) = value else {
                throw failed("the items of \(value.kind)")
            }
            return try made(try pairs(dictionary), .generator)
        case "attr":
            let name = try string(bind(given, name, ["name"], needed: 1)[0], for: name)
            if case .dictionary = value, Self.methods(of: value)?.contains(name) != true {
                return .undefined("dict has no \"\(name.prefix(80))\"")
            }
            return try attribute(name, of: value)
        default:
            if let result = try textFilter(name, value, given) { return result }
            if let result = try numberFilter(name, value, given) { return result }
            if let result = try listFilter(name, value, given) { return result }
            if let result = try choosingFilter(name, value, given) { return result }
            throw failed("there is no filter \"\(name.prefix(40))\"")
        }
    }

    private func layout(_ given: TemplateArguments) throws(TemplateFault) -> Layout {
        let names = ["ensure_ascii", "indent", "separators", "sort_keys"]
        let values = try bind(given, "tojson", names)
        var layout = Layout()
        layout.onlyASCII = values[0]?.isTrue ?? false
        layout.sortsKeys = values[3]?.isTrue ?? false
        switch values[1] {
        case nil, .some(.none): break
        case .string(let text)?: layout.indent = text
        default:
            let width = try whole(values[1], 0)
            guard width <= 64 else { throw failed("an indentation of \(width)") }
            layout.indent = String(repeating: " ", count: max(0, width))
        }
        if layout.indent != nil { layout.itemSeparator = "," }
        if let separators = values[2], separators.isTrue {
            let parts = try elements(of: separators)
            guard parts.count == 2 else { throw failed("separators that are not two") }
            layout.itemSeparator = try string(parts[0], for: "separators")
            layout.keySeparator = try string(parts[1], for: "separators")
        }
        return layout
    }

    func pairs(_ dictionary: TemplateDictionary) throws(TemplateFault) -> [TemplateValue] {
        try spend(dictionary.keys.count * 3)
        return zip(dictionary.keys, dictionary.values).map { .tuple([$0, $1]) }
    }

    private func textFilter(
        _ name: String, _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue? {
        switch name {
        case "trim":
            let characters = try optionalString(bind(given, name, ["chars"])[0], for: name)
            return try made(PythonText.strip(try text(value), characters))
        case "upper": return try made(try text(value).uppercased())
        case "lower": return try made(try text(value).lowercased())
        case "capitalize": return try made(PythonText.capitalized(try text(value)))
        case "title": return try made(PythonText.titledWords(try text(value)))
        case "replace":
            let values = try bind(given, name, ["old", "new", "count"], needed: 2)
            let parts = (try text(values[0] ?? .none), try text(values[1] ?? .none))
            return try replaced(try text(value), parts.0, parts.1, most: try most(values[2]))
        case "indent": return try indented(value, given)
        case "center":
            let width = try whole(bind(given, name, ["width"])[0], 80)
            return try padded(try text(value), width, " ", left: 1, right: 1)
        case "wordcount":
            let words = try text(value).unicodeScalars.split { scalar in
                !(scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || scalar == "_")
            }
            return .integer(words.count)
        case "escape", "e", "forceescape":
            return try made(PythonText.escaped(try text(value))).marked(like: .markup(""))
        case "format":
            let values: TemplateValue =
                given.named.isEmpty
                ? .tuple(given.positional) : .dictionary(TemplateDictionary(names: given.named))
            return try made(try formatted(try text(value), with: values))
        default: return nil
        }
    }

    /// `replace`, refused before it is made if it grows too long.
    func replaced(
        _ text: String, _ old: String, _ new: String, most: Int?
    ) throws(TemplateFault) -> TemplateValue {
        try spend(text: text)
        let places = min(PythonText.occurrences(of: old, in: text), most ?? .max)
        let (growth, overflow) = new.utf8.count.multipliedReportingOverflow(by: places)
        try check(textBytes: overflow ? .max : text.utf8.count + growth - places * old.utf8.count)
        return try made(PythonText.replace(text, old, new, most: most))
    }

    private func indented(
        _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        let values = try bind(given, "indent", ["width", "first", "blank"])
        let indentation: String
        if case .string(let text)? = values[0] {
            indentation = text
        } else {
            let width = try whole(values[0], 4)
            try check(textBytes: width)
            indentation = String(repeating: " ", count: max(0, width))
        }
        let lines = PythonText.lines(try text(value) + "\n")
        let (bytes, overflow) = indentation.utf8.count.multipliedReportingOverflow(by: lines.count)
        try check(textBytes: overflow ? .max : bytes)
        let isBlankToo = values[2]?.isTrue ?? false
        let isFirstToo = values[1]?.isTrue ?? false
        let parts = lines.enumerated().map { index, line in
            let isIndented = index > 0 ? isBlankToo || !line.isEmpty : isFirstToo
            return (isIndented ? indentation : "") + line
        }
        return try made(parts.joined(separator: "\n"))
    }

    /// Text with characters around it up to a width.
    func padded(
        _ text: String, _ width: Int, _ fill: String, left: Int, right: Int
    ) throws(TemplateFault) -> TemplateValue {
        let lacking = width - text.unicodeScalars.count
        guard lacking > 0 else { return .string(text) }
        try check(textBytes: lacking)
        let before: Int
        if left > 0, right > 0 {
            // Python puts the odd one left if the width is odd.
            before = lacking / 2 + (lacking & width & 1)
        } else {
            before = left > 0 ? lacking : 0
        }
        return try made(
            String(repeating: fill, count: before) + text
                + String(repeating: fill, count: lacking - before))
    }

    private func numberFilter(
        _ name: String, _ value: TemplateValue, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue? {
        switch name {
        case "int": return try integer(value, bind(given, name, ["default", "base"]))
        case "float":
            let absent = try bind(given, name, ["default"])[0] ?? .float(0)
            if case .undefined(let why) = value { throw failed(why) }
            if case .string(let text) = value {
                return PythonNumber.float(text).map { .float($0) } ?? absent
            }
            return value.double.map { .float($0) } ?? absent
        case "abs":
            if case .float(let number) = value { return .float(number.magnitude) }
            return .integer(abs(max(try whole(value, 0), -.max)))
        case "round": return try rounded(value, bind(given, name, ["precision", "method"]))
        default: return nil
        }
    }

    private func integer(
        _ value: TemplateValue, _ values: [TemplateValue?]
    ) throws(TemplateFault) -> TemplateValue {
        let absent = values[0] ?? .integer(0)
        let base = try whole(values[1], 10)
        switch value {
        case .undefined(let why): throw failed(why)
        case .string(let text):
            guard [2, 8, 10, 16].contains(base) else { throw failed("numbers of base \(base)") }
            if let number = PythonNumber.integer(text, base: base) { return .integer(number) }
            let number = PythonNumber.float(text).flatMap { Int(exactly: $0.rounded(.towardZero)) }
            return number.map { .integer($0) } ?? absent
        case .float(let number):
            return Int(exactly: number.rounded(.towardZero)).map { .integer($0) } ?? absent
        default: return value.whole.map { .integer($0) } ?? absent
        }
    }

    private func rounded(
        _ value: TemplateValue, _ values: [TemplateValue?]
    ) throws(TemplateFault) -> TemplateValue {
        let places = try whole(values[0], 0)
        let method = try optionalString(values[1], for: "round") ?? "common"
        guard ["common", "ceil", "floor"].contains(method) else {
            throw failed("rounding by \"\(method.prefix(40))\"")
        }
        guard let number = value.double else { throw failed("\(value.kind) cannot be rounded") }
        guard (-22...22).contains(places) else { throw failed("rounding to \(places) places") }
        if method == "common" {
            if let whole = value.whole, places >= 0 { return .integer(whole) }
            let result = PythonNumber.rounded(number, places: places)
            return value.whole == nil ? .float(result) : .integer(Int(exactly: result) ?? 0)
        }
        let scale = PythonNumber.tenfold(abs(places))
        let scaled = places < 0 ? number / scale : number * scale
        let whole = scaled.rounded(method == "ceil" ? .up : .down)
        return .float(places < 0 ? whole * scale : whole / scale)
    }
}
