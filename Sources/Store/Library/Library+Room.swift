import Genome
import Host
import Wire

/// Taking room for what comes, and removing what goes.
///
/// A blob leaves in three steps: its rows go and its id is noted as doomed, in one transaction;
/// its files are renamed into `store/trash`, which takes as long for a terabyte as for a byte;
/// what lies there is deleted. The first two happen under the lock that every new file is put in
/// its place under, so that nobody finds a file that is about to go. A crash between any two is
/// put right at opening.
extension Library {
    /// Bytes that the disk may take before its floor is reached.
    private func diskRoom() throws(StoreError) -> UInt64 {
        let space = try onDisk { () throws(SystemError) in
            try Directory.space(at: layout.parts)
        }
        let floor = Space.floor(total: space.total)
        return space.free > floor ? space.free - floor : 0
    }

    /// Bytes that are free on the disk, that stay free, and that databases, journal and the log of
    /// decisions take beside the blobs.
    public func space() throws(StoreError) -> (free: UInt64, floor: UInt64, databases: UInt64) {
        try onDisk { () throws(SystemError) in
            let space = try Directory.space(at: layout.parts)
            var databases: UInt64 = 0
            for entry in try Directory.list(layout.home) where entry.kind == .file {
                databases += (try? File.facts(of: "\(layout.home)/\(entry.name)").size) ?? 0
            }
            for folder in [layout.journal, layout.access] {
                for entry in try Directory.list(folder) where entry.kind == .file {
                    databases += (try? File.facts(of: "\(folder)/\(entry.name)").size) ?? 0
                }
            }
            return (space.free, Space.floor(total: space.total), databases)
        }
    }

    /// Reserves room for blobs that are to be fetched, all or none; layers that are only cached
    /// give way.
    public func reserve(_ wanted: [BlobReference]) throws(StoreError) {
        let disk = try diskRoom()
        try makingRoom { () throws(StoreError) in
            try index.reserve(wanted, disk: disk, now: Clock.wallMilliseconds())
        }
    }

    /// Refuses blobs of a fetch that quota or disk have no room for, all of them together,
    /// whatever gave way. Nothing is reserved.
    public func requireRoom(toFetch wanted: [BlobReference]) throws(StoreError) {
        let disk = try diskRoom()
        try makingRoom { () throws(StoreError) in
            try index.makeRoom(toFetch: wanted, disk: disk, now: Clock.wallMilliseconds())
        }
    }

    /// Does something that adds `bytes` which are not known as a blob yet. They count from now
    /// until it ends; what it keeps counts by itself then.
    func withRoom<Result>(
        _ bytes: UInt64, as blobClass: BlobClass = .own,
        _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        let disk = try diskRoom()
        try makingRoom { () throws(StoreError) in
            try index.makeRoom(
                for: bytes, of: blobClass, disk: disk, now: Clock.wallMilliseconds(),
                promising: true)
        }
        do throws(StoreError) {
            let result = try body()
            try index.endPromise(bytes, for: blobClass)
            return result
        } catch {
            try? index.endPromise(bytes, for: blobClass)
            throw error
        }
    }

    /// Refuses what quota or disk have no room for, whatever gave way. Nothing is promised.
    public func requireRoom(for bytes: UInt64) throws(StoreError) {
        let disk = try diskRoom()
        try makingRoom { () throws(StoreError) in
            try index.makeRoom(for: bytes, of: .own, disk: disk, now: Clock.wallMilliseconds())
        }
    }

    private func makingRoom(
        _ body: () throws(StoreError) -> Eviction
    ) throws(StoreError) {
        let eviction = try places.withLock { _ throws(StoreError) in
            let eviction = try body()
            try clearAway(eviction.blobs)
            return eviction
        }
        if eviction.layers.isEmpty { return }
        for layer in eviction.layers { try unlink(layer) }
        try emptyTrash()
        let told = onEviction.withLock { $0 }
        told(eviction)
    }

    // MARK: Removal

    /// Removes a layer here, with the blobs that no other layer lists; the bytes set free. What a
    /// running fetch or import needs as well goes with the next collection.
    @discardableResult
    public func remove(_ layer: Digest) throws(StoreError) -> UInt64 {
        guard let entry = try index.layer(layer) else { throw .missing("layer \(layer)") }
        let blobs = try index.blobs(onlyOf: layer)
        try unlink(entry)
        releaseParents(blobs)
        try record(.remove(layer: layer))
        return try discard(blobs, added: entry.added)
    }

    /// Removes a blob that no layer and no contract lists: first from the index, then from the
    /// disk, so that what is listed is always there. Open readers keep their bytes.
    @discardableResult
    public func discard(_ blob: Digest) throws(StoreError) -> UInt64 { try discard([blob]) }

    /// The same for several; the bytes set free.
    @discardableResult
    public func discard(_ blobs: [Digest]) throws(StoreError) -> UInt64 {
        try discard(blobs, added: nil)
    }

    private func discard(_ blobs: [Digest], added: UInt64?) throws(StoreError) -> UInt64 {
        let bytes = try places.withLock { _ throws(StoreError) in
            let doomed = try index.doom(blobs, added: added, now: Clock.wallMilliseconds())
            try clearAway(doomed.blobs)
            return doomed.bytes
        }
        try emptyTrash()
        return bytes
    }

    /// What a collection did.
    public struct Collection: Equatable, Sendable {
        /// Blobs that were removed.
        public var blobs = 0
        /// Bytes that they took.
        public var bytes: UInt64 = 0
        /// The longest time that the writer was held, in nanoseconds.
        public var longestHold: UInt64 = 0
        /// The most that any hold took of a processor, in nanoseconds: the rest of a hold is
        /// waiting, for the disk or for other programs.
        public var longestWork: UInt64 = 0

        /// Nothing yet.
        public init() {}
    }

    /// A hold of the writer, from its making to its end, by one thread.
    struct Hold {
        private let begin = Clock.monotonic()
        private let work = Clock.threadTime()

        /// Notes how long it was.
        func end(_ collection: inout Collection) {
            collection.longestHold = max(collection.longestHold, Clock.monotonic() - begin)
            collection.longestWork = max(collection.longestWork, Clock.threadTime() - work)
        }
    }

    /// Blobs that are looked for at a time, beside whoever writes.
    private static let collectionRows = 512
    /// Most blobs that one step removes, each with four rows or two renames, while others wait.
    private static let collectionLimit = 16
    /// Most blobs whose files one round of removals moves away and forgets.
    private static let removalsMax = 4_096
    /// Most of them that are forgotten at a time, with one row each.
    private static let forgottenMax = 128

    /// Removes blobs that nothing lists and no lease keeps: what imports and fetches left that
    /// nobody goes on with. Looks for them through a connection of its own and takes them in short
    /// steps that wait for no disk, so that whoever writes meanwhile never waits long.
    @discardableResult
    public func collect(
        now: UInt64 = Clock.wallMilliseconds()
    ) throws(StoreError) -> Collection {
        var result = Collection()
        _ = try index.forgetLeases(before: now, &result)
        let reader = try index.reader()
        var after: Digest?
        repeat {
            let found = try Index.collectable(
                after: after, limit: Self.collectionRows, now: now, reader)
            for lot in Self.lots(of: found) {
                try index.doom(collectable: lot, now: now, &result)
                try index.writeBackIfLong()
            }
            after = found.count == Self.collectionRows ? found.last : nil
        } while after != nil
        try finishRemovals(&result, reader)
        return result
    }

    /// As many at a time as one step takes.
    private static func lots(
        of blobs: [Digest], by count: Int = collectionLimit
    ) -> [[Digest]] {
        stride(from: 0, to: blobs.count, by: count).map { start in
            Array(blobs[start..<min(start + count, blobs.count)])
        }
    }

    /// Removes the files of everything that is doomed, round by round. What is listed again was
    /// taken in anew after its removal had begun, and stays.
    private func finishRemovals(
        _ result: inout Collection, _ reader: SQLiteConnection
    ) throws(StoreError) {
        var after: Digest?
        repeat {
            let doomed = try Index.doomed(after: after, limit: Self.removalsMax, reader)
            if doomed.isEmpty { return }
            // No file goes before it is certain that its row stays gone.
            try index.makeDurable(&result)
            for lot in Self.lots(of: doomed) {
                try places.withLock { _ throws(StoreError) in
                    let hold = Hold()
                    defer { hold.end(&result) }
                    try clearAway(try index.unlisted(lot))
                }
            }
            try emptyTrash()
            try settleRemovals(doomed, &result)
            after = doomed.count == Self.removalsMax ? doomed.last : nil
        } while after != nil
    }

    /// Forgets what was doomed once the disk has forgotten it too, so that no power failure brings
    /// a file back that nothing knows of.
    private func settleRemovals(
        _ doomed: [Digest], _ result: inout Collection
    ) throws(StoreError) {
        try syncStore()
        for lot in Self.lots(of: doomed, by: Self.forgottenMax) {
            try places.withLock { _ throws(StoreError) in
                let hold = Hold()
                defer { hold.end(&result) }
                try index.forgetDoomed(lot)
            }
        }
        try index.writeBackIfLong()
    }

    /// Moves the files of doomed blobs into the trash; to be called with `places` held.
    private func clearAway(_ blobs: [Digest]) throws(StoreError) {
        guard !blobs.isEmpty else { return }
        for blob in blobs {
            for name in [ObjectName.plain(blob), .coded(blob)] {
                try layout.backend.remove(name)
            }
            for (path, suffix) in layout.places(of: blob) where Directory.exists(path) {
                try onDisk { () throws(SystemError) in
                    try Directory.rename(
                        path, to: "\(layout.trash)/\(blob.hexadecimal).\(suffix)")
                }
            }
        }
    }

    /// Deletes what removals moved away.
    func emptyTrash() throws(StoreError) {
        try onDisk { () throws(SystemError) in
            for entry in try Directory.list(layout.trash) {
                do throws(SystemError) {
                    try Directory.removeFile("\(layout.trash)/\(entry.name)")
                } catch {
                    // Another lane was faster.
                    guard error.isMissing else { throw error }
                }
            }
        }
    }

    /// Finishes what a crash left half done of removals and imports, and at the end of a session
    /// what is still to be done.
    func finishRemovals() throws(StoreError) {
        try index.forgetPromises()
        try index.forgetImports()
        var result = Collection()
        try finishRemovals(&result, try index.reader())
        try emptyTrash()
    }
}
