import Genome
import Host
import Wire

/// What reading a blob again found.
public struct ScrubResult: Equatable, Sendable {
    /// The blob.
    public let blob: Digest
    /// Its number of bytes.
    public let size: UInt64
    /// Groups that were not what they should be and are set aside; empty for a sound blob.
    public let damaged: [Int]

    /// Whether every byte is what it was.
    public var isSound: Bool { damaged.isEmpty }
}

/// What scrubbing has done and found.
public struct ScrubState: Equatable, Sendable {
    /// Complete blobs, and those of them whose bytes were read since `since`.
    public var blobs: UInt64 = 0
    /// Of them those read since then.
    public var fresh: UInt64 = 0
    /// Milliseconds since 1970 when the blob that waits longest was last read; nil without blobs.
    public var oldest: UInt64?
    /// Layers that list a blob which is not whole here.
    public var damagedLayers: [Digest] = []
}

/// What scrubbing did since this home was opened.
public struct ScrubTotals: Equatable, Sendable {
    /// Blobs that were read to their end.
    public var blobs: UInt64 = 0
    /// Bytes that were read.
    public var bytes: UInt64 = 0
    /// Groups that were not what they should be.
    public var damagedGroups: UInt64 = 0
    /// Layers that were damaged and are whole again.
    public var healedLayers: UInt64 = 0
}

/// Reading everything again from time to time, because a disk tells of its rot only when asked.
extension Library {
    /// Bytes a second that scrubbing may read unless the owner says otherwise: a tenth of what a
    /// slow disk gives.
    public static let scrubRateDefault: UInt64 = 100_000_000
    /// Days within which every blob is read once.
    public static let scrubDays: UInt64 = 30

    private static let scrubRateName = "scrub-rate"
    private static let millisecondsPerDay: UInt64 = 86_400_000

    /// Bytes a second that scrubbing may read; 0 for never.
    public func scrubRate() throws(StoreError) -> UInt64 {
        try index.policy(Self.scrubRateName).flatMap { UInt64($0) } ?? Self.scrubRateDefault
    }

    /// Sets what scrubbing may read a second; 0 for never, nil for the default.
    public func setScrubRate(_ bytes: UInt64?) throws(StoreError) {
        try setPolicy(Self.scrubRateName, bytes.map { "\($0)" } ?? "")
    }

    /// The blob that was not read for the longest time, if that is longer than it should be.
    public func dueForScrub(now: UInt64) throws(StoreError) -> BlobEntry? {
        let limit = now - min(now, Self.scrubDays * Self.millisecondsPerDay)
        return try index.connection.withLock { connection throws(StoreError) in
            try connection.first(
                """
                SELECT \(BlobEntry.columns) FROM blobs
                WHERE state>0 AND verified<? ORDER BY verified LIMIT 1
                """, [SQLValue(limit)], Index.readBlob)
        }
    }

    /// Reads every byte of a complete blob. `pace` gets the bytes of each group once it is read,
    /// waits if it likes, and ends the reading with false. What is damaged is set aside, so that
    /// the next fetch of its layer brings it anew. Nil where it was ended or the blob is gone.
    public func scrub(
        _ blob: Digest, pace: (Int) -> Bool
    ) throws(StoreError) -> ScrubResult? {
        guard let entry = try index.blob(blob), entry.state != .partial else { return nil }
        guard let isSound = try isSound(entry, pace) else { return nil }
        scrubbed.withLock { $0.blobs += 1 }
        if isSound {
            try noteVerified(blob)
            return ScrubResult(blob: blob, size: entry.size, damaged: [])
        }
        // The owner may do with her file what she likes: it is told where it is asked for.
        if entry.form == .inPlace {
            try noteVerified(blob)
            return nil
        }
        // Removed meanwhile: nothing to find.
        guard try index.blob(blob)?.state ?? .partial != .partial else { return nil }
        let damaged = try reopen(blob, size: entry.size)
        scrubbed.withLock { $0.damagedGroups += UInt64(damaged.count) }
        if damaged.isEmpty { try noteVerified(blob) }
        return ScrubResult(blob: blob, size: entry.size, damaged: damaged)
    }

    /// Reads every byte of every complete blob at once, whatever the rate. `progress` gets bytes
    /// read and bytes in all.
    public func scrubAll(
        progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) throws(StoreError) -> LayerCheck {
        let blobs = try index.blobs().filter { $0.state != .partial }
        let total = blobs.reduce(0) { $0 + $1.size }
        var done: UInt64 = 0
        var damaged: [Digest] = []
        for blob in blobs {
            let result = try scrub(blob.id) { count in
                done += UInt64(count)
                progress(done, total)
                return true
            }
            if result?.isSound == false { damaged.append(blob.id) }
        }
        return LayerCheck(
            name: "every byte", isSound: damaged.isEmpty,
            detail: damaged.isEmpty
                ? "\(blobs.count) blobs, \(total) bytes read and sound"
                : "\(damaged.count) blobs are damaged, such as \(damaged[0]); what is bad is set "
                    + "aside and fetched anew by a running node")
    }

    /// Nil where `pace` ended it.
    private func isSound(
        _ entry: BlobEntry, _ pace: (Int) -> Bool
    ) throws(StoreError) -> Bool? {
        let opened = try unlessDamaged { () throws(StoreError) in
            try BlobReader(entry.id, layout: layout)
        }
        guard let reader = opened, reader.size == entry.size, let layer = try reader.provenLayer()
        else { return false }
        let buffer = Buffer(capacity: HashTree.groupBytes)
        for group in 0..<reader.groupCount {
            guard let count = try reader.readable(group: group, into: buffer) else { return false }
            let isGood = buffer.withSpan(0..<count) {
                layer.leafValues(ifMatching: $0, at: group) != nil
            }
            scrubbed.withLock { $0.bytes += UInt64(count) }
            guard isGood else { return false }
            guard pace(count) else { return nil }
        }
        return true
    }

    private func noteVerified(_ blob: Digest) throws(StoreError) {
        _ = try index.connection.withLock { connection throws(StoreError) in
            try connection.run(
                "UPDATE blobs SET verified=? WHERE id=?",
                [SQLValue(Clock.wallMilliseconds()), SQLValue(blob)])
        }
    }

    /// Layers that list a blob which is not whole here.
    public func damagedLayers() throws(StoreError) -> [Digest] {
        try index.connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT DISTINCT layer_blobs.layer FROM blobs
                JOIN layer_blobs ON layer_blobs.blob=blobs.id
                WHERE blobs.state=0 AND NOT EXISTS(
                    SELECT 1 FROM layer_files WHERE layer_files.layer=layer_blobs.layer
                        AND layer_files.blob=blobs.id AND evidence=1)
                ORDER BY layer_blobs.layer
                """
            ) { row throws(StoreError) in try row.digest(0) }
        }
    }

    /// What scrubbing did since this home was opened.
    public var scrubTotals: ScrubTotals { scrubbed.withLock { $0 } }

    /// A layer that was damaged is whole again.
    public func noteHealed() { scrubbed.withLock { $0.healedLayers += 1 } }

    /// Where scrubbing stands.
    public func scrubState(now: UInt64) throws(StoreError) -> ScrubState {
        let since = now - min(now, Self.scrubDays * Self.millisecondsPerDay)
        var state = ScrubState()
        state.blobs = try index.accounts().sum { $0.form != nil }.blobs
        state.damagedLayers = try damagedLayers()
        return try index.connection.withLock { connection throws(StoreError) in
            state.fresh =
                try connection.first(
                    "SELECT count(*) FROM blobs WHERE state>0 AND verified>=?", [SQLValue(since)]
                ) { $0.number(0) } ?? 0
            state.oldest =
                try connection.first("SELECT min(verified) FROM blobs WHERE state>0") {
                    $0.isNull(0) ? nil : $0.number(0)
                } ?? nil
            return state
        }
    }
}
