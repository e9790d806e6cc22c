import Genome
import Host
import Wire

/// What coding one blob came to.
public struct CompactionOutcome: Equatable, Sendable {
    /// The blob.
    public let blob: Digest
    /// Bytes of its contents.
    public let plain: UInt64
    /// Bytes that it took before.
    public let before: UInt64
    /// Bytes that it takes now; of a trial, about what it would take.
    public let after: UInt64
    /// Blobs that it draws on.
    public let parents: [Digest]
}

/// Keeping cold blobs in fewer bytes, and as they are again when somebody needs them.
///
/// The other form is written beside, read back whole and hashed, made durable and named; then the
/// row says that it counts; then the old file goes. Until the row says so the old form is the one
/// that counts, and `swaps` remembers that somebody must look, so a crash anywhere loses nothing.
extension Library {
    /// What tells a blob that was tried in vain by this program from one of a later, better one.
    static let coderVersion = 1
    /// Layers that are tried as parents.
    private static let relativesMax = 6

    /// Blobs that may be coded now: nobody used their layers for `idle` milliseconds.
    public func codable(idle: UInt64, now: UInt64) throws(StoreError) -> [BlobEntry] {
        try index.codable(
            usedBefore: now - min(now, idle), now: now, version: Self.coderVersion)
    }

    /// The blobs of one layer that may be coded although it was used, and why the others may not.
    public func codable(
        of layer: Digest, now: UInt64
    ) throws(StoreError) -> (able: [BlobEntry], leased: Int) {
        var able: [BlobEntry] = []
        var leased = 0
        for blob in try index.blobs(of: layer) {
            guard let entry = try index.blob(blob), entry.state != .partial, entry.form == .raw,
                entry.size > BlobCoder.blockBytes, try !isClaimed(blob)
            else { continue }
            if try index.isLeased(blob, for: Index.openers, now: now) {
                leased += 1
            } else {
                able.append(entry)
            }
        }
        return (able, leased)
    }

    // MARK: Coding

    /// Codes a blob, alone or against a relative, whichever is smallest; nil where that would not
    /// save enough, or where it is not as it was any more. A trial only estimates. `progress` gets
    /// bytes of the blob that are done; what it throws ends the work and leaves all as it was.
    public func code(
        _ blob: Digest, isTrial: Bool = false,
        progress: (UInt64) throws(StoreError) -> Void = { _ in }
    ) throws(StoreError) -> CompactionOutcome? {
        try coding.withLock { _ throws(StoreError) in
            try codeAlone(blob, isTrial: isTrial, progress)
        }
    }

    private func codeAlone(
        _ blob: Digest, isTrial: Bool, _ progress: (UInt64) throws(StoreError) -> Void
    ) throws(StoreError) -> CompactionOutcome? {
        guard let entry = try index.blob(blob), entry.state != .partial, entry.form == .raw
        else { return nil }
        let bound = try index.costBound(of: blob) ?? CodedHeader.costMax
        let work = try codingWork(blob, costMax: bound)
        return try Thread.runBehind("compact") { () throws(StoreError) in
            try CoderShelf.shared.with { decoder throws(StoreError) in
                let coder = BlobCoder(work.blob, costMax: bound, decoder: decoder)
                if isTrial {
                    let after = try coder.estimate(candidates: work.candidates)
                    return after.map {
                        CompactionOutcome(
                            blob: blob, plain: entry.size, before: entry.stored,
                            after: Index.storedBytes(fileBytes: $0, size: entry.size),
                            parents: [])
                    }
                }
                return try code(entry, coder, work.candidates, progress)
            }
        }
    }

    private func codingWork(
        _ blob: Digest, costMax: Int
    ) throws(StoreError) -> (blob: TensorBlob, candidates: [[TensorBlob]]) {
        let layers = try index.layers(listing: blob)
        let own = try TensorBlob(
            BlobReader(blob, layout: layout), hashes: try tensorHashes(layers.first))
        guard costMax > 1, own.tensors != nil, let layer = layers.first else { return (own, []) }
        var candidates: [[TensorBlob]] = []
        for relative in try index.relatives(of: layer, limit: Self.relativesMax) {
            let hashes = try tensorHashes(relative)
            var parts: [TensorBlob] = []
            for file in try index.files(of: relative)
            where file.path.text.hasSuffix(".safetensors") && file.blob != blob {
                guard let entry = try index.blob(file.blob), entry.state != .partial,
                    entry.form != .inPlace, try !isClaimed(file.blob),
                    try !index.draws(file.blob, on: blob)
                else { continue }
                parts.append(
                    try TensorBlob(BlobReader(file.blob, layout: layout), hashes: hashes))
            }
            if !parts.isEmpty { candidates.append(parts) }
        }
        return (own, candidates)
    }

    /// The hash of each tensor of a layer by its name; empty where that is not known.
    private func tensorHashes(_ layer: Digest?) throws(StoreError) -> [String: Digest] {
        guard let layer, let table = try manifest(of: layer)?.weights?.table else { return [:] }
        return tensorTable(table.blob)?.hashes ?? [:]
    }

    /// The tensor table in a blob that is here; nil where it is not, or is none.
    public func tensorTable(_ blob: Digest) -> TensorTable? {
        guard let reader = try? BlobReader(blob, layout: layout),
            let bytes = try? reader.readAll(limit: TensorTable.bytesMax)
        else { return nil }
        return try? TensorTable.decode(bytes)
    }

    private func code(
        _ entry: BlobEntry, _ coder: BlobCoder, _ candidates: [[TensorBlob]],
        _ progress: (UInt64) throws(StoreError) -> Void
    ) throws(StoreError) -> CompactionOutcome? {
        // The new form is on the disk beside the old one for a while, whatever the quota.
        try Space.require(entry.size, at: layout.parts)
        let draft = try Draft(layout)
        defer { draft.discard() }
        let header = try coder.write(to: draft.file, candidates: candidates, progress: progress)
        guard let header else {
            try index.noteTried(entry.id, version: Self.coderVersion)
            return nil
        }
        try draft.finish()
        let reader = BlobReader(
            id: entry.id, size: entry.size,
            source: .coded(try CodedFile(FileObject(draft.file), layout: layout)), layout: layout)
        guard try reader.hash() == entry.id else {
            throw .damaged("the coded form of blob \(entry.id) (it was not used)")
        }
        let stored = Index.storedBytes(fileBytes: header.fileBytes, size: entry.size)
        let isKept = try places.withLock { _ throws(StoreError) in
            try swap(entry, draft, header, stored: stored)
        }
        guard isKept else { return nil }
        try emptyTrash()
        return CompactionOutcome(
            blob: entry.id, plain: entry.size, before: entry.stored, after: stored,
            parents: header.parents.map(\.id))
    }

    /// Puts the coded form in place of the plain one; false where somebody needs that meanwhile.
    private func swap(
        _ entry: BlobEntry, _ draft: Draft, _ header: CodedHeader, stored: UInt64
    ) throws(StoreError) -> Bool {
        let now = Clock.wallMilliseconds()
        guard let current = try index.blob(entry.id), current.state != .partial,
            current.form == .raw,
            try !index.isLeased(entry.id, for: Index.openers, now: now)
        else { return false }
        try index.beginSwap(entry.id)
        try layout.backend.put(draft.file, as: .coded(entry.id))
        try layout.backend.sync([.coded(entry.id)])
        let isCoded = try index.setCoded(entry.id, stored: stored, parents: header.parents)
        try remove(isCoded ? .plain(entry.id) : .coded(entry.id))
        try index.endSwap(entry.id)
        return isCoded
    }

    // MARK: As it is again

    /// Makes a coded blob a plain file again, within quota and disk; does nothing to one that is.
    public func makeRaw(
        _ blob: Digest, progress: (UInt64) throws(StoreError) -> Void = { _ in }
    ) throws(StoreError) {
        guard let entry = try index.blob(blob), entry.state != .partial, entry.form == .coded
        else { return }
        let raw = Index.storedBytes(fileBytes: entry.size, size: entry.size)
        try withRoom(raw - min(raw, entry.stored), as: entry.blobClass) {
            () throws(StoreError) in
            try Space.require(entry.size, at: layout.parts)
            let draft = try Draft(layout)
            defer { draft.discard() }
            try BlobReader(blob, layout: layout).write(to: draft.file, progress: progress)
            try draft.finish()
            let found = try onDisk { () throws(SystemError) in
                try FileDigest.compute(draft.file.path)
            }
            guard found == blob else { throw StoreError.damaged("blob \(blob)") }
            try places.withLock { _ throws(StoreError) in
                guard try index.blob(blob)?.form == .coded else { return }
                try index.beginSwap(blob)
                try layout.backend.put(draft.file, as: .plain(blob))
                try layout.backend.sync([.plain(blob)])
                try index.setRaw(blob, size: entry.size)
                try remove(.coded(blob))
                try index.endSwap(blob)
            }
        }
        try emptyTrash()
    }

    /// Leases the blobs of a layer for somebody who opens their files, and makes them plain first.
    /// `progress` gets bytes done and bytes in all where there is something to do.
    public func makeReady(
        _ layer: Digest, for reason: LeaseReason,
        progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) throws(StoreError) {
        // First the lease: what is plain stays so.
        try index.lease(layer: layer, reason, now: Clock.wallMilliseconds())
        let coded = try index.entries(of: layer).filter { $0.form == .coded }
        let total = coded.reduce(0) { $0 + $1.size }
        var before: UInt64 = 0
        for entry in coded {
            try makeRaw(entry.id) { done in progress(before + done, total) }
            before += entry.size
        }
        for blob in try index.blobs(of: layer)
        where layout.backend.localPath(of: .plain(blob)) == nil {
            guard try layout.backend.size(of: .plain(blob)) == nil else {
                throw .refused(
                    "this home keeps its blobs where no program can open them: export the layer")
            }
        }
    }

    /// Has what draws on blobs that are to go stand by itself: plain, where there is room. What
    /// cannot keeps them here until it is not needed any more.
    func releaseParents(_ blobs: [Digest]) {
        for blob in blobs {
            for child in (try? index.codedChildren(of: blob)) ?? [] where !blobs.contains(child) {
                try? makeRaw(child)
            }
        }
    }

    // MARK: What a crash left

    /// Ends swaps that were cut off: of two forms the one that the row names stays.
    func finishSwaps() throws(StoreError) {
        for blob in try index.swaps() {
            let entry = try index.blob(blob)
            let isRawHere = try layout.backend.size(of: .plain(blob)) != nil
            let header = try CodedFile.header(of: blob, layout: layout)
            switch entry?.form {
            case .coded where header?.size == entry?.size && header != nil:
                try remove(.plain(blob))
            case .coded where isRawHere:
                try index.setRaw(blob, size: entry?.size ?? 0)
            default:
                if isRawHere || entry == nil { try remove(.coded(blob)) }
            }
            try index.endSwap(blob)
        }
        try emptyTrash()
    }

    /// Takes a form away for good: once a swap has ended nobody looks for it any more.
    private func remove(_ name: ObjectName) throws(StoreError) {
        try layout.backend.remove(name)
        try layout.backend.sync([name])
    }

    /// A file that becomes another form of a blob, or nothing.
    private struct Draft {
        let file: File

        init(_ layout: Layout) throws(StoreError) {
            let name = Hexadecimal.encode(Sodium.random(count: 8))
            file = try onDisk { () throws(SystemError) in
                try File(
                    "\(layout.parts)/\(BlobDraft.namePrefix)\(name).form", .createNew, mode: 0o600)
            }
        }

        func finish() throws(StoreError) {
            try onDisk { () throws(SystemError) in try BlobPlace.finish(file) }
        }

        func discard() { try? Directory.removeFile(file.path) }
    }
}

extension BlobReader {
    /// The hash of everything that is read.
    func hash() throws(StoreError) -> Digest {
        var hasher = TreeHasher()
        let buffer = Buffer(capacity: HashTree.groupBytes)
        for group in 0..<groupCount {
            let count = try read(group: group, into: buffer)
            buffer.withSpan(0..<count) { hasher.update($0) }
        }
        return hasher.finish().id
    }
}
