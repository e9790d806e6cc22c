/// Pre-tokenizers out of `tokenizer.json`.
extension PreTokenizer {
    /// The steps of a component, those of sequences side by side.
    static func steps(_ part: TokenizerPart, depth: Int = 0) throws(LearnError) -> [PreTokenizer] {
        switch try part.type() {
        case "Sequence":
            return try part.sequence("pretokenizers", depth: depth) {
                part, depth throws(LearnError) in
                try steps(part, depth: depth)
            }
        case "ByteLevel":
            try part.allow(["add_prefix_space", "trim_offsets", "use_regex"])
            return [
                .byteLevel(
                    addsSpace: try part.flag("add_prefix_space", default: true),
                    splits: try part.flag("use_regex", default: true))
            ]
        case "Split":
            try part.allow(["pattern", "behavior", "invert"])
            return [
                .split(
                    try part.pattern("pattern"), try SplitBehavior(part),
                    inverts: try part.flag("invert", default: false))
            ]
        case "Digits":
            try part.allow(["individual_digits"])
            let isEach = try part.flag("individual_digits", default: false)
            return [.traits(.digit, isEach ? .isolated : .contiguous)]
        case "Punctuation":
            try part.allow(["behavior"])
            return [.traits(.punctuation, try SplitBehavior(part, default: .isolated))]
        case "WhitespaceSplit":
            try part.allow([])
            return [.traits(.space, .removed)]
        case "Whitespace":
            try part.allow([])
            return [.whitespace]
        case "Metaspace": return [try metaspace(part)]
        case let type: throw part.unknown(type)
        }
    }

    private static func metaspace(_ part: TokenizerPart) throws(LearnError) -> PreTokenizer {
        try part.allow(["replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"])
        return .metaspace(
            letter: try part.scalar("replacement", default: "\u{2581}"),
            try Prepending(part), splits: try part.flag("split", default: true))
    }
}

extension PreTokenizer.Prepending {
    /// What a `Metaspace` says; files from before `prepend_scheme` have `add_prefix_space`.
    init(_ part: TokenizerPart) throws(LearnError) {
        let adds = try part.flag("add_prefix_space", default: true)
        guard let name = try part.optionalText("prepend_scheme") else {
            self = adds ? .always : .never
            return
        }
        guard let prepending = PreTokenizer.Prepending(rawValue: name) else {
            throw .tokenizer(.notUnderstood("\(part.path).prepend_scheme \(name)"))
        }
        self = prepending
    }
}
