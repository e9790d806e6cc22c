/// What a node says of itself as a mirror: what it follows and how much room it has. Others work
/// out from it who should keep which layer.
public struct MirrorOffer: Equatable, Sendable {
    /// Most marks: with as many the longest Node record still has its 1,024 bytes.
    public static let marksMax = 24
    /// Highest power of two that room is told by: nobody has 2^63 bytes.
    public static let roomPowerMax: UInt64 = 62

    /// The first eight bytes of the hashes of what it follows, big-endian, ascending: who asks for
    /// one knows what it stands for, and others need not.
    public let marks: [UInt64]
    /// Free room for copies, as the power of two that is not above its bytes; 0 for none. Told
    /// roughly, so that it seldom changes.
    public let roomPower: UInt64

    /// An offer; marks behind the first `marksMax` are left out.
    public init(marks: [UInt64], room bytes: UInt64) {
        self.marks = Array(Set(marks).sorted().prefix(Self.marksMax))
        roomPower = bytes == 0 ? 0 : min(Self.roomPowerMax, UInt64(63 - bytes.leadingZeroBitCount))
    }

    /// Bytes of room that it has at least.
    public var room: UInt64 { roomPower == 0 ? 0 : 1 << roomPower }

    init(from reader: inout Reader) throws(WireError) {
        roomPower = try reader.readVarint()
        guard roomPower <= Self.roomPowerMax else { throw .tooLarge("room") }
        let count = try reader.readCount(limit: Self.marksMax, "marks")
        var marks: [UInt64] = []
        for _ in 0..<count {
            let mark = try reader.readUInt64()
            guard marks.last.map({ $0 < mark }) ?? true else { throw .notCanonical }
            marks.append(mark)
        }
        self.marks = marks
    }

    func write(to writer: inout Writer) {
        writer.writeVarint(roomPower)
        writer.writeVarint(UInt64(marks.count))
        for mark in marks { writer.write(mark) }
    }
}
