import Genome
import Host
import Wire

/// What had to give way for something new.
public struct Eviction: Equatable, Sendable {
    /// Layers that are no longer here.
    public var layers: [LayerEntry] = []
    /// Blobs whose files are to be removed.
    public var blobs: [Digest] = []
    /// Bytes that they took.
    public var bytes: UInt64 = 0
}

/// Room for what comes, within the quotas and the floor of free disk, decided in the one
/// transaction that takes it.
extension Index {
    /// Reserves room for blobs before their first byte: those not known yet become partial and
    /// are leased to a fetch. All or none. `disk` is how many bytes more the disk may take.
    func reserve(
        _ wanted: [BlobReference], disk: UInt64, now: UInt64
    ) throws(StoreError) -> Eviction {
        // Sizes come from manifests of others; the quota alone need not stop them.
        guard wanted.allSatisfy({ $0.size <= Limits.blobBytesMax }) else {
            throw .refused("a blob has at most 1 TiB")
        }
        return try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for blob in wanted { try Self.lease(blob.blob, .fetching, now: now, connection) }
                let new = try Self.unknown(wanted, connection)
                let eviction = try Self.makeRoom(new, disk: disk, now: now, connection)
                for blob in new {
                    try connection.run(
                        """
                        INSERT INTO blobs(id, state, size, sha256, added, class, stored)
                        VALUES(?, 0, ?, NULL, ?, ?, ?)
                        """,
                        [
                            SQLValue(blob.id), SQLValue(blob.size), SQLValue(now),
                            .integer(blob.blobClass.rawValue), SQLValue(blob.stored),
                        ])
                }
                return eviction
            }
        }
    }

    /// Makes room for all blobs of a fetch together, before the first of them is reserved, so that
    /// what does not fit is refused before it begins. Those that are here stay.
    func makeRoom(
        toFetch wanted: [BlobReference], disk: UInt64, now: UInt64
    ) throws(StoreError) -> Eviction {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                let new = try Self.unknown(wanted, connection)
                let ids = Set(new.map(\.id))
                for blob in wanted where !ids.contains(blob.blob) {
                    try Self.lease(blob.blob, .fetching, now: now, connection)
                }
                return try Self.makeRoom(new, disk: disk, now: now, connection)
            }
        }
    }

    /// A blob that has no row yet, and what its partial file will take.
    private struct NewBlob {
        let id: Digest
        let size: UInt64
        let stored: UInt64
        let blobClass: BlobClass
    }

    private static func unknown(
        _ wanted: [BlobReference], _ connection: SQLiteConnection
    ) throws(StoreError) -> [NewBlob] {
        var new: [NewBlob] = []
        for blob in wanted {
            let isKnown = try connection.first(
                "SELECT 1 FROM blobs WHERE id=?", [SQLValue(blob.blob)]
            ) { _ in true }
            if isKnown != nil { continue }
            let isHeld = try connection.first(
                """
                SELECT 1 WHERE EXISTS(SELECT 1 FROM hold_blobs WHERE blob=?1)
                    OR EXISTS(SELECT 1 FROM mirror_blobs WHERE blob=?1)
                """, [SQLValue(blob.blob)]
            ) { _ in true }
            new.append(
                NewBlob(
                    id: blob.blob, size: blob.size,
                    stored: storedBytes(partialSize: blob.size),
                    blobClass: isHeld == nil ? .cache : .mirrored))
        }
        return new
    }

    private static func makeRoom(
        _ blobs: [NewBlob], disk: UInt64, now: UInt64, _ connection: SQLiteConnection
    ) throws(StoreError) -> Eviction {
        let amounts = blobs.reduce(into: [:]) { $0[$1.blobClass, default: 0] += $1.stored }
        return try makeRoom(amounts, disk: disk, now: now, connection)
    }

    /// Evicts layers until there is room for so many bytes of each class, all together; throws,
    /// and with it undoes all of it, where nothing is left to evict. The disk counts what is
    /// evicted as free.
    static func makeRoom(
        _ amounts: [BlobClass: UInt64], disk: UInt64, now: UInt64, _ connection: SQLiteConnection
    ) throws(StoreError) -> Eviction {
        var eviction = Eviction()
        let total = amounts.values.reduce(0, +)
        var quotas: [(of: BlobClass?, needed: UInt64, bytes: UInt64)] = []
        if let bytes = try quota(nil, connection) { quotas.append((nil, total, bytes)) }
        for (limited, needed) in amounts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let bytes = try quota(limited, connection) else { continue }
            quotas.append((limited, needed, bytes))
        }
        while true {
            let accounts = try accounts(connection)
            var refusal: StoreError?
            for quota in quotas {
                let used = quota.of.map(accounts.used) ?? accounts.used
                let available = quota.bytes > used ? quota.bytes - used : 0
                if quota.needed > available {
                    refusal = .quota(bytes: quota.needed, available: available, of: quota.of)
                }
            }
            // What is promised or partial has its blocks already, or will ask for them itself.
            let free = disk.addingReportingOverflow(eviction.bytes)
            if refusal == nil, total > free.partialValue, !free.overflow {
                refusal = .diskFull(path: "the store", bytes: total)
            }
            guard let refusal else { return eviction }
            guard let victim = try evictable(now: now, connection) else { throw refusal }
            try evict(victim, &eviction, connection)
        }
    }

    /// The layer that goes next: fetched, without pin or lease, not needed by one of the owner's
    /// or a pinned one, and longest unused.
    private static func evictable(
        now: UInt64, _ connection: SQLiteConnection
    ) throws(StoreError) -> LayerEntry? {
        try connection.first(
            """
            SELECT \(LayerEntry.columns) FROM layers WHERE origin=1
            AND NOT EXISTS(SELECT 1 FROM pins WHERE pins.layer=layers.id)
            AND NOT EXISTS(SELECT 1 FROM mirror_blobs WHERE mirror_blobs.layer=layers.id)
            AND NOT EXISTS(
                SELECT 1 FROM layer_blobs JOIN leases ON leases.blob=layer_blobs.blob
                WHERE layer_blobs.layer=layers.id AND \(countsForLayer))
            AND NOT EXISTS(
                SELECT 1 FROM nodes AS needed
                JOIN edges ON edges.target=needed.number AND edges.relation='DEPENDS_ON'
                JOIN nodes AS user ON user.number=edges.source
                JOIN layers AS user_layer ON user_layer.id=user.layer
                WHERE needed.layer=layers.id AND (user_layer.origin=0
                    OR EXISTS(SELECT 1 FROM pins WHERE pins.layer=user_layer.id)))
            ORDER BY max(used, added), id LIMIT 1
            """, [SQLValue(now)]
        ) { row throws(StoreError) in try LayerEntry(row) }
    }

    private static func evict(
        _ layer: LayerEntry, _ eviction: inout Eviction, _ connection: SQLiteConnection
    ) throws(StoreError) {
        let blobs = try blobs(of: layer.id, connection)
        try remove(layer.id, connection)
        for blob in blobs {
            guard let bytes = try doom(blob, connection) else { continue }
            eviction.blobs.append(blob)
            eviction.bytes += bytes
        }
        try classify(blobs, connection)
        eviction.layers.append(layer)
    }
}
