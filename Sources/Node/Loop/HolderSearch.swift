import Store
import Swarm
import Wire

/// Finds in the catalogue who has a layer and where they are.
struct HolderSearch {
    /// Holdings records looked through for one layer.
    private static let holdingsMax = 4096
    /// Node records looked through for relays.
    private static let nodesMax = 4096

    let catalogue: Catalogue
    let node: NodeKey

    /// The publisher first, then mirrors, then nodes whose holdings seem to have the layer.
    func holders(of layer: Digest) throws(StoreError) -> LayerHolders {
        var descriptions: [LayerHolders.Description] = []
        var nodes: [NodeKey] = []
        for record in try catalogue.announcements(of: layer) {
            if let (content, publisher) = record.layerFacts {
                descriptions.append(
                    .init(content: content, publisher: publisher, source: record.publisher))
            }
            // A publisher that is no node has its records signed by the node that serves them.
            nodes.append(record.signer ?? record.publisher)
        }
        for record in try catalogue.records(type: .holdings, limit: Self.holdingsMax) {
            if case .holdings(let holdings) = record.content, holdings.contains(layer) {
                nodes.append(record.publisher)
            }
        }
        var holders: [LayerHolders.Holder] = []
        for holder in nodes where holder != node && !holders.contains(where: { $0.node == holder })
        {
            holders.append(.init(node: holder, said: try facts(of: holder)))
        }
        return LayerHolders(descriptions: descriptions, holders: holders)
    }

    /// Those that said in a record of their own that they have a layer; not those whose holdings
    /// only seem to, one in a thousand of which do not.
    func mirrors(of layer: Digest) throws(StoreError) -> [LayerHolders.Holder] {
        var holders: [LayerHolders.Holder] = []
        for record in try catalogue.announcements(of: layer) {
            let holder = record.signer ?? record.publisher
            guard holder != node, !holders.contains(where: { $0.node == holder }) else { continue }
            holders.append(.init(node: holder, said: try facts(of: holder)))
        }
        return holders
    }

    /// What a node says of itself.
    func facts(of node: NodeKey) throws(StoreError) -> NodeContent? {
        let place = SlotKey(publisher: node, type: .node, slot: .only)
        guard case .node(let facts) = try catalogue.record(at: place)?.content else { return nil }
        return facts
    }

    /// Nodes that say that they relay for others and can be called.
    func relays() throws(StoreError) -> [PeerAddress] {
        var relays: [PeerAddress] = []
        for record in try catalogue.records(type: .node, limit: Self.nodesMax) {
            guard case .node(let facts) = record.content, facts.services.contains(.relay),
                facts.reach != .unreachable, record.publisher != node
            else { continue }
            relays.append(PeerAddress(key: record.publisher, endpoints: facts.endpoints))
        }
        return relays
    }
}

extension StoreProblem {
    /// The store's error as the core and the owner need it.
    init(_ error: StoreError) {
        switch error {
        case .diskFull, .quota: self.init(.quota, error.description, mayPass: true)
        case .tooLarge: self.init(.quota, error.description)
        case .damaged: self.init(.corrupt, error.description)
        default: self.init(.internal, error.description)
        }
    }
}
