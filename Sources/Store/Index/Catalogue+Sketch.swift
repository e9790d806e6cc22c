import Host
import Wire

/// The catalogue as sketches. Only records that everyone may see are in them.
extension Catalogue {
    /// The first symbols for a peer that asks, under this node's salt of the hour; none where the
    /// peer's first symbol says that it has the same.
    public func sketch(
        for request: SketchRequest, now: UInt64 = Clock.monotonic()
    ) throws(StoreError) -> SketchFrame {
        try withShelf { shelf, connection throws(StoreError) in
            let salt = shelf.ownSalt(now: now)
            return try Self.sketch(salt, &shelf, connection, now).answer(request)
        }
    }

    /// A question for a peer's sketch that tells it the own first symbol under its salt.
    public func sketchRequest(
        _ count: Int, salt: SketchSalt, now: UInt64 = Clock.monotonic()
    ) throws(StoreError) -> SketchRequest {
        try withShelf { shelf, connection throws(StoreError) in
            try Self.sketch(salt, &shelf, connection, now).question(count)
        }
    }

    /// What a peer's sketch says beside the own records.
    public func compare(
        _ frame: SketchFrame, now: UInt64 = Clock.monotonic()
    ) throws(StoreError) -> (difference: SetSketch.Difference?, gap: UInt64) {
        let own = try withShelf { shelf, connection throws(StoreError) in
            try Self.sketch(frame.salt, &shelf, connection, now)
        }
        return own.compare(frame)
    }

    /// Records by the first 8 bytes of their ids, of those that everyone may see.
    public func publicRecords(items: [UInt64]) throws(StoreError) -> [RecordFor<Everyone>] {
        var found: [RecordFor<Everyone>] = []
        for item in items {
            let first = Digest(words: (item, 0, 0, 0))
            let last = Digest(words: (item, .max, .max, .max))
            found += try records(
                "id BETWEEN ? AND ? AND is_hidden=0 LIMIT \(Self.twinsMax)",
                [SQLValue(first), SQLValue(last)]
            ).compactMap { RecordFor<Everyone>($0) }
        }
        return found
    }

    /// Records whose ids begin alike: two take work to make, and more are nobody's loss.
    private static let twinsMax = 2

    private func withShelf<Result>(
        _ body: (inout SketchShelf, SQLiteConnection) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        // The connection's lock first, as for every change: what is read is what is sketched.
        try connection.withLock { connection throws(StoreError) in
            try sketches.withLock { shelf throws(StoreError) in try body(&shelf, connection) }
        }
    }

    private static func sketch(
        _ salt: SketchSalt, _ shelf: inout SketchShelf, _ connection: SQLiteConnection,
        _ now: UInt64
    ) throws(StoreError) -> SetSketch {
        try shelf.sketch(salt, now: now) { take throws(StoreError) in
            _ = try connection.query("SELECT id FROM records WHERE is_hidden=0") {
                row throws(StoreError) in take(SetSketch.item(try row.digest(0)))
            }
        }
    }
}
