/// A page of the record ids that a node has, in rising order, all above `after`.
public struct IdentifierPage: Equatable, Sendable {
    /// The ids, at most `Limits.identifiersPerPageMax`.
    public let ids: [Digest]
    /// Whether the sender has no id above the last one.
    public let isLast: Bool

    /// A page; `ids` must be in rising order.
    public init(ids: [Digest], isLast: Bool) {
        precondition(ids.count <= Limits.identifiersPerPageMax)
        self.ids = ids
        self.isLast = isLast
    }

    func encode(to writer: inout Writer) {
        writer.write(UInt8(isLast ? 1 : 0))
        writer.writeVarint(UInt64(ids.count))
        for id in ids { writer.write(id) }
    }

    init(from reader: inout Reader) throws(WireError) {
        switch try reader.readUInt8() {
        case 0: isLast = false
        case 1: isLast = true
        default: throw .invalid("page")
        }
        let count = try reader.readCount(limit: Limits.identifiersPerPageMax, "ids")
        var ids: [Digest] = []
        for _ in 0..<count {
            let id = try reader.readDigest()
            if let last = ids.last, id <= last { throw .notCanonical }
            ids.append(id)
        }
        guard isLast || !ids.isEmpty else { throw .invalid("page") }
        self.ids = ids
    }
}
