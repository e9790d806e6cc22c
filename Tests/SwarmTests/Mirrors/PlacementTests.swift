import Testing
import Wire

@testable import Swarm

@Suite struct PlacementTests {
    private func candidates(
        _ count: Int, networks: Int, regions: Int = 1, room: UInt64 = 1 << 40
    ) -> [MirrorCandidate] {
        (0..<count).map { index in
            MirrorCandidate(
                node: MirrorSample.key(UInt8(index + 1)), region: "region\(index % regions)",
                network: Subnet(Driver.address(UInt8(index), [20, 1, UInt8(index % networks)])),
                room: room)
        }
    }

    private func order(
        _ candidates: [MirrorCandidate], _ layer: UInt8 = 1, count: Int = 3,
        beside: [MirrorCandidate] = []
    ) -> [NodeKey] {
        Placement.order(
            candidates, beside: beside, for: Blake3.hash([layer]), size: 1_000, count: count)
    }

    @Test func `the order does not hang on the order of the question`() {
        let all = candidates(20, networks: 20)
        var generator = SeededGenerator(seed: 5)
        for layer in UInt8(1)...20 {
            let first = order(all, layer)
            #expect(first.count == 3 && Set(first).count == 3)
            #expect(order(all.shuffled(using: &generator), layer) == first)
        }
    }

    @Test func `layers are shared out by weight`() {
        let all = candidates(10, networks: 10)
        var heavy = MirrorStanding()
        for _ in 0..<100 {
            heavy.challenge()
            heavy.end(isPassed: true)
        }
        let mixed = all.enumerated().map { index, candidate in
            index != 0
                ? candidate
                : MirrorCandidate(
                    node: candidate.node, region: candidate.region, network: candidate.network,
                    room: candidate.room, standing: heavy)
        }
        var counts: [NodeKey: Int] = [:]
        for layer in 0..<2_000 {
            let id = Blake3.hash([UInt8(layer & 255), UInt8(layer >> 8)])
            for node in Placement.order(mixed, for: id, size: 1_000, count: 1) {
                counts[node, default: 0] += 1
            }
        }
        // Weights are 6 for the proven one and 4 for each of nine others.
        let proven = Double(counts[all[0].node] ?? 0)
        #expect(abs(proven - 2_000 * 6 / 42) < 50)
        for other in all.dropFirst() {
            #expect(abs(Double(counts[other.node] ?? 0) - 2_000 * 4 / 42) < 50)
        }
    }

    @Test func `who goes moves only its own place`() {
        let all = candidates(20, networks: 20)
        for layer in UInt8(1)...40 {
            let before = order(all, layer, count: 4)
            let rest = all.filter { $0.node != before[1] }
            let after = order(rest, layer, count: 4)
            #expect(Array(after.prefix(3)) == [before[0], before[2], before[3]])
        }
    }

    @Test func `no network has a second copy before each has one`() {
        let all = candidates(24, networks: 4)
        for layer in UInt8(1)...20 {
            let chosen = order(all, layer, count: 8)
            let networks = chosen.map { node in all.first { $0.node == node }?.network }
            #expect(Set(networks.prefix(4)).count == 4)
            #expect(Set(networks.suffix(4)).count == 4)
        }
        // Also beside those that have it.
        let holder = all[0]
        let next = order(Array(all.dropFirst()), count: 3, beside: [holder])
        #expect(!next.contains { node in all.first { $0.node == node }?.network == holder.network })
    }

    @Test func `among networks that are equal regions are spread`() {
        let all = candidates(30, networks: 30, regions: 3)
        let chosen = order(all, count: 3)
        #expect(Set(chosen.compactMap { node in all.first { $0.node == node }?.region }).count == 3)
    }

    @Test func `a thousand keys of one network take one place`() {
        let honest = candidates(3, networks: 3)
        let flood = (0..<200).map { index in
            MirrorCandidate(
                node: MirrorSample.key(UInt8(index + 20)), region: "region0",
                network: Subnet(Driver.address(9, [66, 6, 6])), room: 1 << 50)
        }
        for layer in UInt8(1)...20 {
            let chosen = order(honest + flood, layer, count: 4)
            #expect(chosen.count { node in honest.contains { $0.node == node } } == 3)
        }
    }

    @Test func `those without room or trust are left out, and few are all`() {
        var all = candidates(3, networks: 3)
        all.append(MirrorCandidate(node: MirrorSample.key(50), room: 999))
        #expect(order(all, count: 10).count == 3)
        #expect(order([], count: 3).isEmpty)
    }
}
