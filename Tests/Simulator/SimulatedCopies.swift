import Genome
import Swarm
import Wire

/// What a node of the world keeps as a mirror: as much as the program's shell does, over the store
/// in memory. It outlives a crash, as the store does.
package struct SimulatedCopies {
    /// What its owner wants mirrored; nil where she never said anything.
    package var wanted: MirrorSettings?
    /// Bytes for which there is room.
    package var room: UInt64 = 1 << 40
    /// What it keeps as a mirror.
    package fileprivate(set) var kept: Set<Digest> = []
    /// Copies on their way, by fetch.
    fileprivate var taking: [FetchNumber: Digest] = [:]
    /// Copies that were begun, and let go of.
    package fileprivate(set) var begun = 0
    package fileprivate(set) var released = 0
    private var nextFetch: FetchNumber = 100_000

    fileprivate mutating func number() -> FetchNumber {
        nextFetch += 1
        return nextFetch
    }

    /// What a crash takes with it.
    mutating func crash() { taking = [:] }
}

extension SimulatedNode {
    /// Its owner says what is to be mirrored.
    package func mirror(_ wanted: MirrorSettings, in world: World) {
        copies.wanted = wanted
        tellMirroring(in: world)
    }

    /// What the shell says at the start.
    func tellMirroring(in world: World) {
        world.feed(index, .mirroring(copies.wanted ?? MirrorSettings(), room: copies.room))
    }

    func performCopies(_ effect: Effect, in world: World) {
        switch effect {
        case .surveyCopies(let settings): world.answer(index, .copiesSurveyed(survey(settings)))
        case .takeCopy(let layer):
            if has(layer) {
                copies.kept.insert(layer)
                world.answer(index, .copyTaken(layer, failure: nil))
                return
            }
            copies.begun += 1
            let number = copies.number()
            copies.taking[number] = layer
            var request = FetchRequest(layer: layer)
            request.isMirroring = true
            world.answer(index, .fetch(number, request))
        case .releaseCopy(let layer):
            copies.kept.remove(layer)
            copies.released += 1
        default: break
        }
    }

    /// A fetch ended that may have been for a copy.
    func copyFetched(_ number: FetchNumber, _ status: FetchStatus, in world: World) {
        guard status.isOver, let layer = copies.taking.removeValue(forKey: number) else { return }
        let isHere = status.phase == .done
        if isHere { copies.kept.insert(layer) }
        world.answer(index, .copyTaken(layer, failure: isHere ? nil : "\(status.phase)"))
    }

    /// Lets go of what is only cached, as a full disk would.
    package func evict(_ layer: Digest, in world: World) {
        guard !copies.kept.contains(layer) else { return }
        remove(layer, in: world)
    }

    private func survey(_ settings: MirrorSettings) -> CopySurvey {
        var layers: [Digest: WatchedLayer] = [:]
        var nodes: [MirrorNode] = []
        for record in catalogue.values.sorted(by: { $0.id < $1.id }) {
            if case .node(let content) = record.content {
                nodes.append(MirrorNode(record.publisher, content, issued: record.issued))
            }
            guard let layer = DescribedLayer(record),
                settings.rules.contains(where: { $0.follow.covers(layer) })
                    || copies.kept.contains(layer.content.layer)
            else { continue }
            let known = layers[layer.content.layer]
            let isSource = record.type == .layer
            let own: Set<NodeKey> = record.publisher == key.publicKey ? [] : [record.publisher]
            layers[layer.content.layer] = WatchedLayer(
                isSource ? layer : known?.layer ?? layer,
                sources: (known?.sources ?? []).union(isSource ? own : []),
                holders: (known?.holders ?? []).union(isSource ? [] : own),
                isKept: copies.kept.contains(layer.content.layer))
        }
        return CopySurvey(
            layers: layers.values.sorted { $0.id < $1.id }, nodes: nodes, room: copies.room)
    }
}
