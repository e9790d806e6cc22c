import Genome
import Host
import Store
import Swarm
import Wire

/// Records that not everyone may know of, for those who may.
extension StorePort {
    /// This node's own record about a layer, for a peer that may know of it.
    func findOffer(_ session: SessionNumber, _ layer: Digest, at place: SlotKey) {
        catalogueLane.submit { [self] in
            guard let record = try? catalogue.record(at: place), record.domain != .everyone
            else { return }
            post(.offerFound(session, layer: layer, record: record.bytes))
        }
    }

    /// The layers of which a peer told this node because it was granted them.
    func findGranted(_ session: SessionNumber, by peer: NodeKey) {
        catalogueLane.submit { [self] in
            guard let layers = try? catalogue.granted(by: peer, limit: Message.grantsMax),
                !layers.isEmpty
            else { return }
            post(.grantedFound(session, layers))
        }
    }

    /// This node may not know of these layers any more.
    func forget(granted layers: [Digest], by peer: NodeKey) {
        catalogueLane.submit { [catalogue] in
            _ = try? catalogue.forget(granted: layers, by: peer)
        }
    }

    /// What is here of a circle, for its members.
    func findCircle(_ circle: CircleDomain, limit: Int) {
        catalogueLane.submit { [self] in
            let found = (try? catalogue.records(of: circle, limit: limit)) ?? []
            post(.circleFound(circle, found))
        }
    }
}
