/// How a layer wants answers drawn; a user's own words go before.
public struct DecodingChoices: Hashable, Sendable {
    /// 0 takes the likeliest token.
    public var temperature: Double?
    /// Only so many of the likeliest tokens.
    public var topK: Int?
    /// Only the likeliest tokens that reach this probability.
    public var topP: Double?
    /// Only tokens this likely beside the likeliest.
    public var minP: Double?
    /// Weakens tokens that were there.
    public var repetitionPenalty: Double?
    /// Longest answer in tokens.
    public var maxTokens: Int?

    /// No choice at all.
    public init() {}

    /// The choices of a `decoding` section.
    public init(_ json: JSONValue?) {
        func number(_ name: String) -> Double? { json?[name]?.string.flatMap { Double($0) } }
        func count(_ name: String) -> Int? { json?[name]?.integer.flatMap { Int(exactly: $0) } }
        temperature = number("temperature")
        topK = count("topK")
        topP = number("topP")
        minP = number("minP")
        repetitionPenalty = number("repetitionPenalty")
        maxTokens = count("maxTokens")
    }

    /// These choices, each replaced where `later` makes it too.
    public func replaced(by later: DecodingChoices) -> DecodingChoices {
        var both = self
        both.temperature = later.temperature ?? temperature
        both.topK = later.topK ?? topK
        both.topP = later.topP ?? topP
        both.minP = later.minP ?? minP
        both.repetitionPenalty = later.repetitionPenalty ?? repetitionPenalty
        both.maxTokens = later.maxTokens ?? maxTokens
        return both
    }
}
