import Genome
import Swarm
import Wire

/// What scenarios tell about whole nodes.
extension World {
    /// What a scenario reports of it.
    package func outcome(_ result: String, _ claims: Scenario.Claims) -> Scenario.Outcome {
        Scenario.Outcome(
            result: result, missed: claims.filter { !$0.value }.map(\.key), nodes: nodes.count,
            seconds: now / 1_000_000_000,
            messages: traffic.values.reduce(0) { $0 + $1.messages },
            bytes: traffic.values.reduce(0) { $0 + $1.bytes }, trace: trace.words.0, log: log)
    }

    /// How often a scenario does something again, at least once.
    package func rounds(_ count: Int, least: Int = 1) -> Range<Int> {
        0..<log.rounds(count, least: least)
    }

    /// So many nodes, each of which joins one or two before it.
    @discardableResult
    package func gather(_ count: Int, least: Int = 4) -> [Int] {
        let new = (0..<log.nodes(count, least: least)).map { _ in addNode() }
        for index in new where index > 0 {
            for _ in 0..<UInt64.random(in: 1...2, using: &generator) {
                join(index, to: Int.random(in: 0..<index, using: &generator))
            }
        }
        return new
    }

    /// Runs until `condition` holds, looked at each so many milliseconds, or the time is over.
    func run(seconds: UInt64, each pause: UInt64, until condition: () -> Bool) -> Bool {
        for _ in 0..<seconds * 1_000 / pause {
            if condition() { return true }
            run(milliseconds: pause)
        }
        return condition()
    }

    /// A node shares a small layer; gives its id.
    @discardableResult
    package func share(
        _ name: String, by node: Int, visibility: Visibility = .public,
        isPeerToPeer: Bool = true, organization: NodeKey? = nil
    ) -> Digest {
        let layer = try? PublishedLayer(
            by: nodes[node].key, name: name, sizes: [500], seed: 3, visibility: visibility,
            isPeerToPeer: isPeerToPeer, organization: organization)
        guard let layer else { preconditionFailure("a layer made from literals") }
        nodes[node].share(layer, in: self)
        return layer.manifest.layer
    }

    /// A node says something signed by a key of its own making, as somebody's phone would.
    func say(_ content: RecordContent, by key: SigningKey, at node: Int, life: UInt64?) {
        let wall = moment(of: node).wall
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: wall, issued: wall,
            expires: life.map { wall + $0 } ?? .max, content: content)
        guard let record = try? unsigned.signed(key.sign(unsigned.signingInput)) else {
            preconditionFailure("a record made from literals")
        }
        feed(node, .recordSigned(record))
    }

    /// A key of its own making.
    func makeKey() -> SigningKey {
        let seed = (0..<32).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        guard let key = SigningKey(seed: seed) else { preconditionFailure("32 bytes") }
        return key
    }

    /// Ids of all that a node has, in order.
    package func ids(_ node: Int) -> [Digest] { nodes[node].catalogue.values.map(\.id).sorted() }

    /// Whether these have the same catalogue.
    package func areEqual(_ some: [Int]) -> Bool {
        guard let first = some.first else { return true }
        let expected = ids(first)
        return some.allSatisfy { nodes[$0].catalogue.count == expected.count }
            && some.allSatisfy { ids($0) == expected }
    }

    /// Whether a node has heard of a layer.
    package func knows(_ node: Int, _ layer: Digest) -> Bool {
        let slot = Slot(prefixOf: layer)
        return nodes[node].catalogue.values.contains { record in
            switch record.content {
            case .layer(let content), .mirror(let content, _):
                record.slotKey.slot == slot && content.layer == layer
            default: false
            }
        }
    }

    /// Neighbours of a node.
    func neighbours(of node: Int) -> [Int] {
        nodes[node].swarm.neighbourhood.overlay.neighbours.compactMap {
            peer(of: End(node: node, session: $0))
        }
    }
}
