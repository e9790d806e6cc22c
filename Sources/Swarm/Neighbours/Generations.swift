import Wire

/// A bounded set of names that forgets the oldest half at a time: two generations, of which the
/// older goes when the younger is full.
struct Generations: Sendable {
    private let limit: Int
    private var young = Set<NewsName>()
    private var old = Set<NewsName>()

    /// An empty set that keeps the last `limit` names at least, and at most twice as many.
    init(limit: Int) {
        self.limit = limit
    }

    func contains(_ name: NewsName) -> Bool { young.contains(name) || old.contains(name) }

    /// Takes a name; false when it is there already.
    mutating func insert(_ name: NewsName) -> Bool {
        guard !contains(name) else { return false }
        if young.count >= limit {
            old = young
            young = []
        }
        young.insert(name)
        return true
    }

    mutating func remove(_ name: NewsName) {
        young.remove(name)
        old.remove(name)
    }
}
