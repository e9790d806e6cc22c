import Swarm
import Wire

/// What nodes do beside news: two compare what they have, as sketches do it, when a session opens
/// and each half minute or so. The sketches themselves are measured elsewhere; here count their
/// round trips and bytes.
extension Crowd {
    /// Bytes of a question and its answer where both have the same, and of a sketch that tells a
    /// hundred differences.
    private static let bytesIfEqual: UInt64 = 110
    private static let bytesOfSketch: UInt64 = 2_970

    func planComparison(_ node: Int) {
        let pause = UInt64.random(in: 22_000_000_000..<45_000_000_000, using: &generator)
        schedule(.compareSome(node: node), after: pause)
    }

    /// Asks over a session; two round trips later both have what either had, if no message is lost.
    func compare(_ link: SessionNumber) {
        let node = nodeIndex(of: link)
        let to = other(link)
        guard reaches(node, to), nodes[to].isUp, nodes[to].pausedUntil <= now else { return }
        traffic.messages += 2
        traffic.bytes += Self.bytesIfEqual
        for _ in 0..<4 where Weather.happens(weather.lossPerMille, &generator) { return }
        schedule(.compared(node: node, link: link), after: 4 * way(node, to))
    }

    /// Takes from the other end what is missing here, and gives it what is missing there.
    func exchange(_ node: Int, over link: SessionNumber) -> [Neighbourhood.Effect] {
        let to = other(link)
        guard reaches(node, to), nodes[to].isUp, !nodes[to].isMute, !nodes[node].isMute
        else { return [] }
        var effects: [Neighbourhood.Effect] = []
        var isEqual = true
        for (name, bytes) in records {
            guard let story = stories[name], story.has(node) != story.has(to) else { continue }
            isEqual = false
            traffic.records += 1
            traffic.bytes += UInt64(bytes.count)
            let receiver = story.has(node) ? to : node
            _ = heard(bytes, by: receiver)
            guard let record = RecordFor<Everyone>(bytes) else { continue }
            let wanted = nodes[receiver].core.publish(record, at: now)
            if receiver == node {
                effects += wanted
            } else {
                perform(wanted, of: to)
                wake(to)
            }
        }
        if !isEqual { traffic.bytes += Self.bytesOfSketch }
        return effects
    }
}
