import Genome
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
        let blob = BlobReference(blob: id, size: size)
        try reserve([blob])
        return try reserved(blob)
    }

    /// The same for a blob that has its room.
    public func reserved(_ blob: BlobReference) throws(StoreError) -> PartialBlob {
        let (id, size) = (blob.blob, blob.size)
        // The one group of a small blob is hashed as fast as it is looked up.
        let groups =
            Layout.keepsTree(size: size) ? try index.durableGroups(of: id, size: size) : nil
        let partial = try PartialBlob(id, size: size, layout: layout, groups: groups)
        if partial.isThere { _ = try partial.salvage() }
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
        try partial.prepareCompletion()
        try places.withLock { _ throws(StoreError) in
            try partial.complete()
            try index.complete(
                partial.id, size: partial.size, sha256: nil, now: Clock.wallMilliseconds())
            try forgetPlace(of: partial.id, size: partial.size)
        }
    }

    /// Brings an open file of the owner into the store.
    public func importFile(
        _ file: File, progress: (UInt64) -> Void = { _ in }
    ) throws(StoreError) -> ImportedBlob {
        let facts = try onDisk { () throws(SystemError) in try file.facts() }
        return try withRoom(
            Index.storedBytes(fileBytes: facts.size, size: facts.size)
        ) { () throws(StoreError) in
            try BlobImport.run(file, into: layout, progress: progress, keep: keepImport)
        }
    }

    /// Brings bytes into the store: manifests, tensor tables, licence texts.
    public func importBytes(_ bytes: [UInt8]) throws(StoreError) -> ImportedBlob {
        let size = UInt64(bytes.count)
        return try withRoom(Index.storedBytes(fileBytes: size, size: size)) {
            () throws(StoreError) in
            try BlobImport.run(bytes: bytes, into: layout, keep: keepImport)
        }
    }

    /// Gives a draft its place and its row as one step for whoever removes, with a lease until
    /// something lists it.
    private func keepImport(
        _ draft: BlobDraft, _ names: (TreeHasher.Summary, Digest)
    ) throws(StoreError) -> ImportedBlob {
        try keep(draft, names, sha256: names.1)
    }

    /// The same for what has no SHA-256.
    func keepUnhashed(
        _ draft: BlobDraft, _ names: (TreeHasher.Summary, Digest)
    ) throws(StoreError) -> ImportedBlob {
        try keep(draft, names, sha256: nil)
    }

    /// The same for what a fetch brought sealed.
    func keepOpened(
        _ draft: BlobDraft, _ names: (TreeHasher.Summary, Digest)
    ) throws(StoreError) -> ImportedBlob {
        try keep(draft, names, sha256: nil, leasedFor: .fetching)
    }

    private func keep(
        _ draft: BlobDraft, _ names: (TreeHasher.Summary, Digest), sha256: Digest?,
        leasedFor reason: LeaseReason = .importing
    ) throws(StoreError) -> ImportedBlob {
        try draft.sync()
        return try places.withLock { _ throws(StoreError) in
            try index.expect([names.0.id])
            let blob = try draft.placeDurably(names, layout: layout)
            try index.complete(
                blob.id, size: blob.size, sha256: sha256, now: Clock.wallMilliseconds(),
                leasedFor: reason)
            try forgetPlace(of: blob.id, size: blob.size)
            return blob
        }
    }
}
