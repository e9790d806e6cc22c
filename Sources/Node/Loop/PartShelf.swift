import Host
import Swarm
import Wire

/// Parts of groups that came and were proven, in memory until their groups are whole: nothing of
/// a group is written before all of it is here. They outlive the connections that brought them,
/// not the process.
///
/// What is done with one group happens on its lane, one after the other; the lock is for the table.
final class PartShelf: Sendable {
    /// What became of a part.
    enum Outcome {
        /// Others are missing.
        case kept
        /// The group is whole: its bytes, and the values of all its leaves.
        case whole(Buffer, leafValues: [UInt8])
        /// There is no room for another group.
        case full
    }

    private struct Place: Hashable {
        let blob: Digest
        let group: UInt64
    }

    private struct Entry {
        let buffer: Buffer
        var leafValues: [UInt8]
        var here = LeafSet()
    }

    /// A group more for each of those that the core gave up a moment ago.
    private static let slack = 4

    private let entries = Lock([Place: Entry]())
    private let pool = Pool(
        bufferBytes: HashTree.groupBytes, limit: PartLimits.groupsMax + slack)

    /// Bytes of memory that it takes, also where it is empty again.
    var bytes: Int { pool.bytes }

    /// Groups of which parts are here.
    var count: Int { entries.withLock { $0.count } }

    /// Keeps the leaves of a part, the first bytes of `source`, with their values.
    func keep(
        _ part: GroupPart, of blob: Digest, _ source: Buffer, leafValues: [UInt8]
    ) -> Outcome {
        let place = Place(blob: blob, group: UInt64(part.group))
        let leaves = HashTree.leaves(ofGroup: part.group, size: part.size).count
        guard var entry = entries.withLock({ $0[place] }) ?? entry(leaves: leaves) else {
            return .full
        }
        source.copy(0..<part.byteRange.count, into: entry.buffer, at: part.byteRange.lowerBound)
        let first = part.leaves.lowerBound * HashTree.valueBytes
        entry.leafValues.replaceSubrange(first..<first + leafValues.count, with: leafValues)
        entry.here.formUnion(LeafSet(part.leaves))
        let changed = entry
        entries.withLock { $0[place] = changed }
        guard LeafSet(0..<leaves).isSubset(of: entry.here) else { return .kept }
        entry.buffer.count = HashTree.groupRange(part.group, size: part.size).count
        return .whole(entry.buffer, leafValues: entry.leafValues)
    }

    private func entry(leaves: Int) -> Entry? {
        pool.take().map { buffer in
            let values = [UInt8](repeating: 0, count: leaves * HashTree.valueBytes)
            return Entry(buffer: buffer, leafValues: values)
        }
    }

    /// Forgets what is here of a group; on its lane.
    func drop(_ group: UInt64, of blob: Digest) {
        let place = Place(blob: blob, group: group)
        guard let entry = entries.withLock({ $0.removeValue(forKey: place) }) else { return }
        pool.put(entry.buffer)
    }

    /// The groups of a blob of which parts are here.
    func groups(of blob: Digest) -> [UInt64] {
        entries.withLock { entries in entries.keys.filter { $0.blob == blob }.map(\.group) }
    }
}
