import Genome
import Wire

/// A node that was asked for layers, and what it has answered so far.
struct AskedNode: Sendable {
    /// How far its answer is.
    enum State: Equatable, Sendable {
        case awaited
        case checked
        case done
    }

    /// Its key.
    let key: NodeKey
    /// The part of the network it is in; nil where it is near.
    let group: Netgroup?
    /// How far its answer is.
    var state = State.awaited
    /// How it answered, once that is known.
    var answer = SearchResult.Answer.silent
    /// Down to where it looked.
    var reached: UInt64 = 0
    /// Records of layers that it gave, checked.
    var records: [Record] = []

    init(_ key: NodeKey, _ group: Netgroup?) {
        (self.key, self.group) = (key, group)
    }

    /// The layers that it told of.
    var layers: Set<FoundLayer> { Set(records.compactMap { FoundLayer($0) }) }
}

/// A layer under the name of one publisher.
struct FoundLayer: Hashable {
    let layer: Digest
    let publisher: NodeKey

    init?(_ record: Record) {
        guard let described = DescribedLayer(record) else { return nil }
        layer = described.content.layer
        publisher = described.publisher
    }
}

/// The records of an answer, told apart by what they are for.
struct AnsweredRecords {
    /// About layers that answer the question.
    private(set) var layers: [Record] = []
    /// What is needed to believe and to fetch them: delegations, other holders, their addresses.
    private(set) var others: [Record] = []

    /// Tells them apart; throws in words what does not belong to an answer.
    init(
        _ bytes: [[UInt8]], to query: LayerQuery, at wall: UInt64
    ) throws(SearchFault) {
        var records: [Record] = []
        for bytes in bytes {
            do throws(WireError) {
                records.append(try Record(bytes: bytes))
            } catch {
                if case .unsupported = error { continue }
                throw SearchFault("a record that is not well-formed")
            }
        }
        guard records.allSatisfy({ $0.domain == .everyone }) else {
            throw SearchFault("a record that is not for everyone")
        }
        // Between two nodes a record may run out: that is nobody's fault.
        records.removeAll { $0.isExpired(at: wall) || $0.isFromTheFuture(at: wall) }
        var known: Set<FoundLayer> = []
        for record in records {
            if let layer = DescribedLayer(record), query.matches(layer),
                record.order < query.after ?? .max
            {
                layers.append(record)
                if let found = FoundLayer(record) { known.insert(found) }
            }
        }
        let ids = Set(layers.map(\.id))
        for record in records where !ids.contains(record.id) {
            switch record.content {
            case .node, .delegation: others.append(record)
            case .layer, .mirror:
                guard let found = FoundLayer(record), known.contains(found) else {
                    throw SearchFault("a layer that was not asked for")
                }
                others.append(record)
            default: throw SearchFault("a record that nobody asked for")
            }
        }
    }

    /// Records that were told apart before.
    init(layers: [Record], others: [Record]) {
        (self.layers, self.others) = (layers, others)
    }

    /// Without layers whose signer nobody let sign: whoever answers could name any publisher.
    mutating func keepProven(at wall: UInt64) {
        func isProven(_ record: Record) -> Bool {
            guard let signer = record.signer else { return true }
            return others.contains { other in
                guard case .delegation(let delegation) = other.content else { return false }
                return other.publisher == record.publisher && other.signer == nil
                    && delegation.key == signer && delegation.rights.contains(.publish)
                    && wall < other.expires
            }
        }
        layers.removeAll { !isProven($0) }
    }
}

/// What is wrong with an answer, in words.
struct SearchFault: Error {
    let words: String

    init(_ words: String) { self.words = words }
}
