import Host
import Store
import Swarm
import Wire

/// Parts of groups: cut out of a group for a peer, and put together where they come. On the lane
/// of their group, like reading and writing it.
extension StorePort {
    /// Leaves in the buffer, which holds the whole group of a blob of `size` bytes, what was asked
    /// for: a part with its path behind it, or bytes alone.
    static func cut(_ buffer: Buffer, to request: GroupRequest, size: UInt64) {
        guard !request.isWhole else { return }
        guard let part = request.part(size: size) else {
            let start = min(buffer.count, Int(request.firstLeaf) * HashTree.leafBytes)
            let asked = Int(request.leafCount) * HashTree.leafBytes
            let rest = buffer.count - start
            return keep(start..<start + (request.leafCount == 0 ? rest : min(asked, rest)), buffer)
        }
        let path = buffer.withSpan(0..<buffer.count) { part.path(inGroup: $0) }
        keep(part.byteRange, buffer)
        buffer.store(path, at: buffer.count)
        buffer.count += path.count
    }

    private static func keep(_ range: Range<Int>, _ buffer: Buffer) {
        buffer.move(from: range.lowerBound, to: 0, count: range.count)
        buffer.count = range.count
    }

    /// Keeps a part that was proven; with the last one of a group it is written. On its lane.
    func take(
        _ part: GroupPart, _ group: VerifiedGroup, into partial: PartialBlob,
        done: (Buffer) -> Void
    ) {
        let request = group.request
        let byteCount = UInt64(part.byteRange.count)
        let wire = UInt64(group.buffer.count)
        defer { done(group.buffer) }
        guard !partial.groups.contains(part.group) else {
            // It came whole, or another copy of its last part did.
            return post(
                .groupStored(
                    group.session, request: request.request, byteCount: byteCount, wire: wire))
        }
        let outcome = shelf.keep(
            part, of: request.blob, group.buffer, leafValues: group.leafValues)
        switch outcome {
        case .kept:
            post(
                .partKept(
                    group.session, request: request.request, byteCount: byteCount, wire: wire))
        case .full: post(.partLost(group.session, request: request.request))
        case .whole(let buffer, let leafValues):
            let whole = VerifiedGroup(
                session: group.session, request: request, buffer: buffer, leafValues: leafValues)
            write(whole, to: partial, byteCount: byteCount, wire: wire)
        }
    }

    /// Forgets the parts of a group.
    func dropParts(of blob: Digest, group: UInt64) {
        lane(group).submit { [shelf] in shelf.drop(group, of: blob) }
    }

    /// Forgets the parts of a blob that is let go. Those that are on their way to a lane find that
    /// nobody fetches it any more.
    func dropParts(of blob: Digest) {
        for lane in 0..<2 as Range<UInt64> {
            self.lane(lane).submit { [self] in
                for group in shelf.groups(of: blob) where group % 2 == lane {
                    shelf.drop(group, of: blob)
                }
            }
        }
    }
}
