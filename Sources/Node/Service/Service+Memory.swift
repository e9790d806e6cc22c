import Genome
import Host
import Store
import Swarm

/// What the faces say of the memory of a running node, and of the searches that it answered.
extension Service {
    /// Bytes of memory by what they are for. Code, stacks and what lives for a moment are in
    /// `resident` alone.
    static func memory(_ daemon: Daemon, _ look: Swarm, _ catalogue: Catalogue) -> JSONValue {
        let (buffers, news) = (daemon.bufferBytes, look.newsBytes)
        return .counts([
            ("resident", Machine.residentMemory ?? 0), ("peak", Machine.peakMemory),
            ("arriving", UInt64(buffers.arriving)), ("leaving", UInt64(buffers.leaving)),
            ("news", UInt64(news.everyone)), ("circles", UInt64(news.members)),
            ("sketches", UInt64(catalogue.sketchBytes)),
            ("databases", SQLiteMemory.used),
        ])
    }

    /// Searches of this node's catalogue, its owner's and those of others.
    static func searches(_ counters: SearchCounters) -> JSONValue {
        [
            "answered": .count(counters.answered), "truncated": .count(counters.truncated),
            "milliseconds": .counts(counters.spans, upTo: SearchCounters.spanLimits),
        ]
    }
}
