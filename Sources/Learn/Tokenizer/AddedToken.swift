import Genome

/// A token that is found in a text before the model sees it.
struct AddedToken: Sendable, Equatable {
    /// Its text.
    var content: String
    /// Its id.
    var id: UInt32
    /// Whether it counts only where no word character touches it.
    var isSingleWord = false
    /// Whether it takes the white space before it.
    var stripsLeft = false
    /// Whether it takes the white space behind it.
    var stripsRight = false
    /// Whether it is looked for in the normalised text.
    var isNormalized = true
    /// Whether decoding leaves it out when asked to.
    var isSpecial = false

    init(content: String, id: UInt32) {
        self.content = content
        self.id = id
    }

    /// One element of `added_tokens`, or a value of `added_tokens_decoder`, whose key is the id.
    init(_ part: TokenizerPart, id given: UInt32? = nil) throws(LearnError) {
        try part.allow([
            "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special", "__type",
        ])
        content = try part.text("content")
        if let given {
            id = given
        } else {
            id = UInt32(truncatingIfNeeded: try part.count("id"))
        }
        guard id < 2 * UInt32(TokenizerLimits.vocabularyMax) else {
            throw part.wrong("id", "below \(2 * TokenizerLimits.vocabularyMax)")
        }
        isSingleWord = try part.flag("single_word", default: false)
        stripsLeft = try part.flag("lstrip", default: false)
        stripsRight = try part.flag("rstrip", default: false)
        isSpecial = try part.flag("special", default: false)
        isNormalized = try part.flag("normalized", default: !isSpecial)
    }
}
