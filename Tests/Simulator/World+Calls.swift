import Swarm
import Wire

/// Calls between nodes that have addresses of their own: through routers, from the port where a
/// node listens, both at once, or only to see who is there.
extension World {
    /// The port where all of them listen.
    static let port: UInt16 = 4747
    /// Nanoseconds after which a call that nobody answers is given up.
    private static let callPatience: UInt64 = 5_000_000_000
    /// For how long two nodes that call each other at once go on, and when a call is sent again.
    private static let punchPatience: UInt64 = 2_500_000_000
    private static let callAgain: UInt64 = 1_000_000_000

    /// One side of two that call each other at once.
    package struct Punch {
        let dial: UInt64
        let peer: NodeKey
        let isInitiator: Bool
    }

    /// Where a node's call to a place comes from, as the other side sees it.
    private func callOut(_ from: Int, _ port: UInt16, to place: Endpoint) -> Endpoint {
        let outside = nodes[from].nat?.callOut(from: port, to: place) ?? port
        return nodes[from].outside.with(port: outside)
    }

    /// The node that takes a call at a place; nil where it is dropped or nobody is there.
    private func callee(at place: Endpoint, from source: Endpoint) -> Int? {
        guard let index = hosts[place.bytes], nodes[index].isUp else { return nil }
        guard let nat = nodes[index].nat else { return place.port == Self.port ? index : nil }
        return nat.letIn(to: place.port, from: source) == Self.port ? index : nil
    }

    private func freePort() -> UInt16 {
        lastPort = lastPort >= 60_000 ? 30_000 : lastPort + 1
        return lastPort
    }

    /// Calls one place after the other until somebody with the key answers.
    func call(
        _ from: Int, dial: UInt64, _ places: [Endpoint], expected: NodeKey?, isFromPort: Bool,
        isStripe: Bool = false
    ) {
        var waited: UInt64 = 0
        for place in places {
            let port = isFromPort ? Self.port : freePort()
            let source = callOut(from, port, to: place)
            guard let target = callee(at: place, from: source), target != from,
                expected == nil || expected == nodes[target].key.publicKey
            else {
                waited += Self.callPatience
                continue
            }
            let wait = waited + delay(from, target)
            let (here, there) = join(from, target)
            let facts = SessionFacts(
                peer: nodes[target].key.publicKey, endpoint: place, isInitiator: true, dial: dial,
                path: isFromPort ? .directFromPort : .direct)
            answer(from, Self.opened(here, facts, isStripe: isStripe), after: wait)
            let other = SessionFacts(
                peer: nodes[from].key.publicKey, endpoint: source, isInitiator: false, dial: nil)
            answer(target, Self.opened(there, other, isStripe: isStripe), after: wait)
            return
        }
        answer(from, .dialFailed(dial: dial, reason: "no answer"), after: max(waited, 1))
    }

    /// Calls and hangs up.
    func probe(_ from: Int, dial: UInt64, _ place: Endpoint, expected: NodeKey) {
        let source = callOut(from, freePort(), to: place)
        let target = callee(at: place, from: source)
        let isReached = target.map { nodes[$0].key.publicKey == expected } ?? false
        let wait = isReached ? target.map { 2 * delay(from, $0) } : nil
        answer(
            from, .probed(dial: dial, isReached: isReached), after: wait ?? Self.callPatience)
    }

    /// Calls from the port where the node listens, as long as the other side may do the same.
    func punch(
        _ from: Int, _ punch: Punch, _ places: [Endpoint], after wait: UInt64
    ) {
        nodes[from].punches[punch.dial] = punch
        let life = nodes[from].life
        for place in places {
            for again in 0..<3 {
                schedule(
                    .knock(node: from, life: life, dial: punch.dial, place),
                    after: wait + UInt64(again) * Self.callAgain)
            }
        }
        schedule(
            .punchOver(node: from, life: life, dial: punch.dial), after: wait + Self.punchPatience)
    }

    /// A call of a punch leaves.
    func knock(_ from: Int, _ dial: UInt64, _ place: Endpoint) {
        guard nodes[from].punches[dial] != nil else { return }
        let source = callOut(from, Self.port, to: place)
        guard let target = hosts[place.bytes] else { return }
        schedule(
            .knocked(node: target, from: from, dial: dial, source, place),
            after: delay(from, target))
    }

    /// It arrives: where the other side calls too, and its router lets it in, they are connected.
    func knocked(_ target: Int, _ from: Int, _ dial: UInt64, _ source: Endpoint, _ place: Endpoint)
    {
        guard callee(at: place, from: source) == target, let one = nodes[from].punches[dial],
            one.peer == nodes[target].key.publicKey,
            let other = nodes[target].punches.values.filter({
                $0.peer == nodes[from].key.publicKey
            }).min(by: { $0.dial < $1.dial })
        else { return }
        nodes[from].punches[dial] = nil
        nodes[target].punches[other.dial] = nil
        let (here, there) = join(from, target)
        let wait = delay(from, target)
        for (node, end, peer, punch, at) in [
            (from, here, target, one, place), (target, there, from, other, source),
        ] {
            answer(
                node,
                .sessionOpened(
                    end.session,
                    SessionFacts(
                        peer: nodes[peer].key.publicKey, endpoint: at,
                        isInitiator: punch.isInitiator, dial: punch.dial, path: .punched)),
                after: wait)
        }
    }

    func punchOver(_ node: Int, _ dial: UInt64) {
        guard nodes[node].punches.removeValue(forKey: dial) != nil else { return }
        answer(node, .dialFailed(dial: dial, reason: "nobody answers"))
    }
}
