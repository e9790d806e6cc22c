import Genome
import Host
import Store
import Swarm
import Wire

/// What other nodes answered to a search of this one, whose own catalogue is not whole.
struct RemoteSearch {
    /// Why others are asked.
    let standing: CatalogueStanding
    /// What they said.
    let result: SearchResult

    /// Asks others, where the own catalogue is not whole and the owner does not forbid it; nil
    /// where nobody is asked.
    init?(_ query: LayerQuery, _ request: ServiceRequest, scope: FindScope, _ daemon: Daemon?) {
        guard let daemon, scope == .global, request.arguments["local"]?.bool != true else {
            return nil
        }
        let standing = daemon.look().standing
        guard standing != .whole else { return nil }
        self.init(standing: standing, result: daemon.search(query))
    }

    init(standing: CatalogueStanding, result: SearchResult) {
        (self.standing, self.result) = (standing, result)
    }

    /// The layers of the own answer and those that others told of, newest first, each once for a
    /// publisher; of two records the publisher's own, then the newer.
    func merged(
        with own: [CatalogueAnswer.Match], limit: Int, keeping: (LayerContent) -> Bool
    ) -> [CatalogueAnswer.Match] {
        var best: [Key: CatalogueAnswer.Match] = [:]
        let others = result.records.map { CatalogueAnswer.Match(record: $0, number: $0.order) }
        for match in own + others {
            guard let facts = match.record.layerFacts, keeping(facts.0) else { continue }
            let key = Key(layer: facts.0.layer, publisher: facts.1)
            if let known = best[key], Self.isBetter(known.record, than: match.record) { continue }
            best[key] = match
        }
        return Array(best.values.sorted { $0.number > $1.number }.prefix(limit))
    }

    private struct Key: Hashable {
        let layer: Digest
        let publisher: NodeKey
    }

    private static func isBetter(_ one: Record, than other: Record) -> Bool {
        if one.type != other.type { return one.type == .layer }
        return one.sequence >= other.sequence
    }

    /// Nodes that announce a layer, as far as these answers tell.
    func holders(of layer: Digest) -> Set<NodeKey> {
        Set(
            result.records.filter { $0.layerFacts?.0.layer == layer }.map {
                $0.signer ?? $0.publisher
            })
    }

    /// For programs: who was asked and why, how each answered, and who had less than the others.
    var json: JSONValue {
        let nodes = result.asked.map { asked -> JSONValue in
            var object = JSONObject()
            object["node"] = .string(asked.node.base32)
            switch asked.answer {
            case .found(let count):
                object["answer"] = "found"
                object["results"] = .integer(Int64(count))
                object["lacking"] = .integer(Int64(asked.lacking))
            case .refused: object["answer"] = "refused"
            case .silent: object["answer"] = "silent"
            case .wrong(let why):
                object["answer"] = "wrong"
                object["why"] = .string(why)
            }
            return .object(object)
        }
        return [
            "why": standing == .light ? "light" : "filling", "nodes": .array(nodes),
            "groups": .integer(Int64(result.groups)),
        ]
    }
}
