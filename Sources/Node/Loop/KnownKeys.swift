import Host
import Wire

/// The keys that the owner knows, read anew now and then: records come by the thousand.
final class KnownKeys: Sendable {
    /// A key that she has just begun to trust counts after this long.
    private static let lifeNanoseconds: UInt64 = 5_000_000_000

    private let read: @Sendable () -> Set<NodeKey>
    private let state = Lock<(keys: Set<NodeKey>, until: UInt64)>(([], 0))

    init(_ read: @escaping @Sendable () -> Set<NodeKey>) { self.read = read }

    /// The keys as they were a few seconds ago at most.
    var keys: Set<NodeKey> {
        let now = Clock.monotonic()
        let kept = state.withLock { $0.until > now ? $0.keys : nil }
        if let kept { return kept }
        let fresh = read()
        state.withLock { $0 = (fresh, now + Self.lifeNanoseconds) }
        return fresh
    }
}
