import Genome

/// The ids that stand around those of a text.
struct PostProcessor: Equatable, Sendable {
    /// Ids before the text.
    var before: [UInt32] = []
    /// Ids behind the text.
    var after: [UInt32] = []

    /// Nothing around the text.
    init() {}

    /// What a component puts around one text. Offsets and pairs of texts are not ours.
    init(_ part: TokenizerPart, depth: Int = 0) throws(LearnError) {
        switch try part.type() {
        case "Sequence":
            guard depth < 8 else { throw part.unknown("Sequence inside eight others") }
            try part.allow(["processors"])
            for inner in try part.parts("processors") {
                let step = try PostProcessor(inner, depth: depth + 1)
                before = step.before + before
                after += step.after
            }
        case "ByteLevel": try part.allow(["add_prefix_space", "trim_offsets", "use_regex"])
        case "RobertaProcessing", "BertProcessing":
            try part.allow(["sep", "cls", "trim_offsets", "add_prefix_space"])
            before = [try Self.pairID(part, "cls")]
            after = [try Self.pairID(part, "sep")]
        case "TemplateProcessing":
            try part.allow(["single", "pair", "special_tokens"])
            try readTemplate(part)
        case let type: throw part.unknown(type)
        }
    }

    /// `["<s>", 0]`
    private static func pairID(_ part: TokenizerPart, _ name: String) throws(LearnError) -> UInt32 {
        guard let pair = part.value(name)?.array, pair.count == 2,
            let id = pair[1].integer.flatMap({ UInt32(exactly: $0) })
        else { throw part.wrong(name, "a token and its id") }
        return id
    }

    private mutating func readTemplate(_ part: TokenizerPart) throws(LearnError) {
        var isAfter = false
        for piece in try part.parts("single") {
            if let sequence = piece.value("Sequence") {
                guard sequence["id"]?.string == "A", !isAfter else {
                    throw piece.unknown("sequence other than one A")
                }
                isAfter = true
                continue
            }
            guard let name = piece.value("SpecialToken")?["id"]?.string else {
                throw .tokenizer(.malformed(at: piece.path, expected: "a token or a sequence"))
            }
            guard let ids = part.value("special_tokens")?[name]?["ids"]?.array else {
                throw part.wrong("special_tokens.\(name).ids", "an array")
            }
            for id in ids {
                guard let id = id.integer.flatMap({ UInt32(exactly: $0) }) else {
                    throw part.wrong("special_tokens.\(name).ids", "ids")
                }
                if isAfter { after.append(id) } else { before.append(id) }
            }
        }
        guard isAfter else { throw part.wrong("single", "a template with the sequence A") }
    }
}
