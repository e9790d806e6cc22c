import Genome
import Swarm
import Wire

/// What the shell does with blobs: a store in memory, a disk with a speed, lanes without threads.
extension SimulatedNode {
    func performTransfer(_ effect: Effect, in world: World) {
        switch effect {
        case .openBlob(let blob, let size):
            if blobs[blob] != nil {
                world.answer(index, .blobOpened(blob: blob, .complete))
                return
            }
            let partial = partials[blob] ?? Partial(size: size)
            partials[blob] = partial
            world.answer(
                index,
                .blobOpened(
                    blob: blob, .partial(bitmap: partial.bitmap, layer: partial.layer)))
        case .saveGroupLayer(let layer): partials[layer.id]?.layer = layer
        case .requestGroup(let session, let request, let layer):
            requests[request.request] = (request, layer)
            world.send(.get(request), from: .init(node: index, session: session))
        case .dropParts(let blob, let group): shelf.drop(group, of: blob)
        case .releaseBlob(let blob): shelf.drop(blob)
        case .completeBlob(let blob):
            guard let partial = partials[blob] else { return }
            blobs[blob] = world.whole(blob, partial.groups)
            partials[blob] = nil
            world.answer(index, .blobCompleted(blob: blob))
        case .readManifest(let number, let layer, _):
            world.answer(index, .manifestRead(number, ReadManifest(bytes: blobs[layer] ?? [])))
        case .adoptLayer(let number, _, let manifest, let envelope):
            adopt(number, manifest, envelope, in: world)
        case .serveGroup(let session, let request): serve(request, session, in: world)
        case .cancelServing(let session, let request):
            world.cancelData(request, from: .init(node: index, session: session))
        case .serveGroupPage(let session, let blob, let page):
            servePage(session, blob, page, in: world)
        default: break
        }
    }

    private func servePage(
        _ session: SessionNumber, _ blob: Digest, _ page: UInt64, in world: World
    ) {
        guard
            let layer = blobs[blob].flatMap({ world.layer(of: blob, $0) })
                ?? partials[blob]?.layer
        else { return }
        var writer = Writer()
        GroupPage(Int(page), of: layer).write(to: &writer)
        let message = Message.groups(blob: blob, page: page, bytes: writer.bytes)
        world.send(
            isByzantine ? bent(message) : message, from: .init(node: index, session: session))
        world.answer(index, .pageServed(session))
    }

    /// What a node makes of its words that says that it has everything.
    func boast(_ message: Message) -> Message {
        guard case .holding(let holding) = message else { return message }
        return .holding(Holding(layer: holding.layer, blob: holding.blob, extent: .complete))
    }

    private func adopt(
        _ number: FetchNumber, _ manifest: [UInt8], _ envelope: [UInt8], in world: World
    ) {
        guard let decoded = try? Manifest.verified(manifest, envelope: envelope) else { return }
        let held = PublishedLayer.held(decoded, envelope: envelope)
        heldLayers.append(held)
        world.answer(index, .layerAdopted(number, held))
    }

    private func serve(_ request: GroupRequest, _ session: SessionNumber, in world: World) {
        if let left = groupsUntilStall {
            if left == 0 { return }
            groupsUntilStall = left - 1
        }
        let stored = blobs[request.blob].map { world.group(request.group, of: request.blob, $0) }
        guard var part = stored ?? partials[request.blob]?.groups[request.group] else { return }
        if request.isPart {
            let size = blobs[request.blob].map { UInt64($0.count) } ?? partials[request.blob]?.size
            guard let cut = size.flatMap({ request.part(size: $0) }) else { return }
            part = Array(part[cut.byteRange]) + cut.path(inGroup: part.span.bytes)
        }
        if (isCorrupting || isByzantine) && !part.isEmpty { part[part.count / 2] ^= 1 }
        let end = World.End(node: index, session: session)
        let wire = Self.wireCount(of: part, request)
        world.sendData(part, wire: wire, request: request.request, from: end)
    }

    /// Bytes of a group on the line: weights are coded where that was asked, to two thirds.
    private static func wireCount(of bytes: [UInt8], _ request: GroupRequest) -> Int {
        request.accepts == nil ? bytes.count : bytes.count * 2 / 3
    }

    /// Bytes of a group arrived: what the link lane does, without the lane.
    package func arrived(
        _ bytes: [UInt8], session: SessionNumber, request number: UInt64, in world: World
    ) {
        guard let (request, layer) = requests.removeValue(forKey: number) else { return }
        let part = request.part(size: layer.size)
        let isProven =
            part.map { layer.leafValues(ifMatching: bytes.span.bytes, as: $0) != nil }
            ?? (layer.leafValues(ifMatching: bytes.span.bytes, at: Int(request.group)) != nil)
        guard isProven else {
            groupsRefuted += 1
            world.feed(index, .groupRefuted(session, request: number))
            return
        }
        guard let part else {
            shelf.drop(request.group, of: request.blob)
            return store(bytes, request, session, count: bytes.count, in: world)
        }
        guard let whole = shelf.keep(part, of: request.blob, bytes) else {
            world.feed(
                index,
                .partKept(
                    session, request: number, byteCount: UInt64(part.byteRange.count),
                    wire: UInt64(bytes.count)))
            return
        }
        store(whole, request, session, count: part.byteRange.count, in: world)
    }

    /// Writes a group that is proven; `byteCount` bytes of it came now.
    private func store(
        _ bytes: [UInt8], _ request: GroupRequest, _ session: SessionNumber,
        count byteCount: Int, in world: World
    ) {
        let (number, count) = (request.request, UInt64(byteCount))
        guard groupsStored < roomForGroups ?? .max else {
            let problem = StoreProblem(.quota, "the disk is full", mayPass: true)
            world.feed(index, .groupUnwritable(session, request: number, reason: problem))
            return
        }
        groupsStored += 1
        partials[request.blob]?.groups[request.group] = bytes
        let wire = request.isPart ? count : UInt64(Self.wireCount(of: bytes, request))
        if request.isPart { shelf.drop(request.group, of: request.blob) }
        let stored = Input.groupStored(session, request: number, byteCount: count, wire: wire)
        guard let diskRate else { return world.feed(index, stored) }
        diskFree = max(diskFree, world.now) + count * 1_000_000_000 / max(1, diskRate)
        world.answer(index, stored, after: diskFree - world.now)
    }

    package static func groupLayer(_ bytes: [UInt8]) -> GroupLayer? {
        let size = UInt64(bytes.count)
        let id = Blake3.hash(bytes)
        if let single = GroupLayer(singleGroup: id, size: size) { return single }
        var values: [UInt8] = []
        for group in 0..<HashTree.groupCount(size: size) {
            let range = HashTree.groupRange(group, size: size)
            let part = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
            let leaves = HashTree.leafValues(
                of: part.span.bytes, groupIndex: group, isOnlyGroup: false)
            values += HashTree.groupValue(leafValues: leaves, isOnlyGroup: false).bytes
        }
        return try? GroupLayer(id: id, size: size, values: values)
    }
}

/// Parts of groups that a node keeps in memory until their groups are whole.
struct SimulatedShelf {
    private var parts: [Digest: [UInt64: [Int: [UInt8]]]] = [:]

    /// Groups of which parts are here.
    var groups: Int { parts.values.reduce(0) { $0 + $1.count } }

    /// Keeps a part; the bytes of its group once it is whole.
    mutating func keep(_ part: GroupPart, of blob: Digest, _ bytes: [UInt8]) -> [UInt8]? {
        let group = UInt64(part.group)
        for leaf in part.leaves {
            let start = (leaf - part.leaves.lowerBound) * HashTree.leafBytes
            let end = min(start + HashTree.leafBytes, part.byteRange.count)
            parts[blob, default: [:]][group, default: [:]][leaf] = Array(bytes[start..<end])
        }
        let here = parts[blob]?[group] ?? [:]
        let count = HashTree.leaves(ofGroup: part.group, size: part.size).count
        return here.count < count ? nil : (0..<count).flatMap { here[$0] ?? [] }
    }

    mutating func drop(_ group: UInt64, of blob: Digest) {
        parts[blob]?[group] = nil
        if parts[blob]?.isEmpty == true { parts[blob] = nil }
    }

    mutating func drop(_ blob: Digest) { parts[blob] = nil }
}
