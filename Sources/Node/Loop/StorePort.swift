import Genome
import Host
import Store
import Swarm
import Wire

/// Carries out what the core asks of disk and catalogue, on lanes of its own, and posts the
/// answers back as inputs.
final class StorePort: Sendable {
    /// Blobs, layers and journal.
    let library: Library
    /// The records of everyone.
    let catalogue: Catalogue
    let node: NodeKey
    let keys: Keys
    let post: @Sendable (Input) -> Void
    private let stores: [Lane]
    let indexLane: Lane
    let catalogueLane: Lane
    private let checkLane: Lane
    private let checkpointLane: Lane
    let originLane: Lane
    let partials = Lock([Digest: PartialBlob]())
    private let checkpointing = Lock(Set<Digest>())
    private let opening: [Lock<[BlobReference]>] = [Lock([]), Lock([])]
    private let completing = Lock([PartialBlob]())
    let readers = ReaderCache()
    /// How blobs that are sent are coded, and coded groups that wait to be read and sent.
    let plans = SendPlanCache()
    let codedWaiting = Lock(0)
    /// Parts of groups that are not whole yet.
    let shelf = PartShelf()
    /// What may be here already of layers that are fetched.
    let reuse: ReusePlans
    private let used = Lock(Set<Digest>())
    /// Whom this node acts for, as the core was told last.
    private let acting = Lock<[Delegation]?>(nil)
    let knownKeys: KnownKeys
    /// Records whose signatures are good and that wait for their places.
    let arrived = Lock(ArrivedRecords())

    /// Starts the lanes.
    init(
        library: Library, catalogue: Catalogue, keys: Keys,
        post: @escaping @Sendable (Input) -> Void
    ) throws(SystemError) {
        self.library = library
        self.catalogue = catalogue
        self.keys = keys
        reuse = ReusePlans(library: library)
        node = keys.node.publicKey
        knownKeys = KnownKeys {
            LayerRights(library: library, catalogue: catalogue, keys: keys).knownKeys()
        }
        self.post = post
        stores = [try Lane("store-0"), try Lane("store-1")]
        indexLane = try Lane("index")
        catalogueLane = try Lane("catalogue")
        checkLane = try Lane("signatures")
        checkpointLane = try Lane("checkpoint")
        originLane = try Lane("origins")
    }

    /// Finishes what was begun and ends the lanes.
    func close() {
        for lane in stores { lane.close() }
        checkpointDue(isLast: true)
        placeRest()
        for lane in [originLane, checkpointLane, indexLane, catalogueLane, checkLane] {
            lane.close()
        }
    }

    /// The store lane of a group: writes of one blob go to both, so that they overlap.
    func lane(_ group: UInt64) -> Lane { stores[Int(group % UInt64(stores.count))] }

    // MARK: Records

    func verify(batch: UInt64, _ records: [Record]) {
        checkLane.submit { [post] in
            post(.recordsVerified(batch: batch, isValid: records.map(\.isSignatureValid)))
        }
    }

    func listIdentifiers(_ session: SessionNumber, after: Digest?) {
        catalogueLane.submit { [self] in
            let limit = Limits.identifiersPerPageMax
            let ids = (try? catalogue.ids(after: after, limit: limit)) ?? []
            let page = IdentifierPage(ids: ids, isLast: ids.count < limit)
            post(.identifiersListed(session, page))
        }
    }

    func filterMissing(_ session: SessionNumber, _ ids: [Digest]) {
        catalogueLane.submit { [self] in
            // A record that is not for everyone counts as unknown: who asks would learn of it.
            post(.identifiersMissing(session, (try? catalogue.missing(of: ids)) ?? []))
        }
    }

    func findRecords(_ session: SessionNumber, _ ids: [Digest]) {
        catalogueLane.submit { [self] in
            post(.recordsFound(session, (try? catalogue.publicRecords(ids: ids)) ?? []))
        }
    }

    func expire(_ wall: UInt64) {
        catalogueLane.submit { [catalogue] in _ = try? catalogue.expire(before: wall) }
    }

    /// Keeps what a peer said about a layer that is here. One that is not newer than what is kept
    /// is no news and no error.
    func keep(statement envelope: [UInt8]) {
        indexLane.submit { [library] in
            guard
                let envelope = try? Envelope.decode(
                    envelope, payloadMax: StatementSchema.bytesMax)
            else { return }
            _ = try? library.add(statement: envelope, ahead: true)
        }
    }

    /// Keeps a document of an organisation that a peer sent, if it moves what is known forward,
    /// and tells the core where it changes what this node is.
    func keep(credential envelope: [UInt8]) {
        indexLane.submit { [self] in
            guard
                let envelope = try? Envelope.decode(
                    envelope, payloadMax: OrganizationSchema.bytesMax),
                (try? OrganizationShelf(library: library, keys: keys).add(envelope)) == true
            else { return }
            post(.organizations(organizations()))
        }
    }

    /// Keeps the addresses that this node knows. What cannot be written now is written with the
    /// next change.
    func keep(addresses: [UInt8]) {
        indexLane.submit { [library] in try? AddressFile(library.layout).write(addresses) }
    }

    /// Renews memberships that are due, where the owner lets this node do so alone; whoever is met
    /// gets its new one in the session.
    func renewMemberships() {
        indexLane.submit { [self] in
            let service = Service(
                library: library, catalogue: catalogue, keys: keys, daemon: nil)
            if service.renewDue() { post(.organizations(organizations())) }
        }
    }

    /// The organisations that this node belongs to or issues for, as the core needs them.
    func organizations() -> [KnownOrganization] {
        OrganizationShelf(library: library, keys: keys).known()
    }

    /// Which of `publishers` let a peer act for them.
    func findDelegations(_ session: SessionNumber, _ key: NodeKey, of publishers: Set<NodeKey>) {
        catalogueLane.submit { [self] in
            post(.delegationsFound(session, rights.delegations(to: key, of: publishers)))
        }
    }

    /// Who lets this node act for her, as her owner and the catalogue say now.
    func ownDelegations() -> [Delegation] { rights.ownDelegations() }

    /// The same for the core, which holds it until it is told otherwise.
    func takeDelegations() -> [Delegation] {
        let delegations = ownDelegations()
        acting.withLock { $0 = delegations }
        return delegations
    }

    /// Whom this node acts for may have changed: the core decides anew who announces what, and
    /// asks of what it may. With `ifChanged` nothing is done where all is as the core knows it.
    func rejudgeDelegations(ifChanged: Bool = false) {
        catalogueLane.submit { [self] in
            let known = acting.withLock { $0 }
            let delegations = takeDelegations()
            guard !ifChanged || delegations != known else { return }
            post(.delegations(delegations))
            rejudge(madeFrom: nil)
        }
    }

    /// Writes down how a request was decided, keys replaced by names that only this home can read.
    func note(_ request: PermissionRequest, layer: Digest, _ decision: Decision) {
        indexLane.submit { [library] in
            try? library.note(request, layer: layer, decision)
        }
    }

    func findHolders(_ number: FetchNumber, _ layer: Digest) {
        catalogueLane.submit { [self] in
            let found = try? HolderSearch(catalogue: catalogue, node: node).holders(of: layer)
            post(
                .holdersFound(
                    number, found ?? LayerHolders(descriptions: [], holders: [])))
        }
    }

    func findRelays() {
        catalogueLane.submit { [self] in
            let found = try? HolderSearch(catalogue: catalogue, node: node).relays()
            post(.relaysFound(found ?? []))
        }
    }

    // MARK: Blobs that arrive

    /// Opens a blob that is to be fetched. Those that come while others are opened get their room
    /// together: one transaction costs the disk what one blob does.
    func open(_ blob: Digest, size: UInt64) {
        let number = Int(blob.words.3 % UInt64(stores.count))
        opening[number].withLock { $0.append(BlobReference(blob: blob, size: size)) }
        stores[number].submit { [self] in
            let waiting = opening[number].withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            // Where there is no room for all, each is told for itself.
            let isReserved = (try? library.reserve(waiting)) != nil
            for blob in waiting {
                do throws(StoreError) {
                    if !isReserved { try library.reserve([blob]) }
                    let opened = try opened(blob.blob, size: blob.size)
                    post(.blobOpened(blob: blob.blob, opened))
                } catch {
                    post(.blobOpened(blob: blob.blob, .failed(StoreProblem(error))))
                }
            }
        }
    }

    private func opened(_ blob: Digest, size: UInt64) throws(StoreError) -> OpenedBlob {
        if let entry = try library.index.blob(blob), entry.state != .partial {
            guard entry.size == size else {
                throw .refused("the manifest lies about the size of blob \(blob)")
            }
            return .complete
        }
        // Still open for a fetch that was given up a moment ago: two of one file would each know
        // only half of what is written.
        let open = partials.withLock { $0[blob] }
        if let open, open.size == size {
            return .partial(bitmap: open.groups.bytes, layer: open.layer)
        }
        let partial = try library.reserved(BlobReference(blob: blob, size: size))
        partials.withLock { $0[blob] = partial }
        let hasBytes = partial.layer == nil && partial.mayHoldBytes
        return .partial(
            bitmap: partial.groups.bytes, layer: partial.layer,
            isWorthSearch: reuse.mayHelp(blob, hasBytes: hasBytes))
    }

    /// Looks for parts of a blob on this machine, its group layer being known.
    func search(_ blob: Digest, token: UInt64) {
        lane(blob.words.3).submit { [self] in
            guard let partial = partials.withLock({ $0[blob] }) else {
                post(.groupsFound(blob: blob, token: token, bitmap: [], firstGroups: nil))
                return
            }
            // What cannot be read here is asked of peers.
            let firstGroups = try? reuse.search(partial)
            post(
                .groupsFound(
                    blob: blob, token: token, bitmap: partial.groups.bytes,
                    firstGroups: firstGroups ?? nil))
        }
    }

    /// Looks whether this machine errs, on the lane of the blob that makes it likely.
    func examineSelf(for blob: Digest) {
        lane(blob.words.3).submit { [post] in
            post(.selfExamined(blob: blob, isSound: SelfExamination.isSound()))
        }
    }

    func save(_ layer: GroupLayer) {
        guard let partial = partials.withLock({ $0[layer.id] }) else { return }
        // The lane of its searches, which need the layer.
        lane(layer.id.words.3).submit { [post] in
            do throws(StoreError) {
                try partial.install(layer)
            } catch {
                post(.blobFailed(blob: layer.id, StoreProblem(error)))
            }
        }
    }

    /// Writes a group that came; `done` gets the buffer back.
    func take(_ arrival: GroupArrival, done: @escaping @Sendable (Buffer) -> Void) {
        switch arrival {
        case .proven(let group): write(group, done: done)
        case .coded(let group): decode(group, done: done)
        }
    }

    private func write(_ group: VerifiedGroup, done: @escaping @Sendable (Buffer) -> Void) {
        let request = group.request
        guard let partial = partials.withLock({ $0[request.blob] }) else {
            done(group.buffer)
            return
        }
        lane(request.group).submit { [self] in
            // It may have been let go while this waited.
            if let part = request.part(size: partial.size) {
                guard partials.withLock({ $0[request.blob] }) === partial else {
                    return done(group.buffer)
                }
                return take(part, group, into: partial, done: done)
            }
            let byteCount = UInt64(group.buffer.count)
            write(group, to: partial, byteCount: byteCount, wire: byteCount)
            done(group.buffer)
        }
    }

    /// Writes a proven group of which `byteCount` bytes came now, in `wire` bytes, on its lane.
    func write(_ group: VerifiedGroup, to partial: PartialBlob, byteCount: UInt64, wire: UInt64) {
        let request = group.request
        do throws(StoreError) {
            try partial.write(
                group: Int(request.group), group.buffer, leafValues: group.leafValues)
            shelf.drop(request.group, of: request.blob)
            post(
                .groupStored(
                    group.session, request: request.request, byteCount: byteCount, wire: wire))
        } catch {
            post(
                .groupUnwritable(
                    group.session, request: request.request, reason: StoreProblem(error)))
        }
        if partial.isCheckpointDue() { checkpoint(partial) }
    }

    /// Makes due groups durable; called every second, and at the end for all.
    func checkpointDue(isLast: Bool = false) {
        let open = partials.withLock { Array($0.values) }
        for partial in open where isLast || partial.isCheckpointDue() { checkpoint(partial) }
    }

    private func checkpoint(_ partial: PartialBlob) {
        let isFirst = checkpointing.withLock { $0.insert(partial.id).inserted }
        guard isFirst else { return }
        checkpointLane.submit { [self] in
            _ = checkpointing.withLock { $0.remove(partial.id) }
            guard partials.withLock({ $0[partial.id] != nil }) else { return }
            do throws(StoreError) {
                try library.checkpoint(partial)
            } catch {
                // Bytes are safe, only the index lags; it is told when there is room.
                if case .diskFull = error { return }
                partials.withLock { $0[partial.id] = nil }
                post(.blobFailed(blob: partial.id, StoreProblem(error)))
            }
        }
    }

    func complete(_ blob: Digest) {
        guard let partial = partials.withLock({ $0.removeValue(forKey: blob) }) else { return }
        // Behind the checkpoints of this blob, so that none writes to a finished one. Those that
        // come while others are completed share their syncs.
        completing.withLock { $0.append(partial) }
        checkpointLane.submit { [self] in completeWaiting() }
    }

    private func completeWaiting() {
        let waiting = completing.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        if waiting.isEmpty { return }
        var failed: [Digest: StoreError] = [:]
        do throws(StoreError) {
            for problem in try library.complete(waiting) { failed[problem.blob] = problem.problem }
        } catch {
            for partial in waiting { failed[partial.id] = error }
        }
        for partial in waiting {
            if let problem = failed[partial.id] {
                // On a full disk it is tried again, with what it has.
                if case .diskFull = problem { partials.withLock { $0[partial.id] = partial } }
                post(.blobFailed(blob: partial.id, StoreProblem(problem)))
            } else {
                post(.blobCompleted(blob: partial.id))
            }
        }
    }

    /// Lets go of a partial blob: a last checkpoint keeps what arrived.
    func release(_ blob: Digest) {
        guard let partial = partials.withLock({ $0.removeValue(forKey: blob) }) else { return }
        dropParts(of: blob)
        checkpointLane.submit { [library] in try? library.checkpoint(partial) }
    }

    // MARK: Blobs that leave

    /// Reads the leaves that were asked for into `buffer`, in the form in which they leave.
    func read(
        _ request: GroupRequest, into buffer: Buffer,
        done: @escaping @Sendable (Buffer, ReadGroup) -> Void
    ) {
        _ = used.withLock { $0.insert(request.blob) }
        // What is on its way here is given out as far as it came.
        let partial = partials.withLock { $0[request.blob] }
        if request.accepts != nil { codedWaiting.withLock { $0 += 1 } }
        lane(request.group).submit { [self] in
            do throws(StoreError) {
                let coding = try read(request, partial, into: buffer)
                done(buffer, coding.map { .coded($0) } ?? .plain)
            } catch {
                done(buffer, .unreadable)
            }
        }
    }

    /// The encoded page of a blob's group values; empty when the blob is not readable.
    func page(
        _ blob: Digest, _ page: UInt64, done: @escaping @Sendable ([UInt8]) -> Void
    ) {
        let partial = partials.withLock { $0[blob] }
        lane(page).submit { [readers, library] in
            let known = partial?.layer ?? (try? readers.layer(blob, layout: library.layout))
            guard let layer = known,
                page < UInt64(GroupPage.count(size: layer.size))
            else { return done([]) }
            var writer = Writer()
            GroupPage(Int(page), of: layer).write(to: &writer)
            done(writer.bytes)
        }
    }

    /// Remembers that another node with this one's key is alive.
    func note(_ twin: Twin) {
        indexLane.submit { [library] in
            let places = twin.endpoints.map { Address($0)?.description ?? "" }
            try? TwinMark(met: twin.met, places: places.filter { !$0.isEmpty })
                .write(library.layout)
            let now = Clock.wallMilliseconds()
            guard var mark = try? RestoredMark.read(library.layout, now: now) else { return }
            mark.met = now
            try? mark.write(library.layout)
        }
    }

    /// Signs where the journal stands, so that what it holds can be shown to others.
    func signJournal() {
        indexLane.submit { [library] in try? library.journal.checkpoint() }
    }

    /// Blobs that are being fetched now.
    var transferCount: Int { partials.withLock { $0.count } }

    /// The blobs that were read for others since the last call.
    func takeUsed() -> Set<Digest> {
        used.withLock { used in
            defer { used = [] }
            return used
        }
    }

    /// Forgets open files of blobs that were removed.
    func forgetReaders() {
        readers.clear()
        plans.clear()
    }

    /// Does something with index and journal in the order of the other changes.
    func onIndexLane(_ work: @escaping @Sendable () -> Void) { indexLane.submit(work) }
}
