/// The help of the command and of each verb, made from the table of verbs.
enum Help {
    /// Width of the text.
    private static let columns = 80

    /// What `plasmid --help` prints.
    static func overview() -> [String] {
        var lines = [
            "plasmid shares LoRA adapters and their base models between machines, peer to peer.",
            "",
            "usage: plasmid VERB [OPERANDS] [OPTIONS]",
            "",
        ]
        lines += listed(Verbs.all.map { ($0.name, $0.summary) })
        lines += [
            "",
            "Every verb takes --json and --help. The home is $PLASMID_HOME, else ~/.plasmid.",
            "A first try: plasmid init; plasmid share FOLDER --licence Apache-2.0"
                + " --visibility public;",
            "then on another machine: plasmid run --join TICKET, and plasmid find.",
        ]
        return lines.flatMap { wrapped($0, indent: 0) }
    }

    /// What `plasmid VERB --help` prints.
    static func page(of verb: VerbShape) -> [String] {
        var lines = ["\(verb.name): \(verb.summary)", ""]
        lines += wrapped("usage: " + usage(of: verb), indent: 7 + 8 + verb.name.count + 1)
        lines += [""]
        lines += wrapped(verb.paragraph, indent: 0)
        lines += ["", "options:"]
        lines += listed(
            (verb.options + VerbShape.everywhere).filter(\.isBuilt).map { option in
                (synopsis(of: option), option.meaning)
            })
        lines += ["", "examples:"]
        for example in verb.examples {
            lines += ["  \(example.line)"]
            lines += wrapped("      " + example.meaning, indent: 6)
        }
        return lines
    }

    private static func usage(of verb: VerbShape) -> String {
        let operands = verb.operands.map { operand in
            (operand.isRequired ? operand.name : "[\(operand.name)]")
                + (operand.isRepeated ? "…" : "")
        }
        let options = verb.options.filter(\.isBuilt).map { option -> String in
            if case .many = option.value { return "[\(synopsis(of: option))]…" }
            return "[\(synopsis(of: option))]"
        }
        return (["plasmid", verb.name] + operands + options).joined(separator: " ")
    }

    private static func synopsis(of option: VerbShape.Option) -> String {
        switch option.value {
        case .none: "--\(option.name)"
        case .one(let value), .many(let value): "--\(option.name) \(value)"
        case .maybe(let value): "--\(option.name) [\(value)]"
        }
    }

    /// Two columns, names left.
    private static func listed(_ rows: [(String, String)]) -> [String] {
        let width = min(30, rows.map { TextWidth.columns($0.0) }.max() ?? 0)
        return rows.flatMap { name, meaning -> [String] in
            let indent = width + 4
            guard TextWidth.columns(name) <= width else {
                let space = String(repeating: " ", count: indent)
                return ["  " + name] + wrapped(space + meaning, indent: indent)
            }
            return wrapped(
                "  " + TextWidth.padded(name, to: width) + "  " + meaning, indent: indent)
        }
    }

    /// `text` broken between words; lines after the first are indented.
    static func wrapped(_ text: String, indent: Int, width: Int = columns) -> [String] {
        guard TextWidth.columns(text) > width else { return [text] }
        var lines: [String] = []
        var line = String(text.prefix { $0 == " " })
        var isFresh = true
        for word in text.drop(while: { $0 == " " }).split(
            separator: " ", omittingEmptySubsequences: false)
        {
            if !isFresh, TextWidth.columns(line) + 1 + TextWidth.columns(String(word)) > width {
                lines.append(line)
                line = String(repeating: " ", count: indent)
                isFresh = true
            }
            line += (isFresh ? "" : " ") + word
            isFresh = false
        }
        return lines + [line]
    }
}
