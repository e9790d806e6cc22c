import Host
import Wire

/// Groups of a complete blob that peers read from here: what the page cache has comes from it, the
/// rest past it the first time and through it from the second time on.
///
/// Peers that fetch together give groups on among themselves, so that most leave a source once:
/// serving a model of a hundred gigabytes then pushes nothing out of the cache. A group that is
/// wanted twice is wanted by many.
final class ColdGroups: Sendable {
    private let file: File
    private let direct: DirectFile
    private let served: Lock<GroupSet>

    /// Groups of the blob in `file`; nil where there is no way past the cache.
    init?(_ file: File, groupCount: Int) {
        guard groupCount > 1, let direct = DirectFile(file.path, .read) else { return nil }
        // Another file can have taken the name meanwhile.
        guard let one = try? file.facts(), let other = try? direct.facts(),
            (one.device, one.inode) == (other.device, other.inode)
        else { return nil }
        self.file = file
        self.direct = direct
        served = Lock(GroupSet(count: groupCount))
    }

    /// Reads a group past the page cache where that is the better way; the number of bytes, nil
    /// where it should come through it.
    func read(
        group index: Int, _ range: Range<UInt64>, into buffer: Buffer, at start: Int
    ) throws(SystemError) -> Int? {
        let isFirst = served.withLock { served in
            defer { served.insert(index) }
            return !served.contains(index)
        }
        guard isFirst, direct.isUsed,
            !file.isCached(offset: range.lowerBound, count: range.count)
        else { return nil }
        return try direct.read(range, into: buffer, at: start)
    }
}
