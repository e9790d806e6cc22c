import Wire

/// Which of the closed segments that a journal names are at hand, each found to be as named.
///
/// Retention removes the oldest segments first. So those that are missing before the first one at
/// hand are past their time, and one that is missing behind it was taken out by somebody.
public struct AccessCoverage: Equatable, Sendable {
    /// What the journal says of a segment, and what was found of it.
    private struct Named: Equatable, Sendable {
        let count: UInt64
        let root: Digest
        let isHere: Bool
        let isSound: Bool
    }

    private var named: [UInt64: Named] = [:]
    /// Names of files of closed segments that the journal says nothing of, in order.
    public internal(set) var unlisted: [String] = []

    init() {}

    /// Segments at hand with the entries that the journal names.
    public var found: [UInt64] { numbers { $0.isHere && $0.isSound } }
    /// Segments with other entries than the journal names.
    public var changed: [UInt64] { numbers { !$0.isSound } }
    /// Segments that are gone, all older than those at hand.
    public var expired: [UInt64] {
        let gone = numbers { !$0.isHere }
        guard let oldest = numbers(where: { $0.isHere }).first else { return gone }
        return gone.filter { $0 < oldest }
    }
    /// Segments that are gone though an older one is at hand.
    public var missing: [UInt64] {
        guard let oldest = numbers(where: { $0.isHere }).first else { return [] }
        return numbers { !$0.isHere }.filter { $0 > oldest }
    }

    private func numbers(where isWanted: (Named) -> Bool) -> [UInt64] {
        named.filter { isWanted($0.value) }.keys.sorted()
    }

    /// Takes in what an entry of the journal says of a segment. `read` gives its bytes, nil where
    /// it is gone, and is asked once: a journal that names one segment again and again costs no
    /// more than one that names it once. Whether it is as the entry says, or gone.
    @discardableResult
    mutating func take(
        segment: UInt64, count: UInt64, root: Digest,
        read: () throws(StoreError) -> [UInt8]?
    ) throws(StoreError) -> Bool {
        if let before = named[segment] {
            let isSame = before.count == count && before.root == root
            let isSound = before.isSound && isSame
            named[segment] = Named(
                count: count, root: root, isHere: before.isHere, isSound: isSound)
            return isSound
        }
        guard let bytes = try read() else {
            named[segment] = Named(count: count, root: root, isHere: false, isSound: true)
            return true
        }
        var log = MerkleLog()
        var length = 0
        for entry in AccessSegment.entries(in: bytes) {
            _ = log.append(entry.bytes)
            length += 2 + entry.bytes.count
        }
        let isSound = length == bytes.count && log.count == count && log.root == root
        named[segment] = Named(count: count, root: root, isHere: true, isSound: isSound)
        return isSound
    }

    /// Notes which of the files in a folder of segments no entry names; `names` in order.
    mutating func note(files names: [String]) {
        let listed = Set(named.keys.map { AccessSegment.name($0, "log") })
        unlisted = names.filter { !listed.contains($0) }
    }
}

extension AccessLog {
    /// Which segments of this home the journal names, whether they are as it says, and which of
    /// those that are closed it does not name.
    public func coverage(of events: [JournalEvent]) throws(StoreError) -> AccessCoverage {
        var coverage = AccessCoverage()
        for event in events {
            guard case .access(let segment, let count, let root)? = event.change else { continue }
            try coverage.take(segment: segment, count: count, root: root) {
                () throws(StoreError) in try read(segment: segment)
            }
        }
        coverage.note(files: try closedNames())
        return coverage
    }
}
