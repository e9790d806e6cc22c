/// The name under which neighbours speak of a record: the first 16 bytes of the BLAKE2b-256 of
/// all its bytes. Of all bytes, and not the record's id: the id leaves the signature out, so that
/// a forger could make a node deaf for a record by sending it first with a wrong signature. Two
/// records with one name are 2^64 tries of work away.
public struct NewsName: Hashable, Comparable, Sendable {
    /// The bytes as two big-endian numbers.
    let high: UInt64
    let low: UInt64

    /// Bytes of a name.
    public static let byteCount = 16

    /// The name of a record.
    public init(of record: [UInt8]) {
        let bytes = Sodium.blake2b(record, count: Digest.byteCount)
        high = Self.number(bytes, 0)
        low = Self.number(bytes, 8)
    }

    private static func number(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Byte order.
    public static func < (left: NewsName, right: NewsName) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    func encode(to writer: inout Writer) {
        writer.write(high)
        writer.write(low)
    }

    init(from reader: inout Reader) throws(WireError) {
        high = try reader.readUInt64()
        low = try reader.readUInt64()
    }
}
