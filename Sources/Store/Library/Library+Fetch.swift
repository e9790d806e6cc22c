import Host
import Wire

/// What a fetch needs of the library, one blob at a time.
extension Library {
    /// Whether a blob is here whole.
    public func holds(_ blob: Digest) throws(StoreError) -> Bool {
        guard let entry = try index.blob(blob) else { return false }
        return entry.state != .partial
    }

    /// Opens a blob to be fetched, new or from an earlier session, with room reserved within
    /// quota and disk. What a killed process had written behind its last checkpoint is found
    /// again where the group layer is here.
    public func partial(_ id: Digest, size: UInt64) throws(StoreError) -> PartialBlob {
        try index.reserve([(id, size)], now: Clock.wallMilliseconds())
        let groups = try index.durableGroups(of: id, size: size)
        let partial = try PartialBlob(id, size: size, layout: layout, groups: groups)
        _ = try partial.salvage()
        return partial
    }

    /// Syncs a partial blob and commits what is durable of it.
    public func checkpoint(_ partial: PartialBlob) throws(StoreError) {
        guard let checkpoint = try partial.checkpoint() else { return }
        do {
            try index.commit(checkpoint)
        } catch {
            partial.takeBackCheckpoint()
            throw error
        }
    }

    /// Makes a blob with all its groups a complete one.
    public func complete(_ partial: PartialBlob) throws(StoreError) {
        try partial.complete()
        try index.complete(
            partial.id, size: partial.size, sha256: nil, now: Clock.wallMilliseconds())
    }

    /// Brings an open file of the owner into the store.
    public func importFile(
        _ file: File, progress: (UInt64) -> Void = { _ in }
    ) throws(StoreError) -> ImportedBlob {
        let facts = try onDisk { () throws(SystemError) in try file.facts() }
        try requireQuota(facts.size)
        let blob = try BlobImport.run(file, into: layout, progress: progress)
        try index.complete(
            blob.id, size: blob.size, sha256: blob.sha256, now: Clock.wallMilliseconds())
        return blob
    }

    /// Brings bytes into the store: tensor tables, licence texts.
    public func importBytes(_ bytes: [UInt8]) throws(StoreError) -> ImportedBlob {
        try requireQuota(UInt64(bytes.count))
        let blob = try BlobImport.run(bytes: bytes, into: layout)
        try index.complete(
            blob.id, size: blob.size, sha256: blob.sha256, now: Clock.wallMilliseconds())
        return blob
    }

    /// Refuses what quota or disk have no room for.
    public func requireRoom(for bytes: UInt64) throws(StoreError) {
        try requireQuota(bytes)
        try Space.require(bytes, at: layout.parts)
    }

    private func requireQuota(_ bytes: UInt64) throws(StoreError) {
        guard let quota = try index.quota() else { return }
        let used = try index.usedBytes()
        let available = quota > used ? quota - used : 0
        guard bytes <= available else { throw .quota(bytes: bytes, available: available) }
    }
}
