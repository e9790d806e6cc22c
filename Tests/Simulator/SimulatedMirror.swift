import Genome
import Swarm
import Wire

/// What a node of the world does with hold requests: as much as the program's shell, over the
/// store in memory.
package struct SimulatedMirror {
    /// Bytes that it keeps for others at most.
    package var room: UInt64 = 1 << 30
    /// Contracts that it accepted, with the number of the fetch that pulls each.
    package fileprivate(set) var pulls: [FetchNumber: HoldRequest] = [:]
    /// Contracts of which it has all.
    package fileprivate(set) var kept: [Digest: HoldRequest] = [:]
    /// What mirrors answered to this node.
    package fileprivate(set) var answers: [Digest: HoldAnswer] = [:]
    private var nextFetch: FetchNumber = 1_000

    fileprivate mutating func number() -> FetchNumber {
        nextFetch += 1
        return nextFetch
    }
}

extension SimulatedNode {
    /// Carries out what the core wants done about contracts; false for anything else.
    package func performHold(_ effect: Effect, in world: World) -> Bool {
        switch effect {
        case .considerHold(let bytes):
            guard let envelope = try? Envelope.decode(bytes, payloadMax: HoldRequest.bytesMax),
                let request = try? HoldRequest.verified(in: envelope)
            else { return true }
            consider(request, in: world)
        case .considerHoldEnd(let contract, let publisher):
            if mirror.kept[contract]?.publisher == publisher {
                mirror.kept[contract] = nil
                world.answer(index, .contractEnded(contract))
            }
            world.answer(index, .holdOver(contract, publisher: publisher))
        case .holdAnswered(let contract, let answer): mirror.answers[contract] = answer
        default: return false
        }
        return true
    }

    private func consider(_ request: HoldRequest, in world: World) {
        guard request.size <= mirror.room else {
            return world.answer(index, .holdDecided(request, .refused("there is no room for it")))
        }
        world.answer(index, .holdDecided(request, .accepted))
        let isPulled = mirror.pulls.values.contains { $0.contract == request.contract }
        if !isPulled { pull([request.list], request, in: world) }
    }

    private func pull(
        _ blobs: [BlobReference], _ request: HoldRequest, after delay: UInt64 = 100_000,
        in world: World
    ) {
        let number = mirror.number()
        mirror.pulls[number] = request
        let publisher = world.nodes.first { $0.key.publicKey == request.publisher }
        let wish = FetchRequest.Sealed(
            blobs: blobs,
            holders: [
                .init(
                    node: request.publisher, endpoints: publisher.map { [$0.endpoint] } ?? [])
            ])
        world.answer(
            index, .fetch(number, FetchRequest(contract: request.contract, wish)), after: delay)
    }

    /// A fetch ended: the next step of the contract that it was for.
    package func pulled(_ number: FetchNumber, _ status: FetchStatus, in world: World) {
        guard status.isOver, let request = mirror.pulls.removeValue(forKey: number) else { return }
        switch status.phase {
        case .done: break
        case .failed(.corrupt):
            let reason = "what came is not what its list names"
            return world.answer(index, .holdDecided(request, .refused(reason)))
        default: return pull([request.list], request, after: 2_000_000_000, in: world)
        }
        guard let bytes = blob(request.list.blob), let list = try? HoldList.decode(bytes),
            (list.size ?? 0) + request.list.size == request.size
        else {
            let reason = "its list has not the bytes that were asked for"
            return world.answer(index, .holdDecided(request, .refused(reason)))
        }
        let missing = list.blobs.filter { blob($0.blob) == nil }
        guard missing.isEmpty else { return pull(missing, request, in: world) }
        mirror.kept[request.contract] = request
        let blobs = list.blobs + [request.list]
        world.answer(index, .contractHeld(HeldContract(request, blobs: blobs)))
        world.answer(index, .holdDecided(request, .complete))
    }
}
