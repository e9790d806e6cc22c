import Genome
import Simulator
import Swarm
import Testing
import Wire

/// Ciphertext at mirrors, honest and other ones; a failure prints the seed that repeats it.
@Suite struct HoldTests {
    private static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]

    /// Ciphertexts of a publisher, their list, and what it asked of mirrors.
    private struct Confided {
        let blobs: [BlobReference]
        let bytes: [[UInt8]]
        let list: HoldList

        init(sizes: [Int], seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            bytes = sizes.map { size in
                (0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            }
            blobs = bytes.map { BlobReference(blob: Blake3.hash($0), size: UInt64($0.count)) }
            list = HoldList(blobs)
        }

        var listed: BlobReference {
            BlobReference(blob: Blake3.hash(list.bytes), size: UInt64(list.bytes.count))
        }
    }

    private let sizes = [80, 40_016, 2_500_000]

    /// A publisher, two mirrors and a grantee who all know each other.
    private func nodes(_ world: World) -> [Int] {
        let nodes = (0..<4).map { _ in world.addNode() }
        for node in nodes.dropFirst() { world.join(node, to: nodes[0]) }
        for node in nodes[1...2] { world.join(nodes[3], to: node) }
        return nodes
    }

    private func allow(_ world: World, _ mirror: Int, _ publisher: Int) {
        let key = world.nodes[publisher].key.publicKey
        world.feed(
            mirror, .owner(OwnerPolicy([.init(.publisher(key), [.mirror], allows: true)])))
    }

    /// The publisher asks a mirror; the contract.
    @discardableResult
    private func ask(
        _ world: World, _ publisher: Int, _ mirror: Int, _ confided: Confided,
        seconds: Int64 = 100_000, more: UInt64 = 0
    ) throws -> HoldRequest {
        let key = world.nodes[publisher].key
        let now = Int64(World.wallStart / 1_000)
        let request = try HoldRequest.make(
            publisher: key.publicKey, mirror: world.nodes[mirror].key.publicKey,
            list: confided.listed, size: (confided.list.size ?? 0) + confided.listed.size + more,
            issued: now, until: now + seconds,
            nonce: [UInt8](repeating: UInt8(mirror), count: 16))
        for bytes in confided.bytes + [confided.list.bytes] {
            world.nodes[publisher].put(bytes)
        }
        let envelope = request.signed(by: key).encode()
        world.feed(
            publisher,
            .contractHeld(HeldContract(request, blobs: confided.blobs + [confided.listed])))
        world.feed(
            publisher,
            .askHold(request.contract, mirror: request.mirror, envelope: envelope))
        return request
    }

    private func fetch(
        _ world: World, _ node: Int, _ confided: Confided, _ request: HoldRequest,
        from mirror: Int, number: FetchNumber = 1
    ) {
        let wish = FetchRequest.Sealed(
            blobs: confided.blobs,
            holders: [
                .init(node: request.mirror, endpoints: [world.nodes[mirror].endpoint])
            ])
        world.feed(node, .fetch(number, FetchRequest(contract: request.contract, wish)))
    }

    private func isAnswered(
        _ world: World, _ publisher: Int, _ request: HoldRequest, _ answer: HoldAnswer,
        seconds: UInt64 = 600
    ) -> Bool {
        world.run(seconds: seconds) {
            world.nodes[publisher].mirror.answers[request.contract] == answer
        }
    }

    @Test(arguments: seeds)
    func `a grantee gets every byte from a mirror after the publisher died, in bad weather`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        world.weather.duplicationPerMille = 20
        let nodes = nodes(world)
        let confided = Confided(sizes: sizes, seed: 5)
        allow(world, nodes[1], nodes[0])
        let request = try ask(world, nodes[0], nodes[1], confided)
        #expect(isAnswered(world, nodes[0], request, .complete), "seed \(seed)")
        world.crash(nodes[0])
        world.weather.lossPerMille = 20
        fetch(world, nodes[3], confided, request, from: nodes[1])
        let isHere = world.run(seconds: 1_200) {
            let node = world.nodes[nodes[3]]
            if node.statuses[1]?.isOver == true, node.statuses[1]?.phase != .done {
                fetch(world, nodes[3], confided, request, from: nodes[1])
            }
            return node.statuses[1]?.phase == .done
        }
        #expect(isHere, "seed \(seed)")
        for (blob, bytes) in zip(confided.blobs, confided.bytes) {
            #expect(world.nodes[nodes[3]].blob(blob.blob) == bytes)
        }
    }

    @Test(arguments: seeds)
    func `refused by the owner, for want of room, and for a size that is not so`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        let nodes = nodes(world)
        let confided = Confided(sizes: sizes, seed: 5)
        let first = try ask(world, nodes[0], nodes[1], confided)
        let isRefused = world.run(seconds: 60) {
            if case .refused? = world.nodes[nodes[0]].mirror.answers[first.contract] {
                return true
            }
            return false
        }
        #expect(isRefused && world.nodes[nodes[1]].blob(confided.listed.blob) == nil)
        allow(world, nodes[2], nodes[0])
        world.nodes[nodes[2]].mirror.room = 1_000_000
        let second = try ask(world, nodes[0], nodes[2], confided)
        #expect(
            isAnswered(world, nodes[0], second, .refused("there is no room for it")),
            "seed \(seed)")
        world.nodes[nodes[2]].mirror.room = 100_000_000
        let third = try ask(world, nodes[0], nodes[2], confided, more: 7)
        #expect(
            isAnswered(
                world, nodes[0], third,
                .refused("its list has not the bytes that were asked for")), "seed \(seed)")
        #expect(world.nodes[nodes[2]].mirror.kept.isEmpty)
    }

    @Test(arguments: seeds)
    func `a mirror that sends other bytes is found out, and the next one gives the right ones`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        let nodes = nodes(world)
        let confided = Confided(sizes: sizes, seed: 5)
        let requests = try nodes[1...2].map { mirror in
            allow(world, mirror, nodes[0])
            return try ask(world, nodes[0], mirror, confided)
        }
        for request in requests {
            #expect(isAnswered(world, nodes[0], request, .complete), "seed \(seed)")
        }
        world.crash(nodes[0])
        world.nodes[nodes[1]].isCorrupting = true
        fetch(world, nodes[3], confided, requests[0], from: nodes[1])
        _ = world.run(seconds: 300) { world.nodes[nodes[3]].statuses[1]?.isOver == true }
        guard case .failed(.corrupt(let faults))? = world.nodes[nodes[3]].statuses[1]?.phase else {
            Issue.record("seed \(seed): \(String(describing: world.nodes[nodes[3]].statuses[1]))")
            return
        }
        #expect(faults.allSatisfy { $0.node == requests[0].mirror })
        fetch(world, nodes[3], confided, requests[1], from: nodes[2], number: 2)
        #expect(world.run(seconds: 300) { world.nodes[nodes[3]].statuses[2]?.phase == .done })
        for (blob, bytes) in zip(confided.blobs, confided.bytes) {
            #expect(world.nodes[nodes[3]].blob(blob.blob) == bytes)
        }
    }

    @Test(arguments: seeds)
    func `a publisher that sends other bytes is refused by its mirror`(seed: UInt64) throws {
        let world = World(seed: seed)
        let nodes = nodes(world)
        let confided = Confided(sizes: sizes, seed: 5)
        allow(world, nodes[1], nodes[0])
        world.nodes[nodes[0]].isCorrupting = true
        let request = try ask(world, nodes[0], nodes[1], confided)
        #expect(
            isAnswered(
                world, nodes[0], request, .refused("what came is not what its list names"),
                seconds: 1_200), "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a mirror that died while it pulled goes on`(seed: UInt64) throws {
        let world = World(seed: seed)
        world.weather.delay = 50_000_000...600_000_000
        let nodes = nodes(world)
        let confided = Confided(sizes: [12 << 20], seed: 5)
        allow(world, nodes[1], nodes[0])
        let request = try ask(world, nodes[0], nodes[1], confided)
        let isBegun = world.run(seconds: 120) {
            world.nodes[nodes[1]].statuses.values.contains { $0.received > 3 << 20 }
        }
        #expect(isBegun, "seed \(seed)")
        world.crash(nodes[1])
        _ = world.run(seconds: 5)
        world.restart(nodes[1])
        allow(world, nodes[1], nodes[0])
        world.join(nodes[1], to: nodes[0])
        #expect(isAnswered(world, nodes[0], request, .complete), "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a contract that ended gives nothing, by time or by its publisher's word`(
        seed: UInt64
    ) throws {
        let world = World(seed: seed)
        let nodes = nodes(world)
        let confided = Confided(sizes: [5_000], seed: 5)
        for mirror in nodes[1...2] { allow(world, mirror, nodes[0]) }
        let short = try ask(world, nodes[0], nodes[1], confided, seconds: 120)
        let long = try ask(world, nodes[0], nodes[2], confided)
        for request in [short, long] {
            #expect(isAnswered(world, nodes[0], request, .complete, seconds: 100))
        }
        world.feed(nodes[0], .retractHold(long.contract, mirror: long.mirror))
        #expect(isAnswered(world, nodes[0], long, .ended), "seed \(seed)")
        #expect(world.nodes[nodes[2]].mirror.kept.isEmpty)
        _ = world.run(seconds: 200)
        for (number, (request, mirror)) in zip([short, long], nodes[1...2]).enumerated() {
            let number = FetchNumber(number + 1)
            fetch(world, nodes[3], confided, request, from: mirror, number: number)
            _ = world.run(seconds: 120) {
                world.nodes[nodes[3]].statuses[number]?.isOver == true
            }
            guard case .failed(.unreachable)? = world.nodes[nodes[3]].statuses[number]?.phase
            else {
                Issue.record("seed \(seed)")
                continue
            }
        }
    }
}
