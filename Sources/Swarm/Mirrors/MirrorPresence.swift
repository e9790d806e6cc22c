import Wire

/// Which holders of copies are there. A session is the proof; where there is none they are called
/// from time to time.
struct MirrorPresence: Sendable {
    private struct Entry {
        /// Monotonic nanoseconds of the last moment at which it was certainly there.
        var seen: UInt64?
        /// Monotonic nanoseconds since when no call has reached it.
        var absentSince: UInt64?
        /// Monotonic nanoseconds of the last call.
        var called: UInt64?
    }

    private var entries: [NodeKey: Entry] = [:]

    /// Its session began, or stands.
    mutating func met(_ node: NodeKey, at now: UInt64) {
        entries[node, default: Entry()].seen = now
        entries[node]?.absentSince = nil
    }

    /// Its session ended, which may mean nothing: it is called soon.
    mutating func left(_ node: NodeKey, at now: UInt64) {
        guard entries[node] != nil else { return }
        entries[node]?.seen = now
        entries[node]?.called = nil
    }

    /// It did not answer a call.
    mutating func missed(_ node: NodeKey, at now: UInt64) {
        guard entries[node] != nil else { return }
        if entries[node]?.absentSince == nil { entries[node]?.absentSince = now }
    }

    /// Whether its copies count as lost: nothing has reached it for as long. One that was never
    /// called counts as there.
    func isGone(_ node: NodeKey, at now: UInt64, patience: UInt64) -> Bool {
        guard let since = entries[node]?.absentSince else { return false }
        return now - min(now, since) >= patience
    }

    /// Whether it was certainly there within the patience.
    func isSure(_ node: NodeKey, at now: UInt64, patience: UInt64) -> Bool {
        guard let entry = entries[node], let seen = entry.seen else { return false }
        return entry.absentSince == nil && now - min(now, seen) <= patience
    }

    /// Seconds for which no call has reached it; nil while one does or none was tried.
    func absence(of node: NodeKey, at now: UInt64) -> UInt64? {
        entries[node]?.absentSince.map { (now - min(now, $0)) / Span.second }
    }

    /// Those that are to be called now, all others being forgotten. Whoever is named twice counts
    /// once.
    mutating func due(_ wanted: Set<NodeKey>, at now: UInt64, pause: UInt64) -> [NodeKey] {
        entries = entries.filter { wanted.contains($0.key) }
        var due: [NodeKey] = []
        for node in wanted.sorted() {
            let called = entries[node]?.called
            guard called.map({ now - min(now, $0) >= pause }) ?? true else { continue }
            entries[node, default: Entry()].called = now
            due.append(node)
        }
        return due
    }
}
