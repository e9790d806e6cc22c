/// How much a tokenizer's files and texts may ask of a node. Each limit is several times what any
/// published model needs.
public enum TokenizerLimits {
    /// Longest `tokenizer.json`: the largest published are near 33 MB.
    public static let fileBytesMax = 64 << 20
    /// Most entries of a vocabulary: the largest published have 262,144.
    public static let vocabularyMax = 1_000_000
    /// Most merges: a token may be made in several ways.
    public static let mergesMax = 4_000_000
    /// Most added tokens: they are looked for at every position of a text.
    public static let addedTokensMax = 100_000
    /// Longest split pattern: a pattern is compiled before anything is checked against it.
    public static let patternBytesMax = 64 << 10
    /// Most nodes of a compiled pattern, counted after `{m,n}` is written out.
    public static let patternNodesMax = 100_000
    /// Deepest nesting of groups in a pattern, since reading it recurses.
    public static let patternDepthMax = 64
    /// Most steps that a pattern may take for one match attempt, per byte of text and at least
    /// once: bounds the time that a hostile pattern can burn.
    public static let patternFuel = 2_000_000
    /// Most places that a match may come back to, since each is kept in memory.
    public static let patternBacktracksMax = 4_000_000
    /// Most steps of a component that is a sequence of others.
    public static let sequenceMax = 64
    /// Longest text that one call encodes, and the longest that normalisation may make of it.
    public static let textBytesMax = 64 << 20
    /// Longest word whose ids are remembered.
    static let cachedWordMax = 64
    /// Most words whose ids are remembered at a time.
    static let cachedWordsMax = 1 << 16
}
