import Genome
import Host
import Wire

/// The log of access decisions: who was allowed or refused what, complete enough to ask again.
///
/// Beside the journal, because it is of another kind: others cause its entries, and it is kept for
/// a while only. Each closed segment leaves number and Merkle root of its entries in the journal,
/// so that nothing can be changed later unseen. Keys of callers stand in it as HMAC-SHA256 under a
/// salt of the segment; who deletes the salt deletes who asked, and the tree still holds.
public final class AccessLog: Sendable {
    /// A segment is closed when it has so many bytes.
    public static let segmentBytes = 4 << 20
    /// Most bytes of a segment's file: it is closed before the first entry beyond the limit.
    static let fileBytesMax = segmentBytes + (1 << 20)
    /// A segment is closed at the latest so many milliseconds after its first entry: a day.
    public static let segmentSpan: UInt64 = 86_400_000
    /// Days for which closed segments are kept unless the owner says otherwise.
    public static let retentionDays: UInt64 = 90

    private struct State {
        var segment: AccessSegment
        var salt: [UInt8]
        var next: UInt64
    }

    private let layout: Layout
    private let state: Lock<State>

    /// Opens the log of a home.
    init(_ layout: Layout) throws(StoreError) {
        self.layout = layout
        let numbers = try AccessSegment.numbers(layout)
        var segment = try AccessSegment(numbers.last ?? 1, layout)
        var next = (segment.last ?? 0) + 1
        if segment.last == nil, numbers.count > 1 {
            let before = try AccessSegment.entries(numbers[numbers.count - 2], layout)
            next = (before.last?.sequence ?? 0) + 1
        }
        var salt = try segment.salt(layout)
        if salt == nil {
            // The owner deleted who asked: what comes now is hidden under a salt of its own.
            segment = try AccessSegment(segment.number + 1, layout)
            salt = try segment.salt(layout)
        }
        state = Lock(State(segment: segment, salt: salt ?? [], next: next))
    }

    /// A key as the present segment names it.
    public func pseudonym(_ key: NodeKey) -> NodeKey {
        Self.pseudonym(key, state.withLock { $0.salt })
    }

    private static func pseudonym(_ key: NodeKey, _ salt: [UInt8]) -> NodeKey {
        NodeKey(bytes: Sodium.hmacSha256(key: salt, key.bytes)) ?? key
    }

    /// Writes a decision down and gives what closed segment, if one, has to be journaled. The
    /// question is made with the names of the segment that it comes to stand in.
    func note(
        layer: Digest, rule: String?, time: UInt64, question: ((NodeKey) -> NodeKey) -> JSONValue
    ) throws(StoreError) -> JournalChange? {
        try state.withLock { state throws(StoreError) in
            let closed = try closeIfDue(&state, time)
            let salt = state.salt
            let entry = AccessEntry(
                sequence: state.next, time: time, layer: layer,
                question: question { Self.pseudonym($0, salt) }, rule: rule)
            guard entry.bytes.count <= AccessEntry.bytesMax else {
                throw StoreError.refused("the decision is longer than an entry may be")
            }
            try state.segment.append(entry)
            state.next += 1
            return closed
        }
    }

    private func closeIfDue(
        _ state: inout State, _ time: UInt64
    ) throws(StoreError) -> JournalChange? {
        guard let begun = state.segment.begun else { return nil }
        let isOld = time > begun && time - begun >= Self.segmentSpan
        guard isOld || state.segment.end >= UInt64(Self.segmentBytes) else { return nil }
        // The journal is about to name its root: an entry that was lost after that were tampering.
        try state.segment.sync(always: true)
        let closed = state.segment
        let next = try AccessSegment(closed.number + 1, layout)
        state.salt = try next.salt(layout) ?? []
        state.segment = next
        return .access(segment: closed.number, count: closed.log.count, root: closed.log.root)
    }

    /// Closed segments that the journal does not name, as it has to name them: a crash came between
    /// the two, or the owner deleted the salt of one that was open. One whose file does not hold
    /// whole entries alone is left for the checks to find.
    func unnamed(besides named: Set<UInt64>) throws(StoreError) -> [JournalChange] {
        let open = state.withLock { $0.segment.number }
        var changes: [JournalChange] = []
        for number in try AccessSegment.numbers(layout)
        where number < open && !named.contains(number) {
            guard let bytes = try read(segment: number), !bytes.isEmpty else { continue }
            var log = MerkleLog()
            var length = 0
            for entry in AccessSegment.entries(in: bytes) {
                _ = log.append(entry.bytes)
                length += 2 + entry.bytes.count
            }
            guard length == bytes.count else { continue }
            changes.append(.access(segment: number, count: log.count, root: log.root))
        }
        return changes
    }

    /// Names of the files of closed segments.
    func closedNames() throws(StoreError) -> [String] {
        let open = state.withLock { $0.segment.number }
        return try AccessSegment.numbers(layout).filter { $0 < open }
            .map { AccessSegment.name($0, "log") }
    }

    /// Makes what was noted durable; whether there was anything.
    @discardableResult
    func sync() throws(StoreError) -> Bool {
        try state.withLock { state throws(StoreError) in try state.segment.sync() }
    }

    /// Removes closed segments whose last entry is older than so many days; their number.
    @discardableResult
    func expire(days: UInt64, now: UInt64) throws(StoreError) -> Int {
        let open = state.withLock { $0.segment.number }
        var removed = 0
        for number in try AccessSegment.numbers(layout) where number < open {
            let entries = try AccessSegment.entries(number, layout)
            let last = entries.last?.time ?? 0
            guard now > last, now - last > days * Self.segmentSpan else { continue }
            for ending in ["log", "salt"] {
                let path = AccessSegment.path(number, layout, ending)
                guard Directory.exists(path) else { continue }
                try onDisk { () throws(SystemError) in try Directory.removeFile(path) }
            }
            removed += 1
        }
        return removed
    }

    // MARK: Reading

    /// The decisions that are kept, in order, as far as `take` wants them.
    public func read(
        _ take: (AccessEntry, _ segment: UInt64) throws(StoreError) -> Bool
    ) throws(StoreError) {
        for number in try AccessSegment.numbers(layout) {
            for entry in try AccessSegment.entries(number, layout) {
                guard try take(entry, number) else { return }
            }
        }
    }

    /// Of these keys the one that a name in a segment stands for; nil when it is none of them, or
    /// the segment's salt was deleted.
    public func who(
        _ name: NodeKey, segment: UInt64, among keys: [NodeKey]
    ) throws(StoreError) -> NodeKey? {
        let path = AccessSegment.path(segment, layout, "salt")
        guard let salt = try DurableFile.read(path, limit: 64) else { return nil }
        return keys.first { Self.pseudonym($0, salt) == name }
    }

    /// The bytes of a segment; nil when it is gone.
    func read(segment: UInt64) throws(StoreError) -> [UInt8]? {
        let path = AccessSegment.path(segment, layout, "log")
        return try DurableFile.read(path, limit: Self.fileBytesMax)
    }
}
