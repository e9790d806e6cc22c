/// How much a chat template may use; every bound has a name of its own in the error.
public struct TemplateLimits: Hashable, Sendable {
    /// Longest template in bytes.
    public static let sourceBytesMax = 1 << 20
    /// Deepest nesting of expressions or of blocks in the text of a template.
    public static let nestingMax = 100
    /// Longest name in characters.
    public static let nameMax = 256
    /// Deepest nesting of values, so that walking them cannot exhaust the stack.
    public static let valueDepthMax = 160
    /// Longest `range`, the sandbox's own bound.
    public static let rangeMax = 100_000

    /// Steps: one for each node that is run, each element that is copied, each sixteen bytes of
    /// text that are made and each four that a filter or a method reads. Bounds time and, because
    /// nothing is made for free, memory.
    public var steps = 8_000_000
    /// Deepest nesting of calls, blocks and expressions while it runs.
    public var depth = 400
    /// Longest text, the rendered chat or one on the way to it, in bytes.
    public var textBytes = 1 << 20

    /// The limits that conversations run under.
    public init() {}
}
