import Genome
import Host
import Wire

/// A hold contract as this node keeps it.
public struct HoldEntry: Equatable, Sendable {
    /// What was asked.
    public let request: HoldRequest
    /// The signed request.
    public let envelope: [UInt8]
    /// Whether all of it is at the mirror, as far as this node knows.
    public let isComplete: Bool
}

/// Contracts over sealed blobs: those that this node keeps for others, and those that others keep
/// for it.
extension Library {
    /// Contracts that a node keeps, of each kind.
    public static let holdsMax = 4_096

    /// Keeps a contract; doing it twice changes nothing.
    public func add(hold envelope: Envelope) throws(StoreError) {
        let request = try Self.holdRequest(in: envelope)
        if try hold(request.contract) != nil { return }
        guard try holds().count < Self.holdsMax else {
            throw .refused("this node keeps \(Self.holdsMax) contracts already")
        }
        try record(.hold(request.contract, envelope: envelope.encode()))
    }

    /// Notes that all blobs of a contract are where they should be.
    public func completeHold(_ contract: Digest) throws(StoreError) {
        try record(.holdComplete(contract))
    }

    /// Ends a contract here. Blobs that nothing else needs are removed; the bytes set free.
    @discardableResult
    public func endHold(_ contract: Digest) throws(StoreError) -> UInt64 {
        guard let entry = try hold(contract) else { throw .missing("contract \(contract)") }
        let list = entry.request.list
        var blobs = Set((try? holdList(list).blobs.map(\.blob)) ?? [])
        blobs.insert(list.blob)
        // Complete contracts keep their blobs themselves; those on their way may share some.
        for other in try holds() where other.request.contract != contract && !other.isComplete {
            blobs.subtract(try blobsNamed(by: other.request))
        }
        try record(.holdEnd(contract))
        try setEnding(contract, false)
        var freed: UInt64 = 0
        for blob in blobs.sorted() { freed += try discard(blob) }
        return freed
    }

    private func blobsNamed(by request: HoldRequest) throws(StoreError) -> [Digest] {
        guard try holds(request.list.blob), let list = try? holdList(request.list) else {
            return [request.list.blob]
        }
        return list.blobs.map(\.blob) + [request.list.blob]
    }

    /// Refuses a request of another for which there is no room beside what is here and what is
    /// promised to others.
    public func requireRoom(
        toHold request: HoldRequest, at node: NodeKey
    ) throws(StoreError) {
        var bytes = request.size
        for blob in try blobsNamed(by: request) {
            if let entry = try index.blob(blob), entry.state != .partial {
                bytes -= min(bytes, entry.size)
            }
        }
        for entry in try holds()
        where !entry.isComplete && entry.request.mirror == node
            && entry.request.contract != request.contract
        {
            let (sum, isOver) = bytes.addingReportingOverflow(entry.request.size)
            bytes = isOver ? .max : sum
        }
        try requireRoom(for: bytes)
    }

    // MARK: Contracts that this node took back

    private static let endingPolicy = "holds-ending"

    /// Contracts of this node that are over and whose mirrors have not said that they know.
    public func endingHolds() throws(StoreError) -> [Digest] {
        try (index.policy(Self.endingPolicy) ?? "").split(separator: " ").compactMap {
            Digest(hexadecimal: String($0))
        }
    }

    /// Notes that a contract of this node is over, or that its mirror knows.
    public func setEnding(_ contract: Digest, _ isEnding: Bool) throws(StoreError) {
        var all = try endingHolds()
        guard all.contains(contract) != isEnding else { return }
        all.removeAll { $0 == contract }
        if isEnding { all.append(contract) }
        try setPolicy(
            Self.endingPolicy, all.map(\.hexadecimal).joined(separator: " "))
    }

    /// Contracts by which this node asked others to keep a layer's sealed form.
    public func holds(
        of copy: SealedCopy, by publisher: NodeKey
    ) throws(StoreError) -> [HoldEntry] {
        try holds().filter { $0.request.publisher == publisher && $0.request.list == copy.list }
    }

    /// Who had a blob put under a contract that stands and is complete, here or elsewhere.
    public func publishers(holding blob: Digest) throws(StoreError) -> [NodeKey] {
        try index.connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT DISTINCT publisher FROM hold_blobs JOIN holds USING(contract)
                WHERE blob=? ORDER BY publisher
                """, [SQLValue(blob)]
            ) { row throws(StoreError) in try row.nodeKey(0) }
        }
    }

    /// The request in an envelope, once its signature was found good.
    public static func holdRequest(in envelope: Envelope) throws(StoreError) -> HoldRequest {
        do {
            return try HoldRequest.verified(in: envelope)
        } catch {
            throw .refused("the hold request is not valid: \(error.description)")
        }
    }

    /// One contract; nil if it is not here.
    public func hold(_ contract: Digest) throws(StoreError) -> HoldEntry? {
        try holds("contract=?", [SQLValue(contract)]).first
    }

    /// All contracts that are here.
    public func holds() throws(StoreError) -> [HoldEntry] { try holds("1", []) }

    private func holds(
        _ condition: String, _ values: [SQLValue]
    ) throws(StoreError) -> [HoldEntry] {
        let rows = try index.connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT bytes, complete FROM holds WHERE \(condition) ORDER BY until, contract",
                values
            ) { ($0.bytes(0), $0.integer(1) != 0) }
        }
        return rows.compactMap { bytes, isComplete in
            guard
                let envelope = try? Envelope.decode(bytes, payloadMax: HoldRequest.bytesMax),
                let request = try? HoldRequest.decode(envelope.payload)
            else { return nil }
            return HoldEntry(request: request, envelope: bytes, isComplete: isComplete)
        }
    }
}

extension Index {
    static func put(
        hold bytes: [UInt8], contract: Digest, _ connection: SQLiteConnection
    ) throws(StoreError) {
        guard let envelope = try? Envelope.decode(bytes, payloadMax: HoldRequest.bytesMax),
            let request = try? HoldRequest.decode(envelope.payload)
        else { return }
        try connection.run(
            "INSERT OR IGNORE INTO holds VALUES(?, ?, ?, ?, 0, ?)",
            [
                SQLValue(contract), SQLValue(request.publisher), SQLValue(request.mirror),
                .integer(request.until), .blob(bytes),
            ])
    }

    static func completeHold(
        _ contract: Digest, _ blobs: [Digest], _ connection: SQLiteConnection
    ) throws(StoreError) {
        try connection.run("UPDATE holds SET complete=1 WHERE contract=?", [SQLValue(contract)])
        for blob in blobs {
            try connection.run(
                "INSERT OR IGNORE INTO hold_blobs VALUES(?, ?)",
                [SQLValue(contract), SQLValue(blob)])
        }
    }

    static func endHold(
        _ contract: Digest, _ connection: SQLiteConnection
    ) throws(StoreError) {
        try connection.run("DELETE FROM hold_blobs WHERE contract=?", [SQLValue(contract)])
        try connection.run("DELETE FROM holds WHERE contract=?", [SQLValue(contract)])
    }
}
