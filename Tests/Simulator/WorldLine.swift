import Wire

/// The line of a node: so many bytes a second out and in, one group after the other.
package struct WorldLine {
    /// Bytes a second out and in.
    package var up: UInt64
    package var down: UInt64
    /// Bytes that left and came.
    package private(set) var sent: UInt64 = 0
    package private(set) var received: UInt64 = 0
    private var upFree: UInt64 = 0
    private var downFree: UInt64 = 0

    /// A line of one speed in both directions, in bytes a second.
    package init(_ rate: UInt64) { self.init(up: rate, down: rate) }

    /// A line.
    package init(up: UInt64, down: UInt64) { (self.up, self.down) = (up, down) }

    /// When so many bytes that are given to the line now have left.
    mutating func send(_ bytes: Int, at now: UInt64) -> UInt64 {
        sent += UInt64(bytes)
        upFree = max(upFree, now) + UInt64(bytes) * 1_000_000_000 / max(1, up)
        return upFree
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
            return nodes[end.node].send(
                .data(request: request, bytes), over: circuit, in: self)
        }
        guard let there = reached(from: end), !happens(weather.lossPerMille) else { return }
        var left = lines[end.node]?.send(wire, at: now) ?? now
        if let connectionRate {
            let span = UInt64(wire) * 1_000_000_000 / max(1, connectionRate)
            left = max(left, max(now, connectionFree[end] ?? 0) + span)
            connectionFree[end] = left
        }
        let arrived = left + delay(end.node, there.node)
        let whole = lines[there.node]?.receive(wire, at: arrived) ?? arrived
        schedule(
            .data(
                node: there.node, life: nodes[there.node].life, session: there.session,
                request: request, bytes, left: left, from: end.node), after: whole - now)
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
