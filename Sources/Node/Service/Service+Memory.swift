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
        let figures: [(String, UInt64)] = [
            ("resident", Machine.residentMemory ?? 0), ("peak", Machine.peakMemory),
            ("arriving", UInt64(buffers.arriving)), ("leaving", UInt64(buffers.leaving)),
            ("news", UInt64(news.everyone)), ("circles", UInt64(news.members)),
            ("sketches", UInt64(catalogue.sketchBytes)),
            ("databases", SQLiteMemory.used),
        ]
        return .object(JSONObject(figures.map { .init(name: $0.0, value: Self.count($0.1)) }))
    }

    /// Searches of this node's catalogue, its owner's and those of others.
    static func searches(_ counters: SearchCounters) -> JSONValue {
        var spans = JSONObject()
        for (limit, number) in zip(SearchCounters.spanLimits, counters.spans) {
            spans["\(limit)"] = count(number)
        }
        spans["more"] = counters.spans.last.map { count($0) } ?? .null
        return [
            "answered": count(counters.answered), "truncated": count(counters.truncated),
            "milliseconds": .object(spans),
        ]
    }

    private static func count(_ number: UInt64) -> JSONValue {
        .integer(Int64(clamping: number))
    }
}
