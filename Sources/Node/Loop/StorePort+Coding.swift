import Host
import Store
import Swarm
import Wire

/// A group that was to be read for a peer.
enum ReadGroup: Equatable, Sendable {
    /// Its bytes.
    case plain
    /// Their coded form.
    case coded(GroupCoding)
    /// Nothing: the blob is not readable.
    case unreadable
}

/// Groups that leave coded, and those that came so. Both on the lane of the group, like reading and
/// writing it: links and loop do not wait for a coder, and at most as many work as there are
/// lanes.
extension StorePort {
    /// Groups that wait to be coded beyond which they leave as they are: more than are read at a
    /// time for peers that take them, so the lanes are behind and not the lines.
    private static let codedWaitingMax = ServeQueue.sendingMax + 8

    /// Reads a group in the form in which it leaves; nil for as it is.
    func read(
        _ request: GroupRequest, _ partial: PartialBlob?, into buffer: Buffer
    ) throws(StoreError) -> GroupCoding? {
        let isBehind = isBehind(request)
        let accepts = request.isWhole && !isBehind ? request.accepts : nil
        let index = Int(request.group)
        if let partial, let count = try partial.read(group: index, into: buffer) {
            buffer.count = count
            Self.cut(buffer, to: request, size: partial.size)
            guard let accepts else { return nil }
            return code(request, accepts, in: buffer, isWhole: false) {
                parents throws(StoreError) in
                try SendPlan(size: partial.size, parents: parents) { range throws(StoreError) in
                    try Self.bytes(range, of: partial)
                }
            }
        }
        let reader = try readers.reader(request.blob, layout: library.layout)
        if let accepts, accepts.parents == nil,
            let coding = try? reader.readCoded(group: index, into: buffer)
        {
            return coding
        }
        buffer.count = try reader.read(group: index, into: buffer)
        Self.cut(buffer, to: request, size: reader.size)
        guard let accepts else { return nil }
        return code(request, accepts, in: buffer, isWhole: true) { parents throws(StoreError) in
            try SendPlan(size: reader.size, parents: parents) { range throws(StoreError) in
                try reader.bytes(range)
            }
        }
    }

    /// Whether so many groups wait to be coded that this one leaves as it is.
    private func isBehind(_ request: GroupRequest) -> Bool {
        guard request.accepts != nil else { return false }
        return codedWaiting.withLock { waiting in
            defer { waiting -= 1 }
            return waiting > Self.codedWaitingMax
        }
    }

    /// Codes a group that was read; nil, and the bytes are as they were, where that does not make
    /// it shorter or cannot be done now.
    private func code(
        _ request: GroupRequest, _ accepts: AcceptedCodings, in buffer: Buffer, isWhole: Bool,
        _ make: ([BlobReader]) throws(StoreError) -> SendPlan?
    ) -> GroupCoding? {
        let parents = accepts.parents?.blobs ?? []
        do throws(StoreError) {
            let plan = try plans.plan(request.blob, parents, isWhole: isWhole) {
                () throws(StoreError) in
                var open: [BlobReader] = []
                for parent in parents {
                    open.append(try readers.reader(parent, layout: library.layout))
                }
                return try make(open)
            }
            return try plan?.code(group: Int(request.group), in: buffer)
        } catch {
            return nil
        }
    }

    /// Bytes of a blob that is on its way here; nil where they are not here yet.
    private static func bytes(
        _ range: Range<UInt64>, of partial: PartialBlob
    ) throws(StoreError) -> [UInt8]? {
        let buffer = Buffer(capacity: HashTree.groupBytes)
        var bytes: [UInt8] = []
        while range.lowerBound + UInt64(bytes.count) < range.upperBound {
            let position = range.lowerBound + UInt64(bytes.count)
            let group = Int(position / UInt64(HashTree.groupBytes))
            let start = Int(position % UInt64(HashTree.groupBytes))
            guard let count = try partial.read(group: group, into: buffer), start < count else {
                return nil
            }
            bytes += buffer.bytes(start..<min(count, start + Int(range.upperBound - position)))
        }
        return bytes
    }

    // MARK: Groups that came

    /// Decodes a group that came, proves it and writes it; `done` gets the buffer back.
    func decode(_ group: CodedGroup, done: @escaping @Sendable (Buffer) -> Void) {
        let request = group.request
        guard let partial = partials.withLock({ $0[request.blob] }) else {
            return done(group.buffer)
        }
        lane(request.group).submit { [self] in
            let wire = UInt64(group.buffer.count)
            let index = Int(request.group)
            do throws(ArrivedGroup.Fault) {
                let count = HashTree.groupRange(index, size: group.layer.size).count
                try ArrivedGroup.decode(
                    group.coding, count: count, in: group.buffer,
                    parents: try parents(of: group))
                let values = group.buffer.withSpan(0..<count) { bytes in
                    group.layer.leafValues(ifMatching: bytes, at: index)
                }
                guard let values else { throw .malformed(.malformed("they are another group's")) }
                let proven = VerifiedGroup(
                    session: group.session, request: request, buffer: group.buffer,
                    leafValues: values)
                write(proven, to: partial, byteCount: UInt64(count), wire: wire)
                done(group.buffer)
            } catch {
                post(Self.answer(to: error, group))
                done(group.buffer)
            }
        }
    }

    /// Whose fault it is: bytes that are coded by themselves are their sender's alone; of others
    /// it may be this node's copy of a parent.
    private static func answer(to fault: ArrivedGroup.Fault, _ group: CodedGroup) -> Input {
        if case .malformed = fault, group.coding == .dense {
            return .groupRefuted(group.session, request: group.request.request)
        }
        return .groupUnreadable(group.session, request: group.request.request)
    }

    private func parents(of group: CodedGroup) throws(ArrivedGroup.Fault) -> [BlobReader] {
        guard group.coding == .delta else { return [] }
        var open: [BlobReader] = []
        do throws(StoreError) {
            for parent in group.request.accepts?.parents?.blobs ?? [] {
                open.append(try readers.reader(parent, layout: library.layout))
            }
        } catch {
            throw .unable(error)
        }
        return open
    }
}
