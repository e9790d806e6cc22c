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
        let blobs = (try? holdList(entry.request.list).blobs.map(\.blob)) ?? []
        try record(.holdEnd(contract))
        var freed: UInt64 = 0
        for blob in blobs + [entry.request.list.blob] { freed += try discard(blob) }
        return freed
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

    /// Bytes that contracts of others may fill here at most: room that is promised.
    public func heldForOthers(_ node: NodeKey) throws(StoreError) -> UInt64 {
        try holds().filter { $0.request.mirror == node }.reduce(0) { $0 + $1.request.size }
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
