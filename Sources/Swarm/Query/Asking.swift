import Genome
import Wire

/// Searches that others are asked, and how often others may ask this node.
struct Asking: Sendable {
    /// A search that is not over.
    struct Question: Sendable {
        let query: LayerQuery
        /// Monotonic nanoseconds when it ends, whoever has answered.
        let end: UInt64
        var nodes = OrderedTable<SessionNumber, AskedNode>()

        /// Whether everybody has answered.
        var isDone: Bool { nodes.values.allSatisfy { $0.state == .done } }
    }

    /// An answer whose signatures are being checked.
    struct Check: Sendable {
        let search: SearchNumber
        let session: SessionNumber
        let layers: [Record]
        let others: [Record]
    }

    var questions = OrderedTable<SearchNumber, Question>()
    /// By the number of the batch.
    var checks = OrderedTable<UInt64, Check>()
    /// What all keys together may ask that nobody vouches for: keys are free.
    var strangers = SwarmRates.strangersSearches
    /// Searches of others that were answered, and that were not.
    var answered: UInt64 = 0
    var refused: UInt64 = 0

    /// When the next search ends, in monotonic nanoseconds.
    var deadline: UInt64 { questions.values.map(\.end).min() ?? .max }
}

extension SearchResult {
    /// What the nodes of a question answered, put together.
    init(_ question: Asking.Question) {
        let nodes = question.nodes.values
        var seen: Set<Digest> = []
        records = nodes.flatMap(\.records).filter { seen.insert($0.id).inserted }
        // The newest record of each layer tells where in the order it stands.
        var orders: [FoundLayer: UInt64] = [:]
        for record in records {
            guard let layer = FoundLayer(record) else { continue }
            orders[layer] = max(orders[layer] ?? 0, record.order)
        }
        asked = nodes.map { node in
            guard case .found = node.answer else {
                return Asked(node: node.key, answer: node.answer, lacking: 0)
            }
            let own = node.layers
            let lacking = orders.count { !own.contains($0.key) && $0.value >= node.reached }
            return Asked(node: node.key, answer: node.answer, lacking: lacking)
        }
        groups = Set(nodes.map { $0.group }).count
        let answered = nodes.filter { if case .found = $0.answer { true } else { false } }
        reached = answered.map(\.reached).max() ?? 0
    }
}
