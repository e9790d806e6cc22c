import Host
import Wire

/// Why a blob must stay for a while although nothing lists it, or although there is no room.
public enum LeaseReason: String, Sendable {
    /// An import whose layer is not signed yet.
    case importing
    /// A fetch that is not complete.
    case fetching
    /// Copied to a folder by a command.
    case reading
    /// Read by a program that was started here.
    case running
    /// Read by a training, or needed to go on with one.
    case training
    /// Opened through the links in `layers`.
    case linked

    /// Milliseconds for which it is given, from the last time on.
    ///
    /// An import or a fetch that nobody took up again for that long is given up. A program maps
    /// its files when it starts, which a day covers; whoever opened a layer through its links
    /// is not asked again whether she still does.
    var milliseconds: UInt64 {
        let day: UInt64 = 86_400_000
        return switch self {
        case .reading: 600_000
        case .importing, .running: day
        case .fetching, .training: 7 * day
        case .linked: 30 * day
        }
    }
}

/// Leases: rows with an end, which survive a restart, are renewed by every use and are read in
/// the transaction that removes.
extension Index {
    /// SQL that is true of a row of `blobs` without a lease at the time of the one parameter.
    static let isUnleased = """
        NOT EXISTS(SELECT 1 FROM leases WHERE leases.blob=blobs.id AND leases.until>?)
        """

    /// SQL that is true of a lease that counts for a row of `layers` at the time of the one
    /// parameter. Imports are counted: each gives its hold back when its layer is added. A fetch
    /// of two layers opens a blob once, so there the time tells: what kept a blob while this very
    /// layer arrived is over, a later one is of another fetch that needs it too.
    static let countsForLayer = """
        leases.until>? AND NOT (
            leases.reason='importing' AND leases.holders=0
            OR leases.reason='fetching'
                AND leases.until-\(LeaseReason.fetching.milliseconds)<=layers.added)
        """

    /// Whether an import that runs, or a fetch that began after `since`, needs a blob.
    static func isArriving(
        _ blob: Digest, since: UInt64, now: UInt64, _ connection: SQLiteConnection
    ) throws(StoreError) -> Bool {
        try connection.first(
            """
            SELECT 1 FROM leases WHERE blob=? AND until>? AND (
                reason='importing' AND holders>0
                OR reason='fetching' AND until-\(LeaseReason.fetching.milliseconds)>?)
            """, [SQLValue(blob), SQLValue(now), SQLValue(since)]
        ) { _ in true } ?? false
    }

    /// Gives the holds of an import back, in the transaction that lists what it brought.
    static func endImport(
        of blobs: [Digest], _ connection: SQLiteConnection
    ) throws(StoreError) {
        for blob in blobs {
            try connection.run(
                "UPDATE leases SET holders=holders-1 WHERE blob=? AND reason=? AND holders>0",
                [SQLValue(blob), .text(LeaseReason.importing.rawValue)])
        }
    }

    /// Gives one hold of each of these blobs back that an import took twice.
    func endImport(of blobs: [Digest]) throws(StoreError) {
        if blobs.isEmpty { return }
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.endImport(of: blobs, connection)
            }
        }
    }

    /// Whatever imported died with its process.
    func forgetImports() throws(StoreError) {
        _ = try connection.withLock { connection throws(StoreError) in
            try connection.run("UPDATE leases SET holders=0 WHERE holders>0")
        }
    }

    static func lease(
        _ blob: Digest, _ reason: LeaseReason, now: UInt64, _ connection: SQLiteConnection
    ) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO leases(blob, reason, until, holders) VALUES(?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET until=max(until, excluded.until),
                holders=holders+excluded.holders
            """,
            [
                SQLValue(blob), .text(reason.rawValue), SQLValue(now + reason.milliseconds),
                SQLValue(reason == .importing),
            ])
    }

    /// Keeps the blobs of a layer for as long as `reason` lasts, and notes that it was used.
    public func lease(
        layer: Digest, _ reason: LeaseReason, now: UInt64
    ) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try connection.run(
                    """
                    INSERT INTO leases(blob, reason, until)
                    SELECT blob, ?, ? FROM layer_blobs WHERE layer=?
                    ON CONFLICT DO UPDATE SET until=max(until, excluded.until)
                    """,
                    [
                        .text(reason.rawValue), SQLValue(now + reason.milliseconds),
                        SQLValue(layer),
                    ])
                try connection.run(
                    "UPDATE layers SET used=max(used, ?) WHERE id=?",
                    [SQLValue(now), SQLValue(layer)])
            }
        }
    }

    /// Ends the leases of a layer for one reason.
    public func endLeases(layer: Digest, _ reason: LeaseReason) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            _ = try connection.run(
                """
                DELETE FROM leases WHERE reason=?
                AND blob IN (SELECT blob FROM layer_blobs WHERE layer=?)
                """, [.text(reason.rawValue), SQLValue(layer)])
        }
    }

    /// Whether a blob is leased, for one of `reasons` where some are given.
    public func isLeased(
        _ blob: Digest, for reasons: Set<LeaseReason>? = nil, now: UInt64
    ) throws(StoreError) -> Bool {
        let found = try connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT reason FROM leases WHERE blob=? AND until>?",
                [SQLValue(blob), SQLValue(now)]
            ) { LeaseReason(rawValue: $0.text(0)) }
        }
        guard let reasons else { return !found.isEmpty }
        return found.contains { $0.map(reasons.contains) ?? false }
    }

    /// Layers that cannot do without another one: the owner's and fetched ones alike.
    public func dependents(on layer: Digest) throws(StoreError) -> [LayerEntry] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT \(LayerEntry.columns) FROM layers WHERE id<>? AND id IN (
                    SELECT user.layer FROM nodes AS needed
                    JOIN edges ON edges.target=needed.number AND edges.relation='DEPENDS_ON'
                    JOIN nodes AS user ON user.number=edges.source WHERE needed.layer=?)
                ORDER BY name, version, id
                """, [SQLValue(layer), SQLValue(layer)]
            ) { row throws(StoreError) in try LayerEntry(row) }
        }
    }

    /// Notes that layers which list these blobs were used: of those without pin or lease the one
    /// that was not used for the longest time goes first.
    public func noteUse(of blobs: Set<Digest>, now: UInt64) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for blob in blobs {
                    try connection.run(
                        """
                        UPDATE layers SET used=max(used, ?)
                        WHERE id IN (SELECT layer FROM layer_blobs WHERE blob=?)
                        """, [SQLValue(now), SQLValue(blob)])
                }
            }
        }
    }

    /// Forgets leases that are over; how many.
    @discardableResult
    public func forgetLeases(before now: UInt64) throws(StoreError) -> Int {
        var collection = Library.Collection()
        return try forgetLeases(before: now, &collection)
    }

    /// The same, adding to `collection` how long it held the writer. A step looks at no more than
    /// `rows`, so that nobody who writes meanwhile waits for a million, and waits for no disk: a
    /// lease that is over counts for nothing, forgotten or not.
    func forgetLeases(
        before now: UInt64, rows: Int = 512, _ collection: inout Library.Collection
    ) throws(StoreError) -> Int {
        var (count, after): (Int, Digest?) = (0, nil)
        repeat {
            let start = SQLValue.blob(after?.bytes ?? [])
            after = try connection.withLock { connection throws(StoreError) in
                let hold = Library.Hold()
                defer { hold.end(&collection) }
                let end = try connection.first(
                    "SELECT blob FROM leases WHERE blob>? ORDER BY blob LIMIT 1 OFFSET ?",
                    [start, SQLValue(rows - 1)]
                ) { row throws(StoreError) in try row.digest(0) }
                count += try connection.softly { () throws(StoreError) in
                    try connection.run(
                        "DELETE FROM leases WHERE blob>? AND blob<=? AND until<=?",
                        [start, .blob(end?.bytes ?? Self.behindAll), SQLValue(now)])
                }
                return end
            }
            try writeBackIfLong()
        } while after != nil
        return count
    }
}
