/// What the splitting of text asks about one Unicode scalar.
struct ScalarTraits: OptionSet, Sendable {
    let rawValue: UInt16

    /// `\p{L}`.
    static let letter = ScalarTraits(rawValue: 1 << 0)
    /// `\p{N}`.
    static let number = ScalarTraits(rawValue: 1 << 1)
    /// `\s`.
    static let space = ScalarTraits(rawValue: 1 << 2)
    /// `\p{M}`.
    static let mark = ScalarTraits(rawValue: 1 << 3)
    /// `\w` of patterns.
    static let word = ScalarTraits(rawValue: 1 << 4)
    /// The `\w` of `Whitespace` and of added tokens that match whole words only.
    static let plainWord = ScalarTraits(rawValue: 1 << 5)
    /// What `Punctuation` splits at.
    static let punctuation = ScalarTraits(rawValue: 1 << 6)
    /// What `Digits` splits at.
    static let digit = ScalarTraits(rawValue: 1 << 7)
    /// What `StripAccents` drops.
    static let accent = ScalarTraits(rawValue: 1 << 8)
    /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, the first letters of a word.
    static let opening = ScalarTraits(rawValue: 1 << 9)
    /// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`, the later letters of a word.
    static let closing = ScalarTraits(rawValue: 1 << 10)
    /// `[\r\n]`.
    static let lineEnd = ScalarTraits(rawValue: 1 << 11)
}
