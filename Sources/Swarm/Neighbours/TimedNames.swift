import Wire

/// Names in the order in which they are due, each appended no earlier than the one before.
struct TimedNames: Sendable {
    private var entries: [(due: UInt64, name: NewsName)] = []
    private var start = 0

    /// Names that wait.
    var count: Int { entries.count - start }

    /// All that wait, the first due first.
    var names: [NewsName] { entries[start...].map(\.name) }

    /// When the first is due; nil when none waits.
    var first: UInt64? { start < entries.count ? entries[start].due : nil }

    mutating func append(_ name: NewsName, due: UInt64) {
        entries.append((due, name))
    }

    /// Takes the first name.
    mutating func removeFirst() -> NewsName? {
        guard start < entries.count else { return nil }
        defer { advance() }
        return entries[start].name
    }

    /// Takes the first name that is due by `now`.
    mutating func removeFirst(before now: UInt64) -> NewsName? {
        guard let first, first <= now else { return nil }
        return removeFirst()
    }

    private mutating func advance() {
        start += 1
        guard start > 64, start * 2 > entries.count else { return }
        entries.removeFirst(start)
        start = 0
    }
}
