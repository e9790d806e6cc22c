extension TemplateMachine {
    func callText(
        _ name: String, _ text: String, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        switch name {
        case "format": return try made(try braceFormatted(text, with: given))
        case "strip", "lstrip", "rstrip":
            let characters = try optionalString(bind(given, name, ["chars"])[0], for: name)
            return try made(
                PythonText.strip(
                    text, characters, left: name != "rstrip", right: name != "lstrip"))
        case "split", "rsplit": return try split(name, text, given)
        case "splitlines":
            let keeps = try bind(given, name, ["keepends"])[0]?.isTrue ?? false
            return try made(strings: PythonText.lines(text, keepingEnds: keeps))
        case "partition", "rpartition": return try parted(name, text, given)
        case "startswith", "endswith": return .bool(try begins(name, text, given))
        case "removeprefix", "removesuffix": return try shortened(name, text, given)
        case "replace":
            let values = try bind(given, name, ["old", "new", "count"], needed: 2)
            let old = try string(values[0], for: name)
            let new = try string(values[1], for: name)
            return try replaced(text, old, new, most: try most(values[2]))
        case "find", "rfind", "index", "count":
            let part = try string(bind(given, name, ["sub"], needed: 1)[0], for: name)
            try spend(text: part)
            if name == "count" { return .integer(PythonText.occurrences(of: part, in: text)) }
            let place = PythonText.place(of: part, in: text, last: name == "rfind")
            guard name != "index" || place >= 0 else { throw failed("the text has no such part") }
            return .integer(place)
        case "join":
            let list = try bind(given, name, ["iterable"], needed: 1)[0] ?? .none
            return try joined(list, separator: text)
        case "zfill", "ljust", "rjust", "center":
            return try padded(name, text, bind(given, name, ["width", "fillchar"], needed: 1))
        default:
            _ = try bind(given, name, [])
            return try plain(name, text)
        }
    }

    private func made(strings: [String]) throws(TemplateFault) -> TemplateValue {
        try made(strings.map { .string($0) })
    }

    private func plain(_ name: String, _ text: String) throws(TemplateFault) -> TemplateValue {
        let scalars = text.unicodeScalars
        func all(_ holds: (Unicode.Scalar) -> Bool) -> TemplateValue {
            .bool(!text.isEmpty && scalars.allSatisfy(holds))
        }
        func isLetter(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter:
                true
            default: false
            }
        }
        switch name {
        case "upper": return try made(text.uppercased())
        case "lower", "casefold": return try made(text.lowercased())
        case "title": return try made(PythonText.titled(text))
        case "capitalize": return try made(PythonText.capitalized(text))
        case "isdigit":
            return all { [.decimal, .digit].contains($0.properties.numericType) }
        case "isnumeric": return all { $0.properties.numericType != nil }
        case "isalpha": return all(isLetter)
        case "isalnum": return all { isLetter($0) || $0.properties.numericType != nil }
        case "isspace": return all(PythonText.isSpace)
        default:
            return .bool(try test(name == "isupper" ? "upper" : "lower", .string(text), .init()))
        }
    }

    private func split(
        _ name: String, _ text: String, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        let values = try bind(given, name, ["sep", "maxsplit"])
        let most = try most(values[1])
        guard let separator = try optionalString(values[0], for: name) else {
            guard name == "split" || most == nil else {
                throw failed("\"rsplit\" at white space with a limit")
            }
            return try made(strings: PythonText.words(text, most: most))
        }
        guard !separator.isEmpty else { throw failed("\"\(name)\" at an empty text") }
        return try made(
            strings: name == "split"
                ? PythonText.split(text, separator, most: most)
                : PythonText.splitFromEnd(text, separator, most: most))
    }

    private func parted(
        _ name: String, _ text: String, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        let separator = try string(bind(given, name, ["sep"], needed: 1)[0], for: name)
        guard !separator.isEmpty else { throw failed("\"\(name)\" at an empty text") }
        let parts =
            name == "partition"
            ? PythonText.split(text, separator, most: 1)
            : PythonText.splitFromEnd(text, separator, most: 1)
        guard parts.count == 2 else {
            let all = name == "partition" ? [text, "", ""] : ["", "", text]
            return try made(all.map { .string($0) }, .tuple)
        }
        return try made([parts[0], separator, parts[1]].map { .string($0) }, .tuple)
    }

    private func begins(
        _ name: String, _ text: String, _ given: TemplateArguments
    ) throws(TemplateFault) -> Bool {
        let sought = try bind(given, name, ["prefix"], needed: 1)[0] ?? .none
        var parts = [sought]
        if case .list(let list) = sought, list.kind == .tuple { parts = list.items }
        for part in parts {
            let part = try string(part, for: name).utf8
            try spend(1 + min(part.count, text.utf8.count) / 16)
            let bytes = text.utf8
            if name == "startswith"
                ? bytes.starts(with: part) : bytes.suffix(part.count).elementsEqual(part)
            {
                return true
            }
        }
        return false
    }

    private func shortened(
        _ name: String, _ text: String, _ given: TemplateArguments
    ) throws(TemplateFault) -> TemplateValue {
        let part = try string(bind(given, name, ["part"], needed: 1)[0], for: name)
        let bytes = Array(text.utf8)
        let isPrefix = name == "removeprefix"
        guard
            isPrefix
                ? bytes.starts(with: part.utf8)
                : bytes.suffix(part.utf8.count).elementsEqual(part.utf8)
        else { return .string(text) }
        let rest = isPrefix ? bytes.dropFirst(part.utf8.count) : bytes.dropLast(part.utf8.count)
        return try made(String(decoding: rest, as: UTF8.self))
    }

    private func joined(
        _ list: TemplateValue, separator: String
    ) throws(TemplateFault) -> TemplateValue {
        var result = ""
        try spend(reading: list)
        for (index, item) in try elements(of: list).enumerated() {
            result += index > 0 ? separator : ""
            result += try string(item, for: "join")
            try check(textBytes: result.utf8.count)
        }
        return try made(result)
    }

    private func padded(
        _ name: String, _ text: String, _ values: [TemplateValue?]
    ) throws(TemplateFault) -> TemplateValue {
        let width = try whole(values[0], 0)
        let fill = try optionalString(values[1], for: name) ?? (name == "zfill" ? "0" : " ")
        guard fill.unicodeScalars.count == 1 else { throw failed("\"\(name)\" by one character") }
        if name == "zfill", let sign = text.utf8.first, sign == 0x2b || sign == 0x2d {
            let digits = String(text.unicodeScalars.dropFirst())
            let padded = try padded(digits, width - 1, fill, left: 1, right: 0)
            return try made(String(UnicodeScalar(sign)) + (try self.text(padded)))
        }
        return try padded(
            text, width, fill, left: name == "ljust" ? 0 : 1,
            right: ["ljust", "center"].contains(name) ? 1 : 0)
    }
}
