import Genome
import Host
import Wire

/// Blobs that stay in files of the owner's.
extension Library {
    /// What became of a file that a blob was left in.
    public struct InPlaceBlob: Equatable, Sendable {
        /// What the file is now.
        public enum State: String, Sendable {
            /// As it was when it was hashed, as far as the system says.
            case same
            /// Changed since: what still matches is given, nothing else.
            case changed
            /// Not there.
            case missing
        }

        /// The blob.
        public let blob: Digest
        /// The file.
        public let path: String
        /// What it is now.
        public let state: State
    }

    /// Takes an open file of the owner's as a blob without copying it: its leaf values are kept,
    /// and where it lies. `path` is absolute and without links, and must be the file that is open.
    /// A blob whose bytes are in the store already stays there.
    public func importInPlace(
        _ file: File, at path: String, progress: (UInt64) -> Void = { _ in }
    ) throws(StoreError) -> ImportedBlob {
        let facts = try onDisk { () throws(SystemError) in try file.facts() }
        let named = try onDisk { () throws(SystemError) in try File.facts(of: path) }
        guard facts.kind == .file, named == facts, path.hasPrefix("/") else {
            throw .changed(path: path)
        }
        guard facts.size <= Limits.blobBytesMax else {
            throw .refused("\(path) is larger than a blob may be (1 TiB)")
        }
        let reference = InPlaceFile.Reference(facts, path: path)
        guard reference.bytes.count <= InPlaceFile.referenceBytesMax else {
            throw .refused("the path \(path) is too long")
        }
        let stored = Index.storedBytes(
            fileBytes: UInt64(reference.bytes.count), size: facts.size)
        return try withRoom(stored) { () throws(StoreError) in
            let draft = try BlobDraft(layout: layout, size: facts.size)
            do throws(StoreError) {
                let names = try BlobImport.hash(file, facts: facts, into: draft, progress: progress)
                return try keep(draft, names, reference, stored: stored)
            } catch {
                draft.discard()
                throw error
            }
        }
    }

    private func keep(
        _ draft: BlobDraft, _ names: (TreeHasher.Summary, Digest),
        _ reference: InPlaceFile.Reference, stored: UInt64
    ) throws(StoreError) -> ImportedBlob {
        let (summary, sha256) = names
        try draft.sync()
        return try places.withLock { _ throws(StoreError) in
            let isKnown = layout.isComplete(summary.id, size: summary.size)
            if !isKnown {
                try index.expect([summary.id])
                try onDisk { () throws(SystemError) in
                    if let leaves = draft.leaves {
                        try BlobPlace.rename(leaves, to: layout.tree(summary.id))
                        try BlobPlace.syncNames(of: layout.tree(summary.id))
                    }
                    try Directory.create(Layout.folder(of: layout.reference(summary.id)))
                }
                try DurableFile.write(
                    reference.bytes, to: layout.reference(summary.id), mode: 0o444)
                try onDisk { () throws(SystemError) in
                    try BlobPlace.syncNames(of: layout.reference(summary.id))
                }
            }
            draft.discard()
            try index.complete(
                summary.id, size: summary.size, sha256: sha256, now: Clock.wallMilliseconds(),
                leasedFor: .importing)
            if !isKnown { try index.setForm(summary.id, .inPlace, stored: stored) }
            return ImportedBlob(
                id: summary.id, size: summary.size, sha256: sha256, wasKnown: isKnown)
        }
    }

    /// The store has a blob's own bytes now: where the owner's file lies does not matter any more,
    /// nor what else was here of it. To be called with `places` held.
    func forgetPlace(of blob: Digest, size: UInt64) throws(StoreError) {
        // What was fetched of it is not needed either; a fetch that is under way finds it whole.
        try PartialBlob.discard(blob, layout: layout)
        guard Directory.exists(layout.reference(blob)) else { return }
        try index.setForm(
            blob, .raw, stored: Index.storedBytes(fileBytes: size, size: size))
        try onDisk { () throws(SystemError) in
            try Directory.removeFile(layout.reference(blob))
        }
    }

    /// The blobs in files of the owner's, and what these are now.
    public func inPlace() throws(StoreError) -> [InPlaceBlob] {
        let blobs = try index.connection.withLock { connection throws(StoreError) in
            try connection.query(
                "SELECT id FROM blobs WHERE form=? AND state>0 ORDER BY id",
                [.integer(BlobForm.inPlace.rawValue)]
            ) { row throws(StoreError) in try row.digest(0) }
        }
        var found: [InPlaceBlob] = []
        for blob in blobs {
            guard let reference = try? InPlaceFile.reference(of: blob, layout: layout) else {
                continue
            }
            let facts = try? File.facts(of: reference.path)
            let state: InPlaceBlob.State =
                facts.map { reference.matches($0) ? .same : .changed } ?? .missing
            found.append(InPlaceBlob(blob: blob, path: reference.path, state: state))
        }
        return found
    }
}

extension Index {
    /// Notes how a complete blob rests now, and what that takes.
    func setForm(_ blob: Digest, _ form: BlobForm, stored: UInt64) throws(StoreError) {
        _ = try connection.withLock { connection throws(StoreError) in
            try connection.run(
                "UPDATE blobs SET form=?, stored=? WHERE id=? AND state>0",
                [.integer(form.rawValue), SQLValue(stored), SQLValue(blob)])
        }
    }
}
