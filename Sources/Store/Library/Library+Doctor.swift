import Genome
import Host
import Wire

/// What a store holds, for a comparison of two times.
public struct StoreSnapshot: Equatable, Sendable {
    /// Layers that are here.
    public let layers: [Digest]
    /// Of them those that are pinned.
    public let pins: [Digest]
    /// Contracts over sealed blobs.
    public let contracts: [Digest]
    /// What all blobs take, by class and form.
    public let accounts: [BlobAccounts.Row]
    /// Blobs without a reason that is known.
    public let recovered: Int
}

/// Looking over the whole store, and making its database again.
extension Library {
    /// What the store holds now.
    public func snapshot() throws(StoreError) -> StoreSnapshot {
        StoreSnapshot(
            layers: try index.layers().map(\.id).sorted(), pins: try index.pins(),
            contracts: try holds().map(\.request.contract).sorted(),
            accounts: try index.accounts().rows,
            recovered: try index.blobs().count { $0.state == .recovered })
    }

    /// Checks everything that can be checked without reading the blobs' bytes: databases, journal,
    /// sums, and that files and rows name each other. With `repairs` what is found is put right as
    /// far as it can be: files without a row are listed, blobs without a file are fetched anew with
    /// the next look after the layer, and what nobody needs is removed.
    public func examine(repairs: Bool = false) throws(StoreError) -> [LayerCheck] {
        var checks = [try diskCheck(), try journalCheck(), try databaseCheck()]
        let objects = try BlobSweeper.objects(layout)
        if repairs {
            try recoverUnlisted()
            try reopenMissing(objects)
            try collect()
        }
        let rows = try index.blobs()
        checks.append(try sumsCheck())
        checks.append(try filesCheck(rows, objects))
        checks.append(try partsCheck(rows))
        checks.append(try layersCheck())
        if let check = try inPlaceCheck(repairs: repairs) { checks.append(check) }
        for blobClass in [nil] + BlobClass.allCases.map(Optional.some) {
            if let check = try quotaCheck(blobClass) { checks.append(check) }
        }
        return checks
    }

    private func diskCheck() throws(StoreError) -> LayerCheck {
        let space = try space()
        return LayerCheck(
            name: "disk", isSound: space.free >= space.floor,
            detail: "\(space.free) bytes free, \(space.floor) stay free")
    }

    private func journalCheck() throws(StoreError) -> LayerCheck {
        let applied = try index.appliedSequence()
        let events = try journal.replay(after: 0)
        let isWhole = UInt64(events.count) == journal.count && applied == journal.count
        return LayerCheck(
            name: "journal", isSound: isWhole && journal.notice == nil,
            detail: journal.notice ?? "\(events.count) entries, \(applied) of them in the index")
    }

    private func databaseCheck() throws(StoreError) -> LayerCheck {
        let words = try index.connection.withLock { connection throws(StoreError) in
            try connection.first("PRAGMA quick_check(1)") { $0.text(0) } ?? "no answer"
        }
        return LayerCheck(name: "index", isSound: words == "ok", detail: words)
    }

    private func sumsCheck() throws(StoreError) -> LayerCheck {
        let accounts = try index.accounts()
        let isEqual = try index.countedAccounts() == accounts.rows
        return LayerCheck(
            name: "accounts", isSound: isEqual,
            detail: isEqual
                ? "\(accounts.sum().stored) bytes on disk, as counted anew"
                : "the sums are not those of the rows")
    }

    private func filesCheck(
        _ rows: [BlobEntry], _ objects: [StoredBlob]
    ) throws(StoreError) -> LayerCheck {
        let complete = rows.filter { $0.state != .partial }
        let sizes = Dictionary(objects.map { ($0.id, $0.size) }) { first, _ in first }
        let known = Set(complete.map(\.id))
        let missing = complete.count { sizes[$0.id] != $0.size }
        let unlisted = objects.count { !known.contains($0.id) }
        return LayerCheck(
            name: "files", isSound: missing == 0 && unlisted == 0,
            detail: missing == 0 && unlisted == 0
                ? "\(complete.count) blobs, each with its file"
                : "\(missing) blobs lack their file, \(unlisted) files have no row")
    }

    private func partsCheck(_ rows: [BlobEntry]) throws(StoreError) -> LayerCheck {
        let partial = rows.filter { $0.state == .partial }
        let listed = Set(try BlobSweeper.parts(layout).map(\.blob))
        let stray = listed.subtracting(partial.map(\.id)).count
        return LayerCheck(
            name: "partial blobs", isSound: stray == 0,
            detail: stray == 0
                ? "\(partial.count), to be gone on with" : "\(stray) files have no row")
    }

    private func inPlaceCheck(repairs: Bool) throws(StoreError) -> LayerCheck? {
        let files = try inPlace()
        if files.isEmpty { return nil }
        let other = files.filter { $0.state != .same }
        if repairs {
            for file in other {
                guard let entry = try index.blob(file.blob) else { continue }
                try reopen(file.blob, size: entry.size)
            }
        }
        let isSound = other.isEmpty || repairs
        return LayerCheck(
            name: "files in place", isSound: isSound,
            detail: other.first.map {
                "\(other.count) of \(files.count) are \($0.state.rawValue)"
                    + (repairs ? " and given up" : "") + ", such as \($0.path)"
            } ?? "\(files.count), as they were")
    }

    private func layersCheck() throws(StoreError) -> LayerCheck {
        let damaged = try scrubState(now: Clock.wallMilliseconds()).damagedLayers
        return LayerCheck(
            name: "layers", isSound: damaged.isEmpty,
            detail: damaged.isEmpty
                ? "\(try index.layers().count), each with all its blobs"
                : "\(damaged.count) lack something, such as \(damaged[0])")
    }

    private func quotaCheck(_ blobClass: BlobClass?) throws(StoreError) -> LayerCheck? {
        guard let quota = try index.quota(blobClass) else { return nil }
        let accounts = try index.accounts()
        let used = blobClass.map(accounts.used) ?? accounts.used
        return LayerCheck(
            name: Index.quotaName(blobClass), isSound: used <= quota,
            detail: "\(used) of \(quota) bytes")
    }

    /// Makes blobs partial whose file is gone or has another size.
    private func reopenMissing(_ objects: [StoredBlob]) throws(StoreError) {
        let sizes = Dictionary(objects.map { ($0.id, $0.size) }) { first, _ in first }
        for entry in try index.blobs()
        where entry.state != .partial && sizes[entry.id] != entry.size {
            try reopen(entry.id, size: entry.size)
        }
    }

    // MARK: Rebuilding

    /// Makes the database of an open home again from blobs and journal, and gives the store with
    /// what it held before (nil where the old database cannot be read) and holds now. The old
    /// database is removed when the two agree, else it stays beside as `index.db.old`.
    public static func rebuild(
        _ home: Home, key: SigningKey
    ) throws(StoreError) -> (library: Library, before: StoreSnapshot?) {
        let before: StoreSnapshot?
        do {
            before = try Library(home, key: key).snapshot()
        } catch {
            before = nil
        }
        let layout = home.layout
        try onDisk { () throws(SystemError) in
            for suffix in ["", "-wal", "-shm"] where Directory.exists(layout.index + suffix) {
                try Directory.rename(layout.index + suffix, to: oldIndex(layout) + suffix)
            }
            try Directory.sync(layout.home)
        }
        let library = try Library(home, key: key)
        let after = try library.snapshot()
        if before == nil || after == before {
            try onDisk { () throws(SystemError) in
                for suffix in ["", "-wal", "-shm"] {
                    let path = oldIndex(layout) + suffix
                    if Directory.exists(path) { try Directory.removeFile(path) }
                }
            }
        }
        return (library, before)
    }

    private static func oldIndex(_ layout: Layout) -> String { layout.index + ".old" }
}
