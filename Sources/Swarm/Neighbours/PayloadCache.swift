import Wire

/// The newest records by name, up to so many bytes; the oldest go first.
struct PayloadCache: Sendable {
    private let limit: Int
    private var records: [NewsName: [UInt8]] = [:]
    private var order = TimedNames()
    private var bytes = 0

    /// An empty cache of at most `limit` bytes of records.
    init(limit: Int) {
        self.limit = limit
    }

    subscript(name: NewsName) -> [UInt8]? { records[name] }

    mutating func insert(_ record: [UInt8], _ name: NewsName) {
        guard records[name] == nil else { return }
        records[name] = record
        order.append(name, due: 0)
        bytes += record.count
        while bytes > limit, let oldest = order.removeFirst() {
            bytes -= records.removeValue(forKey: oldest)?.count ?? 0
        }
    }
}
