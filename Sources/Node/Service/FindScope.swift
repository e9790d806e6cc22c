import Genome
import Store
import Swarm
import Wire

/// How far a search reaches: whose layers it shows.
enum FindScope: String, CaseIterable {
    /// What is here, and what nodes at the same place announce.
    case local
    /// What is here, and what nodes of the own region announce that are near as well.
    case regional
    /// Everything that was heard of.
    case global

    /// Round trip below which a node is at the same place: a campus network has less, and the next
    /// town more.
    static let localRoundTrip: UInt64 = 5_000_000
    /// Round trip below which a region is believed: a continent's width on fibre.
    static let regionalRoundTrip: UInt64 = 60_000_000

    /// The scope of that name; global when nothing is said.
    init(_ text: String?) throws(Failure) {
        guard let text else {
            self = .global
            return
        }
        guard let scope = Self(rawValue: text) else {
            throw Failure(
                .usage, "\(PlainText.shown(text)) is not a scope",
                why: "it must be local, regional or global")
        }
        self = scope
    }

    /// The nodes whose announcements count, this one first; nil where all do. Regions are what the
    /// nodes say of themselves, so a near round trip must agree.
    func nodes(_ service: Service, _ swarm: Swarm?) throws(Failure) -> [NodeKey]? {
        let own = service.keys.node.publicKey
        switch self {
        case .global: return nil
        case .local:
            return [own] + (swarm?.neighbours(within: Self.localRoundTrip) ?? [])
        case .regional:
            guard let region = try service.library.region() else {
                throw Failure(
                    .refused, "this node has no region",
                    why: "a regional search needs one to hold others' against",
                    remedy: "say where it is when it starts: plasmid run --region NAME")
            }
            let near = swarm?.neighbours(within: Self.regionalRoundTrip) ?? []
            return try inStore { () throws(StoreError) in
                var nodes = [own]
                for key in near {
                    let place = SlotKey(publisher: key, type: .node, slot: .only)
                    guard case .node(let node) = try service.catalogue.record(at: place)?.content,
                        node.region == region
                    else { continue }
                    nodes.append(key)
                }
                return nodes
            }
        }
    }
}
