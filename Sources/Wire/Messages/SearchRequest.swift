/// A question about layers to a node that has the whole catalogue.
public struct SearchRequest: Equatable, Sendable {
    /// Chosen by the sender; the answer repeats it.
    public let number: UInt64
    /// The question, as JSON: at most `Limits.questionBytesMax`.
    public let question: [UInt8]

    /// A question; its bytes must be within the limit.
    public init(number: UInt64, question: [UInt8]) {
        precondition(question.count <= Limits.questionBytesMax)
        (self.number, self.question) = (number, question)
    }

    func encode(to writer: inout Writer) {
        writer.write(number)
        writer.write(question)
    }

    init(from reader: inout Reader) throws(WireError) {
        number = try reader.readUInt64()
        guard reader.remaining <= Limits.questionBytesMax else { throw .tooLarge("question") }
        question = try reader.readBytes(reader.remaining)
    }
}
