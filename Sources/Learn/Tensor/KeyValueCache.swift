import CKernels
import Host

/// Keys and values of one sequence: for each block and head `capacity` rows of `headWidth`.
public final class KeyValueCache {
    /// Positions that fit.
    public let capacity: Int
    /// Positions that are filled.
    public internal(set) var count = 0
    let element: Element
    let headWidth: Int
    private let heads: Int
    private let memory: Memory
    private let start: UnsafeMutableRawPointer
    private let headBytes: Int

    /// An empty cache. Memory is taken from the system page by page as positions are filled.
    convenience init(
        _ architecture: Architecture, _ profile: Profile, capacity: Int
    ) throws(LearnError) {
        let bytes = Self.bytes(architecture, profile, capacity: capacity)
        let memory: Memory
        do throws(SystemError) {
            memory = try Memory(count: bytes)
        } catch {
            throw .request(.noMemory(bytes: bytes))
        }
        self.init(architecture, profile, capacity: capacity, in: memory, at: 0)
    }

    /// An empty cache in a part of `memory`, `bytes` long from `offset` on.
    init(
        _ architecture: Architecture, _ profile: Profile, capacity: Int, in memory: Memory,
        at offset: Int
    ) {
        self.capacity = capacity
        element = profile.cacheElement
        headWidth = architecture.headWidth
        heads = architecture.keyValueHeads
        headBytes = Self.headBytes(architecture, profile, capacity: capacity)
        self.memory = memory
        start = memory.start + offset
        precondition(
            offset + 2 * architecture.blocks * heads * headBytes <= memory.count,
            "a cache lies within its memory")
    }

    /// Bytes of a cache. So many for single positions are enough for any division among caches.
    static func bytes(_ a: Architecture, _ profile: Profile, capacity: Int) -> Int {
        2 * a.blocks * a.keyValueHeads * headBytes(a, profile, capacity: capacity)
    }

    private static func headBytes(_ a: Architecture, _ profile: Profile, capacity: Int) -> Int {
        (capacity * a.headWidth * profile.cacheElement.bytes + 63) / 64 * 64
    }

    /// Forgets positions from `count` on.
    public func truncate(to count: Int) {
        precondition((0...self.count).contains(count))
        self.count = count
    }

    /// First key of a head.
    func keys(block: Int, head: Int) -> UnsafeMutableRawPointer {
        start + 2 * (block * heads + head) * headBytes
    }

    /// First value of a head.
    func values(block: Int, head: Int) -> UnsafeMutableRawPointer {
        start + (2 * (block * heads + head) + 1) * headBytes
    }

    /// Stores one row of a head.
    func store(_ row: UnsafePointer<Float>, at position: Int, in start: UnsafeMutableRawPointer) {
        precondition(position < capacity)
        let place = start + position * headWidth * element.bytes
        if element == .float32 {
            place.copyMemory(from: row, byteCount: headWidth * 4)
        } else {
            plasmid_round_bf16(row, headWidth, place.assumingMemoryBound(to: UInt16.self))
        }
    }
}
