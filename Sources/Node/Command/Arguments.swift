import Wire

/// A command line that was understood: a verb, its operands and its options with their values.
struct Arguments {
    /// What the verb takes.
    let verb: VerbShape
    /// The operands in order.
    let operands: [String]
    private let values: [String: [String]]
    private let given: Set<String>

    /// Whether an answer in JSON was asked for, told even from a command line that is wrong.
    static func wantsJSON(_ words: [String]) -> Bool {
        words.prefix { $0 != "--" }.contains("--json")
    }

    /// The command line `words`, without the program's name; refused with a suggestion where one
    /// is near.
    static func parse(_ words: [String]) throws(Failure) -> Arguments {
        guard let word = words.first else {
            throw Failure(.usage, "no verb given", remedy: "plasmid --help lists them")
        }
        guard let verb = Verbs.shape(of: word) else {
            if Verbs.notBuilt.contains(word) {
                throw Failure(
                    .unsupported, "\(word) is not built into this version yet",
                    remedy: "plasmid --help lists what is")
            }
            throw unknown(word, among: Verbs.all.map(\.name), kind: "verb")
        }
        var reader = ArgumentReader(verb: verb, words: Array(words.dropFirst()))
        return try reader.read()
    }

    fileprivate static func unknown(
        _ word: String, among known: [String], kind: String, of verb: String = ""
    ) -> Failure {
        let shown = PlainText.shown(word)
        let near = Nearness.nearest(to: word, among: known)
        let remedy =
            near.map { "Did you mean \($0)?" } ?? "plasmid \(verb)--help lists what there is"
        return Failure(.usage, "there is no \(kind) \(shown)", remedy: remedy)
    }

    fileprivate init(
        verb: VerbShape, operands: [String], values: [String: [String]], given: Set<String>
    ) {
        self.verb = verb
        self.operands = operands
        self.values = values
        self.given = given
    }
}

extension Arguments {
    /// The operand at that place, if it was given.
    func operand(_ index: Int) -> String? {
        operands.indices.contains(index) ? operands[index] : nil
    }

    /// The first operand, where it says what the verb shall do: one of `actions`, else `usual`.
    func action(of actions: [String], or usual: String) throws(Failure) -> String {
        let action = operand(0) ?? usual
        guard actions.contains(action) else {
            throw Failure(
                .usage, "\(verb.name) does not know \(PlainText.shown(action))",
                remedy: "use " + actions.joined(separator: ", "))
        }
        return action
    }

    /// Whether the option was given, with or without a value.
    func isGiven(_ option: String) -> Bool { given.contains(option) }

    /// The option's value.
    func text(_ option: String) -> String? { values[option]?.last }

    /// The option's values in order.
    func texts(_ option: String) -> [String] { values[option] ?? [] }

    /// The option's value as a whole number in a range.
    func integer(_ option: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = text(option) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Failure(
                .usage, "--\(option) \(PlainText.shown(text)) makes no sense",
                why: "it must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The option's value as one of the names.
    func choice(_ option: String, among names: [String]) throws(Failure) -> String? {
        guard let text = text(option) else { return nil }
        guard names.contains(text) else {
            throw Failure(
                .usage, "--\(option) \(PlainText.shown(text)) makes no sense",
                why: "it must be one of \(names.joined(separator: ", "))")
        }
        return text
    }

    /// The operands as names and values; `form` says how they are written.
    func assignments(_ form: String) throws(Failure) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for word in operands {
            guard let cut = word.firstIndex(of: "=") else {
                throw Failure(
                    .usage, "\(PlainText.shown(word)) makes no sense", why: "it must be \(form)")
            }
            pairs.append((String(word[..<cut]), String(word[word.index(after: cut)...])))
        }
        return pairs
    }
}

/// Reads the words behind the verb.
private struct ArgumentReader {
    let verb: VerbShape
    let words: [String]
    var index = 0
    var operands: [String] = []
    var values: [String: [String]] = [:]
    var given: Set<String> = []

    init(verb: VerbShape, words: [String]) {
        self.verb = verb
        self.words = words
    }

    mutating func read() throws(Failure) -> Arguments {
        var isPastOptions = false
        while index < words.count {
            let word = words[index]
            index += 1
            if !isPastOptions, word == "--" {
                isPastOptions = true
            } else if !isPastOptions, word.hasPrefix("-"), word.utf8.count > 1 {
                try readOption(word)
            } else {
                operands.append(word)
            }
        }
        // Help is shown whatever else is missing.
        if !given.contains("help") { try checkOperands() }
        return Arguments(verb: verb, operands: operands, values: values, given: given)
    }

    private mutating func readOption(_ word: String) throws(Failure) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0].drop { $0 == "-" })
        let isLong = word.hasPrefix("--") || word == "-h"
        guard isLong, let option = verb.option(named: name == "h" ? "help" : name) else {
            let known = (verb.options + VerbShape.everywhere).filter(\.isBuilt)
            throw Arguments.unknown(
                word, among: known.map { "--" + $0.name }, kind: "\(verb.name) option",
                of: verb.name + " ")
        }
        guard option.isBuilt else {
            throw Failure(
                .unsupported, "--\(option.name) is not built into this version yet",
                remedy: "plasmid \(verb.name) --help lists what is")
        }
        let isRepeatable = if case .many = option.value { true } else { false }
        guard given.insert(option.name).inserted || isRepeatable else {
            throw Failure(.usage, "--\(option.name) is given twice")
        }
        let attached = parts.count == 2 ? String(parts[1]) : nil
        switch option.value {
        case .none:
            guard attached == nil else {
                throw Failure(.usage, "--\(option.name) takes no value")
            }
        case .maybe:
            if let value = attached ?? nextValueIfFree() { values[option.name] = [value] }
        case .one(let what), .many(let what):
            guard let value = attached ?? nextValue() else {
                throw Failure(.usage, "--\(option.name) needs a value", why: "it takes \(what)")
            }
            values[option.name, default: []].append(value)
        }
    }

    private mutating func nextValue() -> String? {
        guard index < words.count, !words[index].hasPrefix("--") else { return nil }
        defer { index += 1 }
        return words[index]
    }

    /// The next word, unless it is needed as an operand.
    private mutating func nextValueIfFree() -> String? {
        let needed = verb.operands.filter(\.isRequired).count
        guard operands.count >= needed else { return nil }
        return nextValue()
    }

    private func checkOperands() throws(Failure) {
        let required = verb.operands.filter(\.isRequired)
        guard operands.count >= required.count else {
            throw Failure(
                .usage, "\(verb.name) needs \(required[operands.count].name)",
                remedy: "plasmid \(verb.name) --help explains it")
        }
        guard operands.count <= verb.operands.count || verb.operands.last?.isRepeated == true else {
            let extra = PlainText.shown(operands[verb.operands.count])
            throw Failure(
                .usage, "\(verb.name) does not take \(extra)",
                remedy: "plasmid \(verb.name) --help explains it")
        }
    }
}
