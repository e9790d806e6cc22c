import Wire

/// This node's own address as peers see it: what three parts of the network and most of them say.
/// The address that another majority names takes its place. One part of the network has one voice,
/// however many nodes it holds; nodes of private networks have none about global addresses.
struct OwnAddress: Equatable, Sendable {
    /// One peer's word.
    struct Sighting: Sendable {
        /// Where the peer is.
        let observer: Endpoint
        /// Where it says that it sees this node.
        let seen: Endpoint
    }

    /// The address of IPv4 that is believed, in network order; nil for none.
    private(set) var four: [UInt8]?
    /// The same of IPv6.
    private(set) var six: [UInt8]?

    /// The addresses that are believed.
    var hosts: [[UInt8]] { [four, six].compactMap { $0 } }

    /// Looks at what all peers say now; whether that changed what is believed.
    mutating func look(_ sightings: [Sighting]) -> Bool {
        let before = self
        if let host = Self.winner(sightings, byteCount: 4) { four = host }
        if let host = Self.winner(sightings, byteCount: 16) { six = host }
        return self != before
    }

    private static func winner(_ sightings: [Sighting], byteCount: Int) -> [UInt8]? {
        var voices: [Netgroup: [UInt8]] = [:]
        for sighting in sightings
        where sighting.seen.bytes.count == byteCount && sighting.seen.reach == .global {
            if let group = Netgroup(sighting.observer) { voices[group] = sighting.seen.bytes }
        }
        var counts: [[UInt8]: Int] = [:]
        for host in voices.values { counts[host, default: 0] += 1 }
        return counts.first { _, count in
            count >= ReachLimits.observersMin && 2 * count > voices.count
        }?.key
    }
}
