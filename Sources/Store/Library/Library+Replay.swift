import Genome
import Host
import Wire

/// Applying journal events to the index, and making either of the two again from the rest.
extension Library {
    /// Applies events in one transaction and notes the last one. Applying one twice is harmless.
    func apply(_ events: [JournalEvent]) throws(StoreError) {
        guard let last = events.last else { return }
        var layers: [UInt64: (Manifest, [UInt8])] = [:]
        var contracts: [Digest: [Digest]] = [:]
        var requests: [Digest: [UInt8]] = [:]
        for event in events {
            switch event.change {
            case .hold(let contract, let envelope):
                requests[contract] = envelope
                contracts[contract] = heldBlobs(contract, envelope, ofOwn: true)
            case .holdComplete(let contract):
                contracts[contract] = heldBlobs(contract, requests[contract], ofOwn: false)
            case .share(let layer, let signatures), .fetch(let layer, let signatures):
                layers[event.sequence] = try load(layer, signatures)
            default: continue
            }
        }
        try index.connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for event in events {
                    try apply(event, layers[event.sequence], contracts, connection)
                }
                try Index.set("applied", last.sequence, connection)
            }
        }
    }

    private func apply(
        _ event: JournalEvent, _ layer: (manifest: Manifest, envelope: [UInt8])?,
        _ contracts: [Digest: [Digest]], _ connection: SQLiteConnection
    ) throws(StoreError) {
        switch event.change {
        case .share, .fetch:
            guard let layer else { return }
            var origin = LayerOrigin.fetched
            if case .share = event.change { origin = .own }
            let entry = LayerEntry(layer.manifest, added: event.time, origin: origin)
            try Index.add(
                entry, manifest: layer.manifest, envelope: layer.envelope, connection)
            try complete(layer.manifest, origin: origin, now: event.time, connection)
            try Index.classify(blobsOf: entry.id, connection)
            try Index.endImport(of: try Index.blobs(of: entry.id, connection), connection)
        case .pin(let layer):
            try Index.setPin(layer, isPinned: true, now: event.time, connection)
            try Index.classify(blobsOf: layer, connection)
        case .unpin(let layer):
            try Index.setPin(layer, isPinned: false, now: event.time, connection)
            try Index.classify(blobsOf: layer, connection)
        case .remove(let layer):
            let blobs = try Index.blobs(of: layer, connection)
            try Index.remove(layer, connection)
            try Index.classify(blobs, connection)
        case .trust(let key, let isTrusted):
            try Index.setTrust(key, isTrusted: isTrusted, connection)
        case .steward(let key, let isTrusted):
            try Index.setSteward(key, isTrusted: isTrusted, connection)
        case .licence(let bytes):
            guard let document = Self.licenceDocument(in: bytes) else { return }
            try Index.put(document, bytes: bytes, connection)
        case .policy(let name, let value) where value.isEmpty:
            try connection.run("DELETE FROM policies WHERE name=?", [.text(name)])
        case .policy(let name, let value):
            try connection.run(
                "INSERT OR REPLACE INTO policies VALUES(?, ?)", [.text(name), .text(value)])
        case .statement(_, let bytes):
            // What is signed by another or speaks of another layer was never kept by this program.
            guard let statement = try? Self.statement(in: bytes) else { return }
            _ = try Index.put(
                statement: bytes, at: statement.place, sequence: statement.sequence, connection)
            try Index.derive(from: statement, connection)
        case .organization(let organization, let bytes):
            try Index.put(credential: bytes, of: organization, connection)
        case .hold(let contract, let bytes):
            try Index.put(hold: bytes, contract: contract, connection)
            try Index.claim(contracts[contract] ?? [], for: contract, connection)
        case .holdComplete(let contract):
            try Index.completeHold(contract, contracts[contract] ?? [], connection)
        case .holdEnd(let contract): try Index.endHold(contract, connection)
        case .receipt(let bytes, let isPublic):
            try Index.put(receipt: bytes, isPublic: isPublic, connection)
        case .leave(let organization): try Index.leave(organization, connection)
        case .access, nil: return
        }
    }

    /// The blobs of a contract: what its list names, and the list. None where the list is not
    /// here, as at a publisher that gave its copies up, or with `ofOwn` where another asked: what
    /// that one names is looked at first.
    private func heldBlobs(_ contract: Digest, _ bytes: [UInt8]?, ofOwn: Bool) -> [Digest] {
        guard let bytes = bytes ?? (try? hold(contract))??.envelope,
            let envelope = try? Envelope.decode(bytes, payloadMax: HoldRequest.bytesMax),
            let request = try? HoldRequest.decode(envelope.payload),
            !ofOwn || request.publisher == journal.key.publicKey,
            let list = try? holdList(request.list)
        else { return [] }
        return list.blobs.map(\.blob) + [request.list.blob]
    }

    /// The blobs of a layer that are here count as complete: they have a reason to be here.
    private func complete(
        _ manifest: Manifest, origin: LayerOrigin, now: UInt64, _ connection: SQLiteConnection
    ) throws(StoreError) {
        // SHA-256 of own files was computed here; that of fetched ones is only claimed so far.
        var hashes: [Digest: Digest] = [:]
        if origin == .own { for file in manifest.files { hashes[file.blob] = file.sha256 } }
        let own = BlobReference(blob: manifest.layer, size: UInt64(manifest.bytes.count))
        for blob in manifest.blobs + [own] {
            guard layout.heldSize(blob.blob) == blob.size else { continue }
            try Index.complete(
                blob.blob, size: blob.size, sha256: hashes[blob.blob], now: now, connection)
        }
    }

    /// Manifest and envelope of a layer from the blob of its manifest; nil if that is gone or
    /// damaged, so that the rest can still be used.
    private func load(
        _ layer: Digest, _ signatures: [Envelope.Entry]
    ) throws(StoreError) -> (Manifest, [UInt8])? {
        guard let reader = try? BlobReader(layer, layout: layout),
            let bytes = try? reader.readAll(limit: ManifestSchema.bytesMax),
            signatures.count <= Envelope.signaturesMax
        else { return nil }
        let envelope = Envelope(
            payloadType: Manifest.payloadType, payload: bytes, entries: signatures)
        guard let manifest = try? decoded.verified(in: envelope) else { return nil }
        return (manifest, envelope.encode())
    }

    /// Lists every blob on disk that the index does not know: complete ones as `recovered`, partial
    /// ones with nothing durable, which the group layer then finds again. Their number.
    @discardableResult
    public func recoverUnlisted() throws(StoreError) -> Int {
        let objects = try BlobSweeper.objects(layout)
        // Beside the plain form a coded one is what a swap left that nothing remembers.
        if index.isNew {
            for blob in objects where blob.form == .raw {
                try layout.backend.remove(.coded(blob.id))
            }
        }
        let parts = try BlobSweeper.parts(layout)
        let now = Clock.wallMilliseconds()
        return try index.connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                var found = 0
                for blob in objects {
                    found += try Index.recover(blob, now: now, connection)
                }
                for blob in parts {
                    found += try Index.recover(partial: blob, now: now, connection)
                }
                return found
            }
        }
    }

    /// Puts right what the end of a process left between the files of partial blobs and their rows:
    /// a blob that got its place is complete, files of one that is complete go, and files without
    /// a row get one. Files of one that counts as complete and has no place are what a repair that
    /// was cut off had moved; their sound groups are found again.
    func settleParts() throws(StoreError) {
        let now = Clock.wallMilliseconds()
        for blob in try index.partials() {
            let tree = layout.tree(blob.blob)
            if layout.isComplete(blob.blob, size: blob.size) {
                try index.complete([blob], now: now)
            } else if Directory.exists(tree) {
                // Its name was durable before that of the bytes; it is written again with them.
                try onDisk { () throws(SystemError) in try Directory.removeFile(tree) }
            }
        }
        for part in try BlobSweeper.parts(layout) {
            switch try index.blob(part.blob)?.state {
            case .partial: continue
            case .complete, .recovered:
                let id = part.blob
                if try isPlaced(id) {
                    try PartialBlob.discard(id, layout: layout)
                } else {
                    let none = GroupSet(count: HashTree.groupCount(size: part.size))
                    try index.reopen(id, size: part.size, groups: none)
                }
            case nil:
                _ = try index.connection.withLock { connection throws(StoreError) in
                    try Index.recover(partial: part, now: now, connection)
                }
            }
        }
    }

    /// Whether a blob lies where complete ones do, in any form.
    private func isPlaced(_ id: Digest) throws(StoreError) -> Bool {
        for name in [ObjectName.plain(id), .coded(id)]
        where try layout.backend.size(of: name) != nil { return true }
        return Directory.exists(layout.reference(id))
    }

    /// Begins a lost journal again with what the index still knows.
    func rewriteJournal() throws(StoreError) {
        var changes: [JournalChange] = []
        for layer in try index.layers() {
            guard let envelope = try envelope(of: layer.id) else { continue }
            changes.append(
                layer.origin == .own
                    ? .share(layer: layer.id, signatures: envelope.entries)
                    : .fetch(layer: layer.id, signatures: envelope.entries))
        }
        for layer in try index.pins() { changes.append(.pin(layer: layer)) }
        for contact in try index.contacts() where contact.isTrusted {
            changes.append(.trust(key: contact.key, isTrusted: true))
        }
        for key in try index.stewards() { changes.append(.steward(key: key, isTrusted: true)) }
        for (_, envelope) in try index.licenceDocuments() {
            changes.append(.licence(envelope: envelope))
        }
        for (name, value) in try index.policies() {
            changes.append(.policy(name: name, value: value))
        }
        for statement in try index.statements() {
            changes.append(.statement(layer: statement.layer, envelope: statement.bytes))
        }
        for credential in try index.credentials() {
            changes.append(
                .organization(credential.organization, envelope: credential.bytes))
        }
        for hold in try holds() {
            changes.append(.hold(hold.request.contract, envelope: hold.envelope))
            if hold.isComplete { changes.append(.holdComplete(hold.request.contract)) }
        }
        for entry in try index.receipts() {
            changes.append(.receipt(entry.receipt.bytes, isPublic: entry.isPublic))
        }
        let events = try journal.append(changes, time: Clock.wallMilliseconds())
        try index.connection.withLock { connection throws(StoreError) in
            try Index.set("applied", events.last?.sequence ?? journal.count, connection)
        }
    }
}
