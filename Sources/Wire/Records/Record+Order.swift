extension Record {
    /// Bits of an order that tell records of one millisecond apart, by their ids.
    public static let orderIdBits: UInt64 = 21

    /// The record's place in the order of time, the same on every node: milliseconds of its issue,
    /// to the year 2109, then the first bits of its id. Below 2^63. Two records with one place are
    /// as likely as a guess of 21 bits for each pair of one millisecond.
    public var order: UInt64 { Self.order(issued: issued, id.words.0) }

    /// The same from one of the four words of an id.
    public static func order(issued: UInt64, _ word: UInt64) -> UInt64 {
        min(issued, 1 << 42 - 1) << orderIdBits | word >> (64 - orderIdBits)
    }
}
