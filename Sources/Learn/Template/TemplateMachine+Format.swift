extension TemplateMachine {
    /// `format % values`.
    func formatted(
        _ format: String, with values: TemplateValue
    ) throws(TemplateFault) -> String {
        var result = ""
        var rest = format.unicodeScalars[...]
        var given = [values]
        if case .list(let list) = values, list.kind == .tuple { given = list.items }
        var used = 0
        try spend(text: format)
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            var value: TemplateValue?
            if rest.first == "(" {
                let name = String(rest.dropFirst().prefix { $0 != ")" })
                rest = rest.dropFirst(name.unicodeScalars.count + 2)
                value = try element(.string(name), of: values)
                used = given.count
            }
            let directive = Directive(&rest)
            if directive.letter == "%" {
                result += "%"
                continue
            }
            if value == nil {
                guard used < given.count else { throw failed("a format with too few values") }
                value = given[used]
                used += 1
            }
            result += try formatted(value ?? .none, directive)
            try check(textBytes: result.utf8.count)
        }
        if case .dictionary = values { return result }
        guard used == given.count else { throw failed("a format with too many values") }
        return result
    }

    /// `-05.2f`: what follows the sign of a format.
    struct Directive {
        var flags: Set<Unicode.Scalar> = []
        var width = 0
        var places: Int?
        var letter: Unicode.Scalar = "s"

        init(_ text: inout Substring.UnicodeScalarView) {
            func digits() -> Int {
                var number = 0
                while let scalar = text.first, ("0"..."9").contains(scalar) {
                    number = min(number * 10 + Int(scalar.value - 0x30), 1 << 40)
                    text.removeFirst()
                }
                return number
            }
            while let flag = text.first, "-+ 0<>^".unicodeScalars.contains(flag) {
                flags.insert(flag)
                text.removeFirst()
            }
            width = digits()
            if text.first == "." {
                text.removeFirst()
                places = digits()
            }
            letter = text.popFirst() ?? "s"
        }
    }

    private func formatted(
        _ value: TemplateValue, _ directive: Directive
    ) throws(TemplateFault) -> String {
        var body: String
        switch directive.letter {
        case "s":
            body = try text(value)
            if let places = directive.places { body = String(body.unicodeScalars.prefix(places)) }
        case "r": body = try representation(value)
        case "d", "i":
            guard
                let number = value.whole
                    ?? value.double.flatMap({ Int(exactly: $0.rounded(.towardZero)) })
            else { throw failed("a number is needed, not \(value.kind)") }
            body = String(number)
        case "f", "F":
            guard let number = value.double,
                let text = PythonNumber.fixed(number, places: directive.places ?? 6)
            else { throw failed("\(value.kind) cannot be written with decimals") }
            body = text
        case "x", "X", "o":
            guard let number = value.whole else { throw failed("a whole number is needed") }
            body = String(
                number, radix: directive.letter == "o" ? 8 : 16, uppercase: directive.letter == "X")
        default: throw failed("the format \"%\(directive.letter)\"")
        }
        if directive.flags.contains("+"), !body.hasPrefix("-"), directive.letter != "s" {
            body = "+" + body
        }
        let isLeft = directive.flags.contains("-")
        if directive.flags.contains("0"), !isLeft, directive.letter != "s" {
            return try text(
                callText("zfill", body, TemplateArguments([.integer(directive.width)])))
        }
        return try text(
            padded(body, directive.width, " ", left: isLeft ? 0 : 1, right: isLeft ? 1 : 0))
    }

    /// `text.format(...)`: `{}`, `{0}`, `{name}`, each with a plain width and precision.
    func braceFormatted(
        _ format: String, with given: TemplateArguments
    ) throws(TemplateFault) -> String {
        var result = ""
        var rest = format.unicodeScalars[...]
        var next = 0
        while let scalar = rest.popFirst() {
            if (scalar == "{" || scalar == "}"), rest.first == scalar {
                rest.removeFirst()
                result.unicodeScalars.append(scalar)
                continue
            }
            guard scalar == "{" else {
                guard scalar != "}" else { throw failed("a format with a lone brace") }
                result.unicodeScalars.append(scalar)
                continue
            }
            let field = rest.prefix { $0 != "}" }
            guard field.endIndex < rest.endIndex else { throw failed("a format with a lone brace") }
            rest = rest[rest.index(after: field.endIndex)...]
            result += try formatted(field: String(field), given, &next)
            try check(textBytes: result.utf8.count)
        }
        return result
    }

    private func formatted(
        field: String, _ given: TemplateArguments, _ next: inout Int
    ) throws(TemplateFault) -> String {
        let parts = PythonText.split(field, ":", most: 1)
        let name = parts[0]
        guard
            name.utf8.allSatisfy({ $0 == 0x5f || ($0 | 0x20) > 0x60 || (0x30...0x39).contains($0) })
        else { throw failed("the format field \"\(name.prefix(40))\"") }
        let value: TemplateValue?
        if name.isEmpty || Int(name) != nil {
            let place = Int(name) ?? next
            next += 1
            value = given.positional.indices.contains(place) ? given.positional[place] : nil
        } else {
            value = given.named.first { PythonText.same($0.name, name) }?.value
        }
        guard let value else { throw failed("a format with too few values") }
        guard parts.count > 1, !parts[1].isEmpty else { return try text(value) }
        var rest = parts[1].unicodeScalars[...]
        var directive = Directive(&rest)
        guard rest.isEmpty, !directive.flags.contains("^") else {
            throw failed("the format \"\(parts[1].prefix(40))\"")
        }
        let isText = if case .string = value { true } else { false }
        if directive.flags.contains("<") || isText && !directive.flags.contains(">") {
            directive.flags.insert("-")
        }
        return try formatted(value, directive)
    }
}
