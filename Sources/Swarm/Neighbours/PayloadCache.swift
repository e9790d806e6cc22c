import Wire

/// The newest records by name, up to so many bytes; the oldest go first.
struct PayloadCache<Of: Audience>: Sendable {
    private let limit: Int
    private var records: [NewsName: RecordFor<Of>] = [:]
    private var order = TimedNames()
    /// Bytes of all records that are kept.
    private(set) var bytes = 0

    /// An empty cache of at most `limit` bytes of records.
    init(limit: Int) {
        self.limit = limit
    }

    subscript(name: NewsName) -> RecordFor<Of>? { records[name] }

    /// Names of all that is kept, oldest first.
    var names: [NewsName] { order.names }

    mutating func insert(_ record: RecordFor<Of>, _ name: NewsName) {
        guard records[name] == nil else { return }
        records[name] = record
        order.append(name, due: 0)
        bytes += record.bytes.count
        while bytes > limit, let oldest = order.removeFirst() {
            bytes -= records.removeValue(forKey: oldest)?.bytes.count ?? 0
        }
    }
}
