import Swarm
import Wire

/// One published record and how it came about.
package struct Story: Sendable {
    /// When it was published.
    package let began: UInt64
    /// The node that published it.
    package let publisher: Int
    /// When each node had it; 0 for not yet.
    package var arrivals: [UInt64]

    /// Whether a node has it.
    func has(_ node: Int) -> Bool { node < arrivals.count && arrivals[node] != 0 }

    /// Spans after which nodes had it, of those that do, in order.
    package func spans(among nodes: [Int]) -> [UInt64] {
        nodes.compactMap { !has($0) ? nil : arrivals[$0] - began }.sorted()
    }
}

extension Crowd {
    /// Where a record says whom it is for.
    private static let domainPlace = 75

    /// A node says something new.
    @discardableResult
    package func publish(by node: Int, bytes: Int = 300) -> NewsName {
        var record: [UInt8] = []
        while record.count < bytes {
            let word = generator.next()
            record += (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        // The head of a record, and its word that it is for everyone; the rest means nothing.
        record[0] = Record.version
        record[Self.domainPlace] = 0
        guard let open = RecordFor<Everyone>(record) else {
            preconditionFailure("a record for everyone says so")
        }
        let name = NewsName(of: record)
        var arrivals = [UInt64](repeating: 0, count: nodes.count)
        arrivals[node] = max(1, now)
        stories[name] = Story(began: now, publisher: node, arrivals: arrivals)
        records.append((name, record))
        perform(nodes[node].core.publish(open, at: now), of: node)
        wake(node)
        return name
    }

    /// Notes that a record came to a node; whether it is one that was published.
    func heard(_ record: [UInt8], by node: Int) -> Bool {
        let name = NewsName(of: record)
        guard var story = stories.removeValue(forKey: name) else { return false }
        while story.arrivals.count <= node { story.arrivals.append(0) }
        story.arrivals[node] = now
        stories[name] = story
        return true
    }

    /// Nodes that run and are honest.
    package var survivors: [Int] {
        nodes.indices.filter { nodes[$0].isUp && nodes[$0].behaviour == .honest }
    }

    /// The part of `among` that has a record, 1 for all.
    package func share(of name: NewsName, among: [Int]) -> Double {
        guard let story = stories[name], !among.isEmpty else { return 0 }
        return Double(among.count { story.has($0) }) / Double(among.count)
    }

    /// Sizes of the connected parts of the graph of neighbours among nodes, largest first.
    package func components(among: [Int]) -> [Int] {
        var part = [Int](repeating: -1, count: nodes.count)
        let inside = Set(among)
        var sizes: [Int] = []
        for start in among where part[start] < 0 {
            var stack = [start]
            part[start] = sizes.count
            var size = 0
            while let node = stack.popLast() {
                size += 1
                for link in nodes[node].core.overlay.neighbours {
                    let next = other(link)
                    guard inside.contains(next), part[next] < 0 else { continue }
                    part[next] = sizes.count
                    stack.append(next)
                }
            }
            sizes.append(size)
        }
        return sizes.sorted(by: >)
    }
}
