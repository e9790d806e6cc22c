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
    /// Contracts that a node keeps, with all publishers together.
    public static let holdsMax = 4_096
    /// Contracts that are kept for one publisher: eight of them leave room for no other.
    public static let holdsOfOneMax = 512
    /// Contracts of one publisher over one list: one that stands, one that goes on from it, and
    /// two that are to end.
    public static let holdsOfListMax = 4
    /// Blobs that all contracts of one publisher name: four of the longest lists. A running node
    /// has 40 bytes of each in memory.
    public static let holdBlobsOfOneMax = 400_008

    /// Keeps a contract; doing it twice changes nothing.
    public func add(hold envelope: Envelope) throws(StoreError) {
        let request = try Self.holdRequest(in: envelope)
        if try hold(request.contract) != nil { return }
        guard try holdCount() < Self.holdsMax else {
            throw .refused("this node keeps \(Self.holdsMax) contracts already")
        }
        // What others keep for this node is for its owner to bound.
        if request.publisher != journal.key.publicKey {
            let theirs = try holds("publisher=?", [SQLValue(request.publisher)])
            guard theirs.count < Self.holdsOfOneMax else {
                throw .refused("this node keeps \(Self.holdsOfOneMax) contracts for it already")
            }
            let same = theirs.count { $0.request.list.blob == request.list.blob }
            guard same < Self.holdsOfListMax else {
                throw .refused("this node keeps \(same) contracts over this list already")
            }
        }
        try record(.hold(request.contract, envelope: envelope.encode()))
    }

    private func holdCount() throws(StoreError) -> Int {
        try index.connection.withLock { connection throws(StoreError) in
            try connection.first("SELECT COUNT(*) FROM holds", []) { Int($0.integer(0)) } ?? 0
        }
    }

    /// Takes the blobs that a contract's list names for this contract: they stay for as long as it
    /// does, whether they are here or still come. Refuses what would be too many of one publisher.
    public func claim(_ list: HoldList, for request: HoldRequest) throws(StoreError) {
        let isFull = try index.connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                let others = try connection.first(
                    """
                    SELECT COUNT(*) FROM hold_blobs JOIN holds USING(contract)
                    WHERE publisher=? AND contract<>?
                    """, [SQLValue(request.publisher), SQLValue(request.contract)]
                ) { Int($0.integer(0)) }
                if (others ?? 0) + list.blobs.count + 1 > Self.holdBlobsOfOneMax { return true }
                try Index.claim(
                    list.blobs.map(\.blob) + [request.list.blob], for: request.contract, connection)
                return false
            }
        }
        if isFull {
            throw .refused(
                "this node keeps \(Self.holdBlobsOfOneMax) blobs for one publisher at most")
        }
    }

    /// Whether a contract has taken what its list names.
    public func hasClaimed(_ contract: Digest) throws(StoreError) -> Bool {
        try index.connection.withLock { connection throws(StoreError) in
            try connection.first(
                "SELECT 1 FROM hold_blobs WHERE contract=? LIMIT 1", [SQLValue(contract)]
            ) { _ in true } ?? false
        }
    }

    /// Whether a contract has taken a blob.
    public func isClaimed(_ blob: Digest) throws(StoreError) -> Bool {
        try index.connection.withLock { connection throws(StoreError) in
            try connection.first(
                "SELECT 1 FROM hold_blobs WHERE blob=? LIMIT 1", [SQLValue(blob)]
            ) { _ in true } ?? false
        }
    }

    /// Whether a contract of a publisher has taken a blob.
    public func isClaimed(_ blob: Digest, by publisher: NodeKey) throws(StoreError) -> Bool {
        try index.connection.withLock { connection throws(StoreError) in
            try connection.first(
                """
                SELECT 1 FROM hold_blobs JOIN holds USING(contract)
                WHERE blob=? AND publisher=? LIMIT 1
                """, [SQLValue(blob), SQLValue(publisher)]
            ) { _ in true } ?? false
        }
    }

    /// Notes that all blobs of a contract are where they should be.
    public func completeHold(_ contract: Digest) throws(StoreError) {
        try record(.holdComplete(contract))
    }

    /// Ends a contract here. Blobs that nothing else needs are removed; the bytes set free.
    @discardableResult
    public func endHold(_ contract: Digest) throws(StoreError) -> UInt64 {
        guard let entry = try hold(contract) else { throw .missing("contract \(contract)") }
        let blobs = try index.connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT blob FROM hold_blobs WHERE contract=? ORDER BY blob",
                [SQLValue(contract)]
            ) { row throws(StoreError) in try row.digest(0) }
        }
        try record(.holdEnd(contract))
        try setEnding(contract, false)
        var freed: UInt64 = 0
        for blob in blobs { freed += try discard(blob) }
        // A list that is only here in part was not read, so it took nothing.
        if blobs.isEmpty, try !isWanted(list: entry.request.list) {
            freed += try discard(entry.request.list.blob)
        }
        return freed
    }

    private func isWanted(list: BlobReference) throws(StoreError) -> Bool {
        try holds("complete=0", []).contains { $0.request.list == list }
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

    /// One for each contract, so that two that end at once do not meet.
    private static let endingPolicy = "hold-ending:"

    /// Contracts of this node that are over and whose mirrors have not said that they know.
    public func endingHolds() throws(StoreError) -> [Digest] {
        try index.policies(named: Self.endingPolicy).compactMap { Digest(hexadecimal: $0) }
    }

    /// Notes that a contract of this node is over, or that its mirror knows.
    public func setEnding(_ contract: Digest, _ isEnding: Bool) throws(StoreError) {
        let name = Self.endingPolicy + contract.hexadecimal
        guard (try index.policy(name) != nil) != isEnding else { return }
        try setPolicy(name, isEnding ? "1" : "")
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
                WHERE blob=? AND complete=1 ORDER BY publisher
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
        try claim(blobs, for: contract, connection)
    }

    static func claim(
        _ blobs: [Digest], for contract: Digest, _ connection: SQLiteConnection
    ) throws(StoreError) {
        for blob in blobs {
            try connection.run(
                "INSERT OR IGNORE INTO hold_blobs VALUES(?, ?)",
                [SQLValue(contract), SQLValue(blob)])
        }
        try classify(blobs, connection)
    }

    static func endHold(
        _ contract: Digest, _ connection: SQLiteConnection
    ) throws(StoreError) {
        let blobs = try connection.query(
            "SELECT blob FROM hold_blobs WHERE contract=?", [SQLValue(contract)]
        ) { row throws(StoreError) in try row.digest(0) }
        try connection.run("DELETE FROM hold_blobs WHERE contract=?", [SQLValue(contract)])
        try classify(blobs, connection)
        try connection.run("DELETE FROM holds WHERE contract=?", [SQLValue(contract)])
    }
}
