import Genome
import Host
import Store
import Swarm
import Wire

/// What the faces say of the network around a node.
extension Service {
    /// Neighbours, news and comparisons in numbers.
    static func network(_ look: Swarm, door: Door) -> JSONValue {
        let figures = look.figures
        let gossip = figures.gossip
        var whole = JSONObject()
        whole["neighbours"] = .counts([
            ("chosen", UInt64(figures.chosen)), ("found", UInt64(figures.found)),
            ("suspected", UInt64(figures.suspected)), ("netgroups", UInt64(figures.netgroups)),
            ("reserve", UInt64(figures.reserve)), ("slowness", figures.slowness),
            ("suspicions", figures.suspicions), ("refutations", figures.refutations),
            ("deaths", figures.deaths),
        ])
        whole["callers"] = .counts([
            ("turnedAway", door.turnedAway), ("refused", figures.refused),
            ("sentAway", figures.sentAway),
        ])
        whole["news"] = .counts([
            ("sent", figures.news.sent), ("duplicates", figures.news.duplicates),
            ("names", figures.news.haves),
            ("grafts", figures.news.grafts), ("prunes", figures.news.prunes),
            ("wordsDropped", gossip.wordsDropped),
        ])
        whole["lagSeconds"] = .counts(gossip.lags, upTo: GossipCounters.lagLimits)
        whole["records"] = .counts([
            ("taken", gossip.taken), ("superseded", gossip.superseded),
            ("refused", gossip.refused), ("forged", gossip.forged), ("future", gossip.future),
            ("expired", gossip.expired), ("dropped", gossip.dropped),
            ("unkept", gossip.unkept),
            ("equivocations", gossip.equivocations), ("waiting", UInt64(figures.waiting)),
        ])
        whole["comparisons"] = .counts([
            ("all", gossip.compared), ("equal", gossip.equal), ("sketched", gossip.sketched),
            ("paged", gossip.paged), ("symbols", gossip.symbols),
            ("differences", gossip.differences),
        ])
        whole["clockAheadMilliseconds"] =
            look.clock.map { .integer($0.aheadMilliseconds) } ?? .null
        return .object(whole)
    }

    /// News among the members of each organisation in numbers: for the owner alone.
    static func circles(_ look: Swarm) -> JSONValue {
        .array(
            look.circleFigures.map { figures in
                var object = JSONObject()
                object["organization"] = .string(figures.organization.base32)
                object["newest"] = .bool(figures.isNewest)
                object["links"] = .count(UInt64(figures.links))
                object["eager"] = .count(UInt64(figures.eager))
                object["sent"] = .count(figures.sent)
                object["accepted"] = .count(figures.accepted)
                object["duplicates"] = .count(figures.duplicates)
                object["grafts"] = .count(figures.grafts)
                return .object(object)
            })
    }

    /// Whether a node has found others, and why not, in words.
    static func networkChecks(_ look: Swarm) -> [LayerCheck] {
        var checks = [reachCheck(look)]
        if let clock = look.clock {
            let seconds = clock.aheadMilliseconds.magnitude / 1_000
            let side = clock.aheadMilliseconds > 0 ? "ahead of" : "behind"
            checks.append(
                seconds <= 60
                    ? LayerCheck(
                        name: "clock", isSound: true,
                        detail: "agrees with \(clock.peers) other nodes to \(seconds) s")
                    : LayerCheck(
                        name: "clock", isSound: false,
                        detail: "\(seconds) s \(side) \(clock.peers) other nodes: set it, as "
                            + "with timedatectl set-ntp true"))
        }
        if let reason = look.figures.shortage {
            checks.append(
                LayerCheck(
                    name: "catalogue", isSound: false,
                    detail: "records of others are passed on and not kept: \(reason)"))
        }
        return checks
    }

    private static func reachCheck(_ look: Swarm) -> LayerCheck {
        let name = "network"
        let figures = look.figures
        let lost = figures.unreached.map { one -> String in
            let place = one.endpoints.first.flatMap { Address($0)?.description } ?? "an address"
            return place + ": " + (one.failure ?? "not tried yet")
        }
        let missing = lost.isEmpty ? "" : "; not reached: " + lost.joined(separator: ", ")
        let peers = look.sessions.count
        guard peers == 0 else {
            let neighbours = figures.chosen + figures.found
            return LayerCheck(
                name: name, isSound: true,
                detail: (peers == 1 ? "1 peer" : "\(peers) peers")
                    + ", neighbours among them: \(neighbours)" + missing)
        }
        let known = look.addressCount
        guard !lost.isEmpty || known > 0 else {
            return LayerCheck(
                name: name, isSound: true,
                detail: "alone: no address of another node is known. Meet one with plasmid join "
                    + "TICKET")
        }
        let rest = known > 0 ? "; none of \(known) known addresses answers" : ""
        return LayerCheck(
            name: name, isSound: false,
            detail: "alone" + missing + rest + ". Is this machine online, and does a firewall let "
                + "it out?")
    }
}
