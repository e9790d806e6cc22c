import Genome

/// How much a memory may hold and how long, as its layer says.
public struct MemoryLimits: Hashable, Sendable {
    /// Most entries.
    public let capacity: Int
    /// Seconds that an entry lasts; nil for ever.
    public let seconds: Int64?

    /// Limits; a capacity beyond what a memory can have is that.
    public init(capacity: Int = MemoryDatabase.capacityMax, seconds: Int64? = nil) {
        self.capacity = min(max(capacity, 0), MemoryDatabase.capacityMax)
        self.seconds = seconds
    }

    /// Those of a layer's `storage` section.
    public init(_ storage: JSONValue?) {
        let capacity = storage?["capacity"]?.integer.flatMap { Int(exactly: $0) }
        self.init(
            capacity: capacity ?? MemoryDatabase.capacityMax,
            seconds: storage?["persistenceDuration"]?.integer)
    }
}
