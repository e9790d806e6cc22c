/// What a node answers to a `SearchRequest`.
public struct SearchAnswer: Equatable, Sendable {
    /// The records that a node gives, or none.
    public enum Outcome: Equatable, Sendable {
        /// Not answered. Why is not said: too often, not whole itself, or nothing to be told.
        case refused
        /// Records that answer, newest first, then what is needed to believe and to fetch them.
        /// Everything down to the place `reached` in the order of records (`Record.order`) was
        /// looked at; 0 means all.
        case found(reached: UInt64, records: [[UInt8]])
    }

    /// The question's number.
    public let number: UInt64
    /// What came of it.
    public let outcome: Outcome

    /// An answer; its records must be within the limits of number and bytes.
    public init(number: UInt64, outcome: Outcome) {
        if case .found(_, let records) = outcome {
            precondition(records.count <= Limits.answerRecordsMax)
            precondition(records.reduce(0) { $0 + $1.count } <= Limits.answerBytesMax)
        }
        (self.number, self.outcome) = (number, outcome)
    }

    func encode(to writer: inout Writer) {
        writer.write(number)
        switch outcome {
        case .refused: writer.write(UInt8(0))
        case .found(let reached, let records):
            writer.write(UInt8(1))
            writer.write(reached)
            writer.writeVarint(UInt64(records.count))
            for record in records { writer.writeCounted(record) }
        }
    }

    init(from reader: inout Reader) throws(WireError) {
        number = try reader.readUInt64()
        switch try reader.readUInt8() {
        case 0: outcome = .refused
        case 1:
            let reached = try reader.readUInt64()
            let count = try reader.readCount(limit: Limits.answerRecordsMax, "records")
            var records: [[UInt8]] = []
            var bytes = 0
            for _ in 0..<count {
                let record = try reader.readCounted(limit: Limits.recordBytesMax, "record")
                bytes += record.count
                guard bytes <= Limits.answerBytesMax else { throw .tooLarge("answer") }
                records.append(record)
            }
            outcome = .found(reached: reached, records: records)
        default: throw .invalid("outcome of a search")
        }
    }
}
