import Host
import Wire

/// The append-only record of what this node and its owner decided, and the tree over it that
/// lets anyone check that nothing was changed or taken out.
///
/// An event is durable when `append` returns; only then it is applied to the index. The tiles
/// are made from the entries and made again when they are missing, so they are not synced.
public final class Journal: Sendable {
    struct State {
        var segments: JournalSegments
        var log: MerkleLog
        var signedCount: UInt64
        var hasFailed = false
    }

    /// Name of the log, under which its checkpoints are signed.
    public let origin: String

    /// A checkpoint is signed at the latest after so many entries.
    private static let entriesPerCheckpoint: UInt64 = 256

    /// Bytes of a write that a crash or a power failure cut off, removed at opening.
    public let bytesCut: UInt64

    /// What the owner should hear about the opening; nil for nothing.
    public var notice: String? {
        guard bytesCut > 0 else { return nil }
        return "removed \(bytesCut) bytes from the journal's end: its last write was cut off, by a "
            + "crash or a power failure, and was never answered"
    }

    /// The segments of the access log that entries named when the journal was opened.
    let accessSegments: Set<UInt64>
    let layout: Layout
    let key: SigningKey
    let state: Lock<State>
    /// One checkpoint is written at a time, and never an older one over a newer one.
    private let signing = Lock(())
    /// The notes that were offered to witnesses last: their words may come after newer entries.
    let offered = Lock([String]())

    /// Opens the journal of a home. A write that was cut off is removed; an entry that a signed
    /// checkpoint covers must be there and unchanged. Where nothing of a journal is there it is
    /// begun; `generation` tells it from logs that this key signed before, of which witnesses
    /// know: two logs under one name would be proof of a false one. `applied` is the number of the
    /// last entry that reached the index: it was synced before, so no end of a write ends it.
    public init(
        _ layout: Layout, key: SigningKey, generation: UInt64 = 1, applied: UInt64 = 0
    ) throws(StoreError) {
        self.layout = layout
        self.key = key
        let signed = try Self.readCheckpoint(layout, key: key.publicKey)
        origin =
            signed?.origin ?? SignedCheckpoint.origin(key.publicKey, generation: generation)
        var log = MerkleLog()
        var rootAtCheckpoint: Digest? = signed?.count == 0 ? log.root : nil
        var tiles: [MerkleLog.Tile] = []
        var accessSegments: Set<UInt64> = []
        let segments = try JournalSegments(layout.journal) { entry throws(StoreError) in
            guard let event = JournalEvent(bytes: entry), event.sequence == log.count + 1 else {
                return false
            }
            tiles += log.append(entry)
            if log.count == signed?.count { rootAtCheckpoint = log.root }
            if case .access(let segment, _, _)? = event.change { accessSegments.insert(segment) }
            return true
        }
        if let signed, rootAtCheckpoint != signed.root {
            throw .damaged(
                "the journal in \(layout.journal) (its signed checkpoint has other entries)")
        }
        guard segments.tailBytes == 0 || applied <= log.count else {
            throw .damaged(
                "the journal in \(layout.journal) (entry \(log.count + 1) was whole before)")
        }
        try segments.cutTail()
        bytesCut = segments.tailBytes
        self.accessSegments = accessSegments
        for tile in tiles + log.partialTiles { try JournalTiles.repair(tile, layout) }
        state = Lock(State(segments: segments, log: log, signedCount: signed?.count ?? 0))
        try checkpoint()
    }

    static func readCheckpoint(
        _ layout: Layout, key: NodeKey
    ) throws(StoreError) -> SignedCheckpoint? {
        let path = "\(layout.journal)/checkpoint"
        guard let note = try readNote(path) else { return nil }
        guard let signed = SignedCheckpoint(note: note, key: key),
            SignedCheckpoint.key(of: signed.origin) == key
        else { throw .damaged("\(path) (not signed by this node)") }
        return signed
    }

    static func readNote(_ path: String) throws(StoreError) -> String? {
        try DurableFile.read(path, limit: SignedCheckpoint.bytesMax).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Number of entries.
    public var count: UInt64 { state.withLock { $0.log.count } }

    /// Count and root of the tree now.
    public var head: SignedCheckpoint {
        state.withLock {
            SignedCheckpoint(origin: origin, count: $0.log.count, root: $0.log.root)
        }
    }

    /// Adds changes as one durable step and gives their events.
    public func append(
        _ changes: [JournalChange], time: UInt64
    ) throws(StoreError) -> [JournalEvent] {
        try append(
            try changes.map { change throws(StoreError) in
                try JournalDraft(change, time: time)
            })
    }

    /// Adds changes that are laid out as one durable step and gives their events.
    func append(_ drafts: [JournalDraft]) throws(StoreError) -> [JournalEvent] {
        let (events, tiles, isDue) = try state.withLock { state throws(StoreError) in
            if state.hasFailed { throw StoreError.lostWrites(path: layout.journal) }
            let first = state.log.count + 1
            let events = drafts.enumerated().map { index, draft in
                JournalEvent(draft, sequence: first + UInt64(index))
            }
            do throws(StoreError) {
                try state.segments.append(events.map(\.bytes))
            } catch {
                if case .lostWrites = error { state.hasFailed = true }
                throw error
            }
            var tiles: [MerkleLog.Tile] = []
            for event in events { tiles += state.log.append(event.bytes) }
            let isDue = state.log.count - state.signedCount >= Self.entriesPerCheckpoint
            return (events, tiles, isDue)
        }
        // The entries are durable: what follows from them is made again at opening if it fails.
        for tile in tiles { try? JournalTiles.write(tile, layout) }
        if isDue { try? checkpoint() }
        return events
    }

    /// Writes the unfinished tiles and signs where the journal stands, unless that is signed
    /// already. Done at opening, at the end, and every 256 entries.
    public func checkpoint() throws(StoreError) {
        try signing.withLock { _ throws(StoreError) in
            let (log, signedCount) = state.withLock { ($0.log, $0.signedCount) }
            let path = "\(layout.journal)/checkpoint"
            if log.count == signedCount && Directory.exists(path) { return }
            for tile in log.partialTiles { try JournalTiles.write(tile, layout) }
            let note = SignedCheckpoint(origin: origin, count: log.count, root: log.root)
                .sign(with: key)
            try DurableFile.write(Array(note.utf8), to: path)
            state.withLock { $0.signedCount = max($0.signedCount, log.count) }
        }
    }

    /// The events behind `sequence`, in order.
    public func replay(after sequence: UInt64) throws(StoreError) -> [JournalEvent] {
        try state.withLock { state throws(StoreError) in
            guard sequence < state.log.count else { return [] }
            var events: [JournalEvent] = []
            try state.segments.readAll { entry throws(StoreError) in
                guard let event = JournalEvent(bytes: entry) else {
                    throw StoreError.damaged("the journal in \(layout.journal)")
                }
                if event.sequence > sequence { events.append(event) }
            }
            return events
        }
    }
}
