import Genome
import Host
import Wire

/// What this catalogue tells a node that has none of its own: records for everyone alone.
extension Catalogue {
    /// Answers to a question, and what belongs to them.
    public struct PublicAnswer: Sendable {
        /// Records of layers, newest first, then those that are needed to believe and to fetch
        /// them.
        public let records: [Record]
        /// Where the search stopped in the order of records; 0 for its end.
        public let reached: UInt64
    }

    /// Layers of one answer: a page, less the room for what belongs to them.
    static let answeredMax = 75
    /// Other holders of one layer that are told, each with its address.
    private static let holdersMax = 3
    /// Addresses of nodes besides, so that who asks finds others to ask.
    private static let nodesMax = 8

    /// Searches for a stranger within the bounds of every search. What not everyone may see is
    /// passed over, and a record that everyone may see is found also where one that is not stands
    /// for its layer here.
    public func publicAnswer(to query: LayerQuery) throws(StoreError) -> PublicAnswer {
        let limit = min(query.limit, Self.answeredMax)
        let found = try search(query, limit: limit, isForEveryone: true)
        var answer = AnswerDraft()
        var reached = found.next ?? 0
        var last: UInt64?
        for match in found.matches {
            guard answer.add(match.record) else {
                reached = last ?? match.number + 1
                break
            }
            last = match.number
        }
        for record in answer.records { try addSigner(of: record, to: &answer) }
        for record in answer.records { try addHolders(of: record, to: &answer) }
        for node in try records(type: .node, limit: Self.nodesMax) { answer.add(node) }
        return PublicAnswer(records: answer.records, reached: reached)
    }

    /// The delegation under which somebody signed for the publisher.
    private func addSigner(
        of record: Record, to answer: inout AnswerDraft
    ) throws(StoreError) {
        guard let signer = record.signer else { return }
        let place = SlotKey(
            publisher: record.publisher, type: .delegation, slot: Slot(prefixOf: signer.digest))
        if let delegation = try publicRecord(at: place) { answer.add(delegation) }
    }

    /// Other announcements of a layer, and where those who announce it listen.
    private func addHolders(
        of record: Record, to answer: inout AnswerDraft
    ) throws(StoreError) {
        guard let layer = DescribedLayer(record)?.content.layer else { return }
        let shown = try announcements(of: layer).filter { $0.domain == .everyone }
        for other in shown.prefix(Self.holdersMax) {
            let place = SlotKey(
                publisher: other.signer ?? other.publisher, type: .node, slot: .only)
            if let node = try publicRecord(at: place), !answer.add(node) { return }
            // One that somebody signed for its publisher needs that one's word as well.
            if other.signer == nil, !answer.add(other) { return }
        }
    }

    /// The record of a place that everyone may see; nil where it is not of the place's own type.
    private func publicRecord(at place: SlotKey) throws(StoreError) -> Record? {
        let found = try records(
            "\(CatalogueTables.isPlace) AND is_hidden=0", CatalogueTables.place(place))
        return found.first { $0.type == place.type }
    }

    /// The record that stands for a layer for everyone, where one that is not stands for it here.
    static func standIn(
        for record: Record, _ connection: SQLiteConnection
    ) throws(StoreError) -> Record? {
        guard let layer = DescribedLayer(record) else { return nil }
        return try connection.first(
            """
            SELECT bytes FROM records WHERE \(CatalogueTables.isLayerOf) AND domain IS NULL
            ORDER BY type, number DESC LIMIT 1
            """,
            CatalogueTables.keyed(layer.content.layer)
                + CatalogueTables.keyed(layer.publisher.digest), read)
    }
}

/// Records of an answer within its bounds, each once.
private struct AnswerDraft {
    private(set) var records: [Record] = []
    private var known: Set<Digest> = []
    private var bytes = 0

    /// False when there is no room for the record.
    @discardableResult
    mutating func add(_ record: Record) -> Bool {
        if known.contains(record.id) { return true }
        guard records.count < Limits.answerRecordsMax,
            bytes + record.bytes.count <= Limits.answerBytesMax
        else { return false }
        known.insert(record.id)
        bytes += record.bytes.count
        records.append(record)
        return true
    }
}
