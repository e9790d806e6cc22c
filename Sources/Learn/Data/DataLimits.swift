/// How much training data may ask of a node.
public enum DataLimits {
    /// Longest file: it is read whole, because a split and a shuffle need all of it.
    public static let fileBytesMax = 1 << 30
    /// Most bytes of all files together: more text than `tokensMax` tokens come of, and what reads
    /// a stranger's data ends.
    public static let allBytesMax = 4 << 30
    /// Longest record, a line of JSON or a row of a table: it is parsed whole, and a record is
    /// seldom longer than a book.
    public static let recordBytesMax = 16 << 20
    /// Most JSON values of one record: each takes more memory than its text.
    public static let recordValuesMax = 4_000_000
    /// Deepest nesting of a record: tools describe themselves by schemas inside schemas.
    public static let recordDepthMax = 64
    /// Longest plain text file: a tokenizer takes no longer text.
    public static let textBytesMax = TokenizerLimits.textBytesMax
    /// Most records of all files together: an index of 32 bits counts them.
    public static let recordsMax = 1 << 28
    /// Most tokens of all files together: with their labels they take 2 GiB of memory.
    public static let tokensMax = 1 << 28
    /// Most messages of one conversation: a template without marks is run twice for each answer.
    public static let messagesMax = 1_000
    /// Longest template file.
    public static let templateBytesMax = TemplateLimits.sourceBytesMax
    /// How far a place in a chat is moved, in code points, to come to the edge of a token: no
    /// token of a known vocabulary is longer.
    static let edgeSearchMax = 128
    /// Most code points that are tokenised to find the edges of one conversation: a long one of
    /// `messagesMax` messages takes a quarter where every edge needs all text before it.
    static let edgeScalarsMax = 1 << 26
    /// Most bytes that a template writes for one conversation, all its beginnings together.
    static let renderedBytesMax = 256 << 20
}
