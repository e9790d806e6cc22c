import Host
import Wire

/// A blob that is being fetched: its bytes, its leaf values and which groups are there.
///
/// Groups come verified and may be written from any lane at once. What is there is durable only
/// from one *checkpoint* to the next: `checkpoint` syncs the files and gives the set that the
/// index then commits. So the set on disk may lag behind the bytes but never leads them.
public final class PartialBlob: Sendable {
    /// What a checkpoint made durable: to be committed to the index.
    public struct Checkpoint: Equatable, Sendable {
        /// The blob.
        public let id: Digest
        /// The groups whose bytes and leaf values are on disk.
        public let groups: GroupSet
    }

    private struct State {
        var groups: GroupSet
        var durable: GroupSet
        var layer: GroupLayer?
        var dirtyBytes: UInt64 = 0
        var dirtySince: UInt64?
        var hasFailed = false
        /// Whether whole groups go past the page cache.
        var isDirect = true
        /// Mean nanoseconds of reading one back so; nil before the first.
        var readSpan: UInt64?
        /// Whether the files' names are durable.
        var isNamed = false
        var isMoved = false
    }

    /// A checkpoint is due after so many bytes …
    static let checkpointBytes: UInt64 = 32 << 20
    /// … or so many nanoseconds after the first write since the last one.
    static let checkpointNanoseconds: UInt64 = 1_000_000_000
    /// Mean nanoseconds of a direct read of a group from which on the page cache is used: a disk
    /// that spins takes 15 to 25 ms (a seek, half a turn, 1 MiB), a solid one 0.5 to 4 under load.
    static let readSpanMax: UInt64 = 12_000_000

    /// The blob.
    public let id: Digest
    /// Its number of bytes.
    public let size: UInt64
    private let layout: Layout
    /// Whether it was begun before.
    let isThere: Bool
    let data: File
    /// The same file for whole groups, past the page cache: new pages cost more than the disk where
    /// memory is dear. Nil where the file system cannot, and for blobs of one group.
    private let direct: File?
    /// Its leaf values; nil for a blob of one group.
    let leaves: File?
    private let state: Lock<State>

    /// Opens the partial blob, making its files where there are none. `groups` is what the index
    /// committed at the last checkpoint; nil for a new blob. Space is reserved here, before the
    /// first byte.
    public init(
        _ id: Digest, size: UInt64, layout: Layout, groups: GroupSet?
    ) throws(StoreError) {
        guard size <= Limits.blobBytesMax else { throw .refused("a blob has at most 1 TiB") }
        let count = HashTree.groupCount(size: size)
        self.id = id
        self.size = size
        self.layout = layout
        let isThere =
            Directory.exists(layout.partData(id))
            && (!Layout.keepsTree(size: size) || Directory.exists(layout.partLeaves(id)))
        let groups = isThere ? groups : nil
        self.isThere = isThere
        // A small one's blocks are taken where it is written: who opened it reserved its room, and
        // a call to the system less is what makes thousands of them faster.
        if !isThere, Layout.keepsTree(size: size) { try Space.require(size, at: layout.parts) }
        do throws(StoreError) {
            (data, leaves) = try Self.openFiles(id, size: size, layout: layout)
        } catch {
            if !isThere { try? Self.discard(id, layout: layout) }
            throw error
        }
        let direct = leaves == nil ? nil : try? File(data.path, .write)
        self.direct = direct?.setDirect(true) == true ? direct : nil
        let present = groups?.count == count ? groups : nil
        let set = present ?? GroupSet(count: count)
        state = Lock(State(groups: set, durable: set, layer: nil))
        let layer = try Self.readLayer(id, size: size, layout: layout)
        state.withLock { $0.layer = layer }
    }

    private static func openFiles(
        _ id: Digest, size: UInt64, layout: Layout
    ) throws(StoreError) -> (data: File, leaves: File?) {
        try onDisk(bytes: size) { () throws(SystemError) in
            let data = try File(layout.partData(id), .create, mode: 0o600)
            let leaves =
                Layout.keepsTree(size: size)
                ? try File(layout.partLeaves(id), .create, mode: 0o600) : nil
            try data.resize(to: size)
            // Takes the blocks now, so that a full disk shows before the first byte is asked for.
            if leaves != nil { _ = try data.reserve(size: size) }
            return (data, leaves)
        }
    }

    private static func readLayer(
        _ id: Digest, size: UInt64, layout: Layout
    ) throws(StoreError) -> GroupLayer? {
        if let layer = GroupLayer(singleGroup: id, size: size) { return layer }
        let limit = HashTree.groupCount(size: size) * HashTree.valueBytes
        guard let values = try DurableFile.read(layout.partGroups(id), limit: limit) else {
            return nil
        }
        // A damaged file is as good as none: the layer is fetched again.
        return try? GroupLayer(id: id, size: size, values: values)
    }

    // MARK: Reading the state

    /// Whether whole groups go past the page cache.
    var isDirect: Bool { state.withLock { $0.isDirect } && direct != nil }

    /// The verified group layer; nil until `install`.
    public var layer: GroupLayer? { state.withLock { $0.layer } }

    /// The groups that are there now, whether durable or not.
    public var groups: GroupSet { state.withLock { $0.groups } }

    /// Whether its file holds any byte, marked or not.
    public var mayHoldBytes: Bool { (try? data.nextData(from: 0)) ?? nil != nil }

    /// Whether a checkpoint should be made now.
    public func isCheckpointDue(now: UInt64 = Clock.monotonic()) -> Bool {
        state.withLock { state in
            guard let since = state.dirtySince else { return false }
            return state.dirtyBytes >= Self.checkpointBytes
                || now >= since + Self.checkpointNanoseconds
        }
    }

    // MARK: Writing

    /// Keeps the group layer for this and, where the disk has room, for later sessions; without
    /// it only what was written behind the last checkpoint is not found again.
    public func install(_ layer: GroupLayer) throws(StoreError) {
        precondition(layer.id == id && layer.size == size)
        state.withLock { $0.layer = layer }
        if layer.count == 1 { return }
        do {
            try DurableFile.write(layer.values, to: layout.partGroups(id))
        } catch {
            guard case .diskFull = error else { throw error }
        }
    }

    /// Writes a verified group, the first bytes of `buffer`, with its leaf values. A full disk
    /// is an error of this group only: it can be written again when there is room.
    public func write(
        group index: Int, _ buffer: Buffer, at start: Int = 0, leafValues: [UInt8]
    ) throws(StoreError) {
        let range = HashTree.groupRange(index, size: size)
        let leafRange = HashTree.leaves(ofGroup: index, size: size)
        precondition(leafValues.count == leafRange.count * HashTree.valueBytes)
        try requireSound()
        try onDisk(bytes: UInt64(range.count)) { () throws(SystemError) in
            try put(buffer, at: start, range)
            try leaves?.write(
                leafValues, offset: UInt64(leafRange.lowerBound * HashTree.valueBytes))
        }
        note(index, bytes: UInt64(range.count))
    }

    /// Writes the bytes of a group, past the page cache where that goes.
    private func put(_ buffer: Buffer, at start: Int, _ range: Range<UInt64>) throws(SystemError) {
        let isWritten = try pastCache(range, at: start) { direct throws(SystemError) in
            try direct.write(buffer, at: start, count: range.count, offset: range.lowerBound)
            return true
        }
        if isWritten == true { return }
        try data.write(buffer, at: start, count: range.count, offset: range.lowerBound)
        // A small blob is synced at once, with others.
        guard leaves != nil else { return }
        data.startWriteback(offset: range.lowerBound, count: UInt64(range.count))
    }

    private func note(_ index: Int, bytes: UInt64) {
        let now = Clock.monotonic()
        state.withLock { state in
            state.groups.insert(index)
            state.dirtyBytes += bytes
            if state.dirtySince == nil { state.dirtySince = now }
        }
    }

    /// Reads a group that is there, to serve it while the rest is fetched; the number of bytes.
    /// Nil if it is not there.
    public func read(group index: Int, into buffer: Buffer, at start: Int = 0) throws(StoreError)
        -> Int?
    {
        guard (0..<groups.count).contains(index), groups.contains(index) else { return nil }
        let range = HashTree.groupRange(index, size: size)
        let count = try onDisk { () throws(SystemError) in
            if let count = try get(range, into: buffer, at: start) { return count }
            return try data.read(
                into: buffer, at: start, count: range.count, offset: range.lowerBound)
        }
        guard count == range.count else { throw .damaged(data.path) }
        return count
    }

    /// Reads the bytes of a group past the page cache; nil where that does not go, or not any more.
    private func get(
        _ range: Range<UInt64>, into buffer: Buffer, at start: Int
    ) throws(SystemError) -> Int? {
        try pastCache(range, at: start) { direct throws(SystemError) in
            let begun = Clock.monotonic()
            let count = try direct.read(
                into: buffer, at: start, count: range.count, offset: range.lowerBound)
            noteRead(Clock.monotonic() - begun)
            return count
        }
    }

    /// Does `body` with the file past the page cache, for a whole group at a place in memory that
    /// suits the disk; nil where that does not go, or not any more.
    private func pastCache<Result>(
        _ range: Range<UInt64>, at start: Int, _ body: (File) throws(SystemError) -> Result
    ) throws(SystemError) -> Result? {
        let isWhole = range.count == HashTree.groupBytes && start % File.directBytes == 0
        guard let direct, isWhole, state.withLock({ $0.isDirect }) else { return nil }
        do throws(SystemError) {
            return try body(direct)
        } catch {
            // A file system can take the flag and not the call.
            guard error.isInvalid else { throw error }
            state.withLock { $0.isDirect = false }
            return nil
        }
    }

    /// Where the disk takes long to give a group back, what follows goes through the page cache:
    /// others fetch it from here, and a disk that spins would seek between the two.
    func noteRead(_ span: UInt64) {
        state.withLock { state in
            let mean = state.readSpan.map { ($0 * 7 + span) / 8 } ?? span
            state.readSpan = mean
            if mean > Self.readSpanMax { state.isDirect = false }
        }
    }

    // MARK: Durability

    /// Syncs what was written and gives what the index may now commit; nil if nothing is new.
    /// After a failed sync the kernel has forgotten which pages were lost, so the blob refuses
    /// everything until it is opened again from its last checkpoint.
    public func checkpoint() throws(StoreError) -> Checkpoint? {
        try requireSound()
        let (groups, durable) = state.withLock { state in
            state.dirtyBytes = 0
            state.dirtySince = nil
            return (state.groups, state.durable)
        }
        if groups == durable { return nil }
        try syncFiles()
        state.withLock { $0.durable = groups }
        return Checkpoint(id: id, groups: groups)
    }

    /// The index could not take the last checkpoint: the next one, due in a while, gives all of it
    /// again.
    func takeBackCheckpoint() {
        let now = Clock.monotonic()
        state.withLock { state in
            state.durable = GroupSet(count: state.durable.count)
            state.dirtySince = state.dirtySince ?? now
        }
    }

    private func syncFiles() throws(StoreError) {
        do {
            try data.syncData()
            try leaves?.syncData()
            // Groups are not durable in a file whose name is not.
            if !state.withLock({ $0.isNamed }) { try Directory.sync(layout.parts) }
            state.withLock { $0.isNamed = true }
        } catch {
            state.withLock { $0.hasFailed = true }
            throw .lostWrites(path: data.path)
        }
    }

    private func requireSound() throws(StoreError) {
        if state.withLock({ $0.hasFailed }) { throw .lostWrites(path: data.path) }
    }

    /// Makes a blob with all its groups a complete one: synced, read-only, under its name. The
    /// index is told after this; a crash in between is repaired at the next start.
    public func complete() throws(StoreError) {
        try requireSound()
        if state.withLock({ $0.isMoved }) { return }
        do throws(SystemError) {
            for file in [leaves, data].compactMap({ $0 }) { try BlobPlace.finish(file) }
        } catch {
            state.withLock { $0.hasFailed = true }
            throw StoreError(error)
        }
        try place()
        try layout.backend.sync([.plain(id)])
        if leaves != nil {
            try onDisk { () throws(SystemError) in
                try BlobPlace.syncNames(of: layout.tree(id))
            }
        }
    }

    /// Gives a blob whose bytes are durable its name, which is not yet.
    func place() throws(StoreError) {
        try requireSound()
        precondition(groups.isComplete, "every group must be there")
        if state.withLock({ $0.isMoved }) { return }
        // An import brought it meanwhile, and took the files of this one away.
        if !Directory.exists(data.path), layout.isComplete(id, size: size) {
            return state.withLock { $0.isMoved = true }
        }
        // The bytes first: an object without leaf values can make them again.
        try onDisk { () throws(SystemError) in try data.setMode(0o444) }
        try layout.backend.put(data, as: .plain(id))
        try onDisk { () throws(SystemError) in
            if let leaves {
                try leaves.setMode(0o444)
                try BlobPlace.rename(leaves, to: layout.tree(id))
            }
        }
        state.withLock { $0.isMoved = true }
        if leaves == nil { return }
        for path in [layout.partLeaves(id), layout.partGroups(id)] where Directory.exists(path) {
            try onDisk { () throws(SystemError) in try Directory.removeFile(path) }
        }
    }

    /// Writes what is still to be written, so that `complete` has little left to wait for.
    public func prepareCompletion() throws(StoreError) {
        try requireSound()
        if !state.withLock({ $0.isMoved }) { try syncFiles() }
    }

    /// Removes the files of a blob that is no longer wanted.
    public static func discard(_ id: Digest, layout: Layout) throws(StoreError) {
        let paths = [layout.partData(id), layout.partLeaves(id), layout.partGroups(id)]
        for path in paths where Directory.exists(path) {
            try onDisk { () throws(SystemError) in try Directory.removeFile(path) }
        }
    }
}
