import Genome
import Host
import Store
import Swarm
import Wire

/// What the faces say of whether and how others reach a node.
extension Service {
    /// How others reach this node, as `status` has it.
    static func reach(_ figures: ReachFigures) -> JSONValue {
        var object = JSONObject()
        object["state"] = .string(figures.state.rawValue)
        object["words"] = .string(reachWords(figures))
        object["seen"] = .array(figures.seen.map { .string(place($0)) })
        object["addresses"] = .array(figures.endpoints.map { .string(place($0)) })
        object["relays"] = .array(
            figures.relays.map { relay in
                [
                    "node": .string(relay.key.base32),
                    "addresses": .array(relay.endpoints.map { .string(place($0)) }),
                ]
            })
        object["punches"] = [
            "succeeded": count(figures.punches.succeeded), "failed": count(figures.punches.failed),
        ]
        object["relaying"] = figures.desk.map(relaying) ?? .null
        return .object(object)
    }

    private static func relaying(_ desk: ReachFigures.Desk) -> JSONValue {
        var refused = JSONObject()
        for (reason, number) in desk.counters.refused.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            refused["\(reason)"] = count(number)
        }
        return [
            "circuits": .integer(Int64(desk.circuits)),
            "circuitsMax": .integer(Int64(desk.offer.circuits)),
            "places": .integer(Int64(desk.places)),
            "bytesPerSecond": count(desk.offer.bytesPerSecond),
            "bytesPerDay": count(desk.offer.bytesPerDay), "today": count(desk.today),
            "opened": count(desk.counters.opened), "bytes": count(desk.counters.bytes),
            "refused": .object(refused),
        ]
    }

    private static func count(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }

    private static func place(_ endpoint: Endpoint) -> String {
        Address(endpoint)?.description ?? ""
    }

    /// The same in a sentence.
    static func reachWords(_ figures: ReachFigures) -> String {
        let relays = figures.relays.map(\.key.fingerprint).joined(separator: " and ")
        switch figures.state {
        case .reachable:
            let places = figures.endpoints.filter { $0.reach == .global }.map(place)
            return "reachable from outside"
                + (places.isEmpty ? "" : " at " + places.joined(separator: ", "))
        case .hidden where relays.isEmpty:
            return "behind NAT or a firewall: nobody outside can call this node, and no relay is "
                + "known"
        case .hidden:
            return "behind NAT or a firewall: others reach this node through relay \(relays)"
        case .unknown:
            return figures.hasOutside
                ? "not known yet: no peer has tried to call this node from outside"
                : "not known: no peer is outside this network"
        }
    }

    /// Whether others can reach this node, for `doctor`; nil where there is no outside.
    static func reachabilityCheck(_ look: Swarm) -> LayerCheck? {
        let figures = look.reach
        guard figures.hasOutside else { return nil }
        let isLost = figures.state == .hidden && figures.relays.isEmpty
        let advice =
            isLost
            ? ". Forward this node's TCP port in the router, or run a node with an open port with "
                + "plasmid run --relay on and join it"
            : ""
        return LayerCheck(
            name: "reachability", isSound: !isLost, detail: reachWords(figures) + advice)
    }

    /// What a session runs over, as `peers` has it: the kind, and the relay's key if there is one.
    static func path(_ path: SessionPath) -> (kind: String, relay: NodeKey?) {
        switch path {
        case .direct, .directFromPort: ("direct", nil)
        case .punched: ("punched", nil)
        case .relayed(let relay, _): ("relayed", relay)
        }
    }
}
