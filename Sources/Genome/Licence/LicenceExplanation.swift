/// What terms mean for a person who is about to take a layer in: what may, must and may not be
/// done with it, in plain words.
public struct LicenceExplanation: Hashable, Sendable {
    /// One way to satisfy the terms.
    public struct Choice: Hashable, Sendable {
        /// What one may do.
        public let may: [String]
        /// What one must do.
        public let must: [String]
        /// What one may not do.
        public let mayNot: [String]
    }

    /// Widest line in columns.
    public static let columnsMax = 80

    /// Most licences that a line lists by name.
    private static let namesMax = 4

    /// The ways to satisfy the terms; more than one where they leave a choice.
    public let choices: [Choice]

    /// The explanation of terms, one for each way to satisfy them.
    public init(_ terms: [LicenceTerms]) {
        choices = terms.map { Self.choice($0) }
    }

    /// The explanation of what a layer states about itself.
    public init(of expression: LicenceExpression?, book: LicenceBook = .catalogue) {
        self.init(
            LicenceAlternative.mildest(
                of: book.alternatives(ofStated: expression).map(\.terms)))
    }

    /// Text of lines of at most 80 columns, each behind `indent`.
    public func lines(indent: String = "") -> [String] {
        var lines: [String] = []
        for (index, choice) in choices.enumerated() {
            if choices.count > 1 {
                lines.append("\(indent)choice \(index + 1) of \(choices.count):")
            }
            let parts = [
                ("may", choice.may), ("must", choice.must), ("may not", choice.mayNot),
            ]
            for (word, sentences) in parts {
                for (place, sentence) in sentences.enumerated() {
                    let head = place == 0 ? word : ""
                    let padding = String(repeating: " ", count: 9 - head.count)
                    lines += Self.wrapped(sentence, indent + head + padding)
                }
            }
        }
        return lines
    }

    /// The same for programs.
    public var json: JSONValue {
        .array(
            choices.map { choice in
                func texts(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }
                return [
                    "may": texts(choice.may), "must": texts(choice.must),
                    "mayNot": texts(choice.mayNot),
                ]
            })
    }

    /// The explanation that `json` wrote; nil for anything else.
    public init?(_ json: JSONValue?) {
        guard let list = json?.array else { return nil }
        choices = list.map { choice in
            func texts(_ name: String) -> [String] {
                (choice[name]?.array ?? []).compactMap(\.string)
            }
            return Choice(may: texts("may"), must: texts("must"), mayNot: texts("mayNot"))
        }
    }

    private static func choice(_ terms: LicenceTerms) -> Choice {
        guard !terms.bits.contains(.unknown) else {
            return Choice(
                may: ["use it on your own machines, if its own text lets you"],
                must: ["read its text: what it asks is not known here"],
                mayNot: ["share it, or anything made from it, until a steward has read it"])
        }
        return Choice(may: may(terms), must: must(terms), mayNot: mayNot(terms))
    }

    private static func may(_ terms: LicenceTerms) -> [String] {
        let use: String
        switch terms.commercialUse {
        case _ where terms.bits.contains(.researchOnly): use = "use it for research"
        case .no?: use = "use it for what is not commercial"
        case .conditional?: use = "use it, also commercially, within the bounds below"
        case .yes?, nil: use = "use it for anything, also commercially"
        }
        var sentences = [use]
        if !terms.bits.contains(.noRedistribute) { sentences.append("pass it on") }
        // Training changes the work: who may not change it may only run it.
        guard !terms.bits.contains(.noChanges) else { return sentences }
        let isBound = !terms.bits.isDisjoint(with: [.noDerivatives, .noRedistribute])
        sentences.append(
            isBound || terms.derived == .only([])
                ? "change it and train on it for yourself"
                : "change it, train on it and pass on what comes of that")
        return sentences
    }

    private static func must(_ terms: LicenceTerms) -> [String] {
        var sentences: [String] = []
        if terms.bits.contains(.needsAcceptance) {
            sentences.append("accept the terms before you take it in")
        }
        if terms.bits.contains(.attribution) {
            sentences.append("name who made it and keep its notices")
        }
        if terms.bits.contains(.licenceCopy) {
            sentences.append("pass a copy of the licence on with it")
        }
        for policy in terms.useRestrictions.sorted() {
            sentences.append("keep to this and pass it on: \(policy)")
        }
        for prefix in terms.namePrefixes.sorted() {
            sentences.append("begin names of models made from it with \(prefix)")
        }
        if case .only(let allowed) = terms.derived, !allowed.isEmpty {
            sentences.append("put what you make from it under \(names(allowed))")
        }
        return sentences
    }

    private static func mayNot(_ terms: LicenceTerms) -> [String] {
        var sentences: [String] = []
        let bits = terms.bits
        if bits.contains(.researchOnly) {
            sentences.append("use it for anything but research")
        } else if bits.contains(.nonCommercial) {
            sentences.append("use it commercially")
        }
        if bits.contains(.noRedistribute) { sentences.append("pass it on") }
        if bits.contains(.noChanges) {
            sentences.append("change it or train on it, not even for yourself")
        }
        if bits.contains(.noDerivatives) { sentences.append("pass on what you make from it") }
        if bits.contains(.noTrainOtherModels) {
            sentences.append("use it or its answers to improve models of another family")
        }
        for cap in terms.caps.sorted() {
            sentences.append("go beyond its bound without another licence: \(cap)")
        }
        if terms.derived == .only([]) {
            sentences.append(
                "pass on what you make from it: its share-alike terms exclude each other")
        }
        return sentences
    }

    private static func names(_ licences: Set<String>) -> String {
        let sorted = licences.sorted()
        let more = sorted.count - namesMax
        guard more > 0 else { return sorted.joined(separator: " or ") }
        return sorted.prefix(namesMax).joined(separator: ", ") + " or \(more) more listed ones"
    }

    /// The sentence behind `head`, broken between words.
    private static func wrapped(_ sentence: String, _ head: String) -> [String] {
        let margin = String(repeating: " ", count: head.count)
        var lines = [head]
        var isEmpty = true
        for word in sentence.split(separator: " ") {
            if !isEmpty, lines[lines.count - 1].count + 1 + word.count > columnsMax {
                lines.append(margin)
                isEmpty = true
            }
            lines[lines.count - 1] += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines
    }
}
