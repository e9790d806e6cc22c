import Genome
import Host
import Wire

/// All that a node keeps, under one roof: blobs, index and journal. Read `Library` for what can
/// be done, `Home` and `Layout` for where it lies.
///
/// Every change goes the same way: its event is appended to the journal and synced, then applied
/// to the index, then answered; what several lanes want at once shares one sync. What a crash cut
/// off between the two is applied at opening. Calls block; they may come from any lane.
public final class Library: Sendable {
    /// The home, held open for as long as the library lives.
    public let home: Home
    /// Blobs, layers, contacts.
    public let index: Index
    /// What was decided here.
    public let journal: Journal
    /// Who was allowed or refused what.
    public let access: AccessLog
    /// The journals of other nodes.
    public let witness: WitnessBook
    /// Held while files get or lose their places, so that no removal crosses an arrival. Comes
    /// before the index's own lock.
    let places = Lock(())
    /// Held while a blob is coded: what two draw on each other for must not change meanwhile.
    let coding = Lock(())
    /// Held while a document of an organisation is looked at and kept.
    let credentialGate = Lock(())
    /// The store's file system.
    let storeFolder: OpenFolder
    /// Who is told of layers that gave way for others.
    let onEviction = Lock<@Sendable (Eviction) -> Void>({ _ in })
    /// The manifests that were read last.
    public let decoded = DecodedManifests()
    /// What scrubbing did since this home was opened.
    let scrubbed = Lock(ScrubTotals())
    private let commits = CommitQueue()
    /// Manifests and organisations whose signatures were found good since this home was opened.
    let checked = (
        manifests: CheckedDocuments<Manifest>(), organizations: CheckedDocuments<Organization>()
    )

    /// Where things lie.
    public var layout: Layout { home.layout }

    /// Opens everything in `home` and puts right what the last end left half done. With the
    /// index gone it is made again; with the journal gone it is begun again from the index.
    public init(_ home: Home, key: SigningKey) throws(StoreError) {
        self.home = home
        storeFolder = try onDisk { () throws(SystemError) in
            try OpenFolder(home.layout.parts)
        }
        let finished = try BlobSweeper.run(home.layout)
        index = try Index(home.layout)
        // A home that was used and has no journal lost it: the next one is another log.
        let objects = index.isNew ? try BlobSweeper.objects(home.layout) : []
        let isUnused = index.isNew && objects.isEmpty
        journal = try Journal(
            home.layout, key: key,
            generation: isUnused ? 1 : max(2, Clock.wallMilliseconds() / 1_000),
            applied: try index.appliedSequence())
        access = try AccessLog(home.layout)
        witness = WitnessBook(home.layout, key: key)
        try finishRemovals()
        try completeSwept(finished)
        if index.isNew { try recoverUnlisted() }
        try finishSwaps()
        try settleParts()
        if try index.appliedSequence() > journal.count { try rewriteJournal() }
        try apply(try journal.replay(after: try index.appliedSequence()))
        for closed in try access.unnamed(besides: journal.accessSegments) { try record(closed) }
    }

    /// The key that signs the journal: this node's.
    public var node: NodeKey { journal.key.publicKey }

    private func completeSwept(_ blobs: [Digest]) throws(StoreError) {
        for id in blobs {
            let reader = try BlobReader(id, layout: layout)
            try index.complete(
                id, size: reader.size, sha256: nil, now: Clock.wallMilliseconds())
        }
    }

    /// Signs the journal's end. To be called when the node stops.
    public func close() throws(StoreError) {
        try access.sync()
        try journal.checkpoint()
    }

    // MARK: Changes

    /// Keeps a layer whose blobs are all here: its manifest becomes a blob, its event goes to the
    /// journal. `origin` says whether it was shared here or fetched. Doing it twice changes
    /// nothing.
    @discardableResult
    public func add(
        _ envelope: Envelope, origin: LayerOrigin, now: UInt64 = Clock.wallMilliseconds()
    ) throws(StoreError) -> Manifest {
        let manifest = try manifest(in: envelope)
        if try index.layer(manifest.layer) != nil { return manifest }
        for blob in manifest.blobsToFetch {
            let entry = try index.blob(blob.blob)
            guard let entry, entry.state != .partial, entry.size == blob.size else {
                throw .missing("blob \(blob.blob)")
            }
        }
        // A fetched one came as a blob like the others.
        if try !holds(manifest.layer) { _ = try importBytes(manifest.bytes) }
        let signatures = envelope.entries
        try record(
            origin == .own
                ? .share(layer: manifest.layer, signatures: signatures)
                : .fetch(layer: manifest.layer, signatures: signatures),
            now: max(now, Clock.wallMilliseconds()))
        return manifest
    }

    /// Keeps a layer whatever happens, or no longer.
    public func setPin(_ layer: Digest, isPinned: Bool) throws(StoreError) {
        guard try index.layer(layer) != nil else { throw .missing("layer \(layer)") }
        try record(isPinned ? .pin(layer: layer) : .unpin(layer: layer))
    }

    /// Believes the names of a key, or no longer.
    public func setTrust(_ key: NodeKey, isTrusted: Bool) throws(StoreError) {
        try record(.trust(key: key, isTrusted: isTrusted))
    }

    /// Sets how many bytes blobs may take on the disk, all together or those of one class; nil for
    /// no limit. What is here already stays.
    public func setQuota(_ blobClass: BlobClass?, _ bytes: UInt64?) throws(StoreError) {
        try setPolicy(Index.quotaName(blobClass), bytes.map { "\($0)" } ?? "")
    }

    /// Has `told` called with layers that gave way for others.
    public func onEviction(_ told: @escaping @Sendable (Eviction) -> Void) {
        onEviction.withLock { $0 = told }
    }

    /// Sets what the owner wants.
    public func setPolicy(_ name: String, _ value: String) throws(StoreError) {
        try record(.policy(name: name, value: value))
    }

    /// Most grants of one publisher to this node that are kept for layers which are not here.
    public static let grantsAheadMax = 1_024

    /// Keeps a signed statement about a layer that is here, and gives it. Of one place
    /// the newest is kept; an older one is refused. With `ahead`, a grant is kept for a layer that
    /// is still to be fetched.
    @discardableResult
    public func add(
        statement envelope: Envelope, ahead: Bool = false
    ) throws(StoreError) -> Statement {
        let bytes = envelope.encode()
        let statement = try Self.statement(in: bytes)
        if try index.layer(statement.layer) == nil {
            let isAhead = ahead && statement.kind == .grant
            let publisher = statement.publisher
            guard isAhead, try index.grantsAhead(of: publisher) < Self.grantsAheadMax else {
                throw .missing("layer \(statement.layer)")
            }
        }
        let newest = try index.sequence(at: statement.place)
        guard newest.map({ $0 < statement.sequence }) ?? true else {
            throw .refused("a newer statement in its place is here")
        }
        try record(.statement(layer: statement.layer, envelope: bytes))
        return statement
    }

    /// The statement in an envelope's bytes, once its signature was found good.
    public static func statement(in bytes: [UInt8]) throws(StoreError) -> Statement {
        do {
            let envelope = try Envelope.decode(bytes, payloadMax: StatementSchema.bytesMax)
            return try Statement.verified(in: envelope)
        } catch {
            throw .refused("the statement is not valid: \(error.description)")
        }
    }

    /// Commits a change, together with those of other lanes that come meanwhile.
    func record(
        _ change: JournalChange, now: UInt64 = Clock.wallMilliseconds()
    ) throws(StoreError) {
        // What is too long is refused here, so that it does not fail together with others.
        let draft = try JournalDraft(change, time: now)
        try commits.run([draft]) { requests throws(StoreError) in
            try commit(requests)
        }
    }

    /// Appends, syncs and applies what several callers want.
    private func commit(_ requests: [CommitQueue.Request]) throws(StoreError) {
        let events = try journal.append(requests.flatMap(\.drafts))
        guard let first = events.first else { return }
        // What could not be applied before, such as on a full disk, comes before what is new.
        let applied = try index.appliedSequence()
        try apply(applied + 1 == first.sequence ? events : try journal.replay(after: applied))
    }

    /// The envelope of a layer that is here; nil if it is not, or cannot be read.
    public func envelope(of layer: Digest) throws(StoreError) -> Envelope? {
        try index.envelope(of: layer).flatMap {
            try? Envelope.decode($0, payloadMax: ManifestSchema.bytesMax)
        }
    }

    /// The manifest of a layer that is here, its signature checked; nil if it is not here, or not
    /// sound. The same bytes are checked once.
    public func manifest(of layer: Digest) throws(StoreError) -> Manifest? {
        guard let bytes = try index.envelope(of: layer) else { return nil }
        let manifest = try? checked.manifests.value(of: [bytes]) { () throws(GenomeError) in
            try decoded.verified(
                in: try Envelope.decode(bytes, payloadMax: ManifestSchema.bytesMax))
        }
        return manifest?.layer == layer ? manifest : nil
    }

    private func manifest(in envelope: Envelope) throws(StoreError) -> Manifest {
        do {
            return try decoded.verified(in: envelope)
        } catch {
            throw .refused("the layer is not valid: \(error.description)")
        }
    }
}
