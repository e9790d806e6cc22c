/// A compiled pattern.
struct PatternProgram: Sendable {
    init(_ text: String) throws(LearnError) {
        throw .tokenizer(.notUnderstood("split pattern \(text)"))
    }
}
struct PatternMatcher {
    init(_ program: PatternProgram, _ range: Range<Int>) {}
    mutating func findAll(in bytes: [UInt8], into: inout [PieceText.Piece]) throws(LearnError) {}
}
