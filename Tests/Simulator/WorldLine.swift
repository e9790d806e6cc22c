import Swarm
import Wire

/// The line of a node: so many bytes a second out and in, one group after the other.
package struct WorldLine {
    /// Data that waits to leave.
    struct Waiting {
        let end: World.End
        let request: UInt64
        /// Bytes of it on the line.
        let wire: Int
        let bytes: [UInt8]
    }

    /// Bytes a second out and in.
    package var up: UInt64
    package var down: UInt64
    /// Bytes that left and came.
    package private(set) var sent: UInt64 = 0
    package private(set) var received: UInt64 = 0
    private var waiting: [Waiting] = []
    /// When what leaves now has left; nil while nothing does.
    private var busyUntil: UInt64?
    /// Counts what began to leave: the end of something that was cut off is passed over.
    private(set) var turn = 0
    private var downFree: UInt64 = 0

    /// A line of one speed in both directions, in bytes a second.
    package init(_ rate: UInt64) { self.init(up: rate, down: rate) }

    /// A line.
    package init(up: UInt64, down: UInt64) { (self.up, self.down) = (up, down) }

    mutating func queue(_ data: Waiting) { waiting.append(data) }

    /// The next that leaves, and when it has left; nil while the line is busy or nothing waits.
    mutating func begin(at now: UInt64) -> (data: Waiting, left: UInt64)? {
        guard busyUntil == nil, !waiting.isEmpty else { return nil }
        let data = waiting.removeFirst()
        sent += UInt64(data.wire)
        let left = now + UInt64(data.wire) * 1_000_000_000 / max(1, up)
        busyUntil = left
        turn += 1
        return (data, left)
    }

    /// What left has left.
    mutating func end() { busyUntil = nil }

    /// Takes back what has not begun to leave; whether there was such.
    mutating func drop(_ request: UInt64, of end: World.End) -> Bool {
        let count = waiting.count
        waiting.removeAll { $0.request == request && $0.end == end }
        return waiting.count < count
    }

    /// Connections are cut: what waited for them does not leave any more, nor the rest of what is
    /// leaving.
    mutating func breakOff(at now: UInt64, _ isMeant: (World.End) -> Bool = { _ in true }) {
        waiting.removeAll { isMeant($0.end) }
        guard let busyUntil else { return }
        sent -= min(sent, UInt64((busyUntil - min(now, busyUntil)) / 1000) * up / 1_000_000)
        self.busyUntil = nil
        turn += 1
    }

    /// So many bytes are here.
    mutating func count(_ bytes: Int) { received += UInt64(bytes) }

    /// When so many bytes whose last arrives at `time` are all here.
    mutating func receive(_ bytes: Int, at time: UInt64) -> UInt64 {
        let span = UInt64(bytes) * 1_000_000_000 / max(1, down)
        downFree = max(downFree + span, time)
        return downFree
    }
}

extension World {
    /// Sends the bytes of a group, coded or not in `wire` bytes of the lines: as fast as both
    /// carry them, behind what was sent before.
    package func sendData(_ bytes: [UInt8], wire: Int, request: UInt64, from end: End) {
        if let circuit = nodes[end.node].circuits[end.session] {
            nodes[end.node].send(.data(request: request, bytes), over: circuit, in: self)
            return served(request, by: end, wire: wire)
        }
        let data = WorldLine.Waiting(end: end, request: request, wire: wire, bytes: bytes)
        guard lines[end.node] != nil else {
            put(data, left: now)
            return served(request, by: end, wire: wire)
        }
        lines[end.node]?.queue(data)
        sendNext(of: end.node)
    }

    /// Lets the next data leave a node's line, if it is free.
    func sendNext(of node: Int) {
        guard let (data, left) = lines[node]?.begin(at: now) else { return }
        put(data, left: left)
        served(data.request, by: data.end, wire: data.wire, after: left - now)
        schedule(.lineFree(node: node, turn: lines[node]?.turn ?? 0), after: left - now)
    }

    private func served(
        _ request: UInt64, by end: End, wire: Int, after wait: UInt64 = 100_000
    ) {
        answer(
            end.node, .served(end.session, request: request, byteCount: UInt64(wire)),
            after: wait)
    }

    private func put(_ data: WorldLine.Waiting, left: UInt64) {
        guard let there = reached(from: data.end), !happens(weather.lossPerMille) else { return }
        var left = left
        if let connectionRate {
            let span = UInt64(data.wire) * 1_000_000_000 / max(1, connectionRate)
            left = max(left, max(now, connectionFree[data.end] ?? 0) + span)
            connectionFree[data.end] = left
        }
        let arrived = left + delay(data.end.node, there.node)
        let event = Event.data(
            node: there.node, life: nodes[there.node].life, session: there.session,
            request: data.request, data.bytes, left: left, from: data.end.node)
        let isOnLine = lines[there.node] != nil
        schedule(
            isOnLine ? .atLine(node: there.node, wire: data.wire, event) : event,
            after: arrived - now)
    }

    /// A node does not send what a peer does not want any more, if it has not begun to.
    func cancelData(_ request: UInt64, from end: End) {
        if lines[end.node]?.drop(request, of: end) == true {
            served(request, by: end, wire: 0)
        }
    }

    /// Cuts the connections between two nodes: what is on its way from the first is lost.
    package func breakOff(_ node: Int, from other: Int) {
        guard suffers("node \(node) loses its connections to \(other)") else { return }
        let ends = sessions(from: node, to: other)
        for end in ends {
            if let there = reached(from: end) { cut.insert(there) }
            close(end, reason: "the line broke")
        }
        lines[node]?.breakOff(at: now) { ends.contains($0) }
        sendNext(of: node)
    }

    /// The bytes of a group of a blob, kept once for all nodes.
    func group(_ number: UInt64, of blob: Digest, _ bytes: [UInt8]) -> [UInt8] {
        if let known = groups[blob] { return known[Int(number)] }
        let size = UInt64(bytes.count)
        let cut = (0..<HashTree.groupCount(size: size)).map { index in
            let range = HashTree.groupRange(index, size: size)
            return Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        }
        groups[blob] = cut
        return cut[Int(number)]
    }

    /// A blob of its groups; the copy that is there already, where there is one.
    func whole(_ blob: Digest, _ parts: [UInt64: [UInt8]]) -> [UInt8] {
        if let known = wholes[blob] { return known }
        let bytes = parts.keys.sorted().flatMap { parts[$0] ?? [] }
        wholes[blob] = bytes
        return bytes
    }

    /// The group values of a blob, computed once.
    func layer(of blob: Digest, _ bytes: [UInt8]) -> GroupLayer? {
        if let known = layers[blob] { return known }
        let layer = SimulatedNode.groupLayer(bytes)
        layers[blob] = layer
        return layer
    }
}
