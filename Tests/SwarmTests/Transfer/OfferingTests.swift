import Genome
import Testing

@testable import Swarm
@testable import Wire

/// Giving out what comes while it comes, and finding others who do.
@Suite struct OfferingTests {
    /// A core that fetches the 12 groups of a sample from session 2, with sessions 3 and 4.
    private func fetching(
        isSeeding: Bool = true
    ) throws -> (driver: Driver, sample: Sample, blob: Digest) {
        var driver = Driver(isSeeding: isSeeding)
        for seed: UInt8 in [2, 3, 4] { driver.open(UInt64(seed), seed) }
        let sample = try Sample(groups: [12])
        _ = driver.describe(sample, from: [2], seeds: [2])
        let blob = try #require(sample.files.keys.first)
        _ = driver.serve(blob, of: sample, from: [2])
        return (driver, sample, blob)
    }

    private func get(_ sample: Sample, _ blob: Digest, _ group: UInt64) -> Message {
        .get(GroupRequest(request: group, layer: sample.id, blob: blob, group: group))
    }

    @Test func `what has come is told, given out, and no more than that`() throws {
        var (driver, sample, blob) = try fetching()
        let empty = driver.hear(3, .open(layer: sample.id, blob: blob)).sent(to: 3)
        #expect(
            empty == [
                .holding(
                    Holding(layer: sample.id, blob: blob, extent: .groups(bitmap: [0, 0])))
            ])
        let (number, pending) = try #require(driver.core.requests.entries.first)
        driver.feed(.groupStored(2, request: number, byteCount: 1 << 20))
        let told = driver.pass(Span.second).sent(to: 3)
        let change = try #require(
            HoldingChange(
                layer: sample.id, blob: blob, runs: [pending.group..<pending.group + 1]))
        #expect(told.filter { $0 == .holdingChange(change) }.count == 1)
        let served = driver.hear(3, get(sample, blob, pending.group)).compactMap { effect in
            if case .serveGroup(3, let request) = effect { request.group } else { nil }
        }
        #expect(served == [pending.group])
        let other = (pending.group + 1) % 12
        let refused = driver.hear(3, get(sample, blob, other))
        #expect(
            refused.sent(to: 3) == [
                .reject(request: other, reason: .absent, retryMilliseconds: 0)
            ])
        // The manifest came whole.
        let manifest = driver.hear(3, .open(layer: sample.id, blob: sample.id)).sent(to: 3)
        #expect(
            manifest == [
                .holding(Holding(layer: sample.id, blob: sample.id, extent: .complete))
            ])
    }

    @Test func `the end of a fetch ends what is given out, a whole layer stays`() throws {
        var (driver, sample, blob) = try fetching()
        driver.hear(3, .open(layer: sample.id, blob: blob))
        let effects = driver.feed(.cancelFetch(1))
        #expect(
            effects.sent(to: 3) == [
                .holding(Holding(layer: sample.id, blob: blob, extent: .none))
            ])
        #expect(driver.core.offered.isEmpty && driver.core.fetchingOffered.isEmpty)
        (driver, sample, blob) = try fetching()
        driver.hear(3, .open(layer: sample.id, blob: blob))
        let whole = driver.feed(.blobCompleted(blob: blob)).sent(to: 3)
        #expect(
            whole == [.holding(Holding(layer: sample.id, blob: blob, extent: .complete))])
    }

    @Test func `who does not seed gives nothing out and seeks nobody`() throws {
        var (driver, sample, blob) = try fetching(isSeeding: false)
        #expect(driver.core.offered.isEmpty)
        let answer = driver.hear(3, .open(layer: sample.id, blob: blob)).sent(to: 3)
        #expect(
            answer == [.holding(Holding(layer: sample.id, blob: blob, extent: .none))])
        #expect(driver.core.sessions[2]?.told.isEmpty == true)
    }

    @Test func `a holder names those who fetch to each other, and nobody else`() throws {
        var driver = Driver()
        let sample = try Sample(groups: [12])
        driver.feed(.layerHeld(sample.held))
        for seed: UInt8 in [2, 3, 4] {
            driver.open(UInt64(seed), seed)
            driver.hear(
                UInt64(seed),
                .introduction(
                    Introduction(
                        endpoints: [Driver.address(seed)], observed: nil, label: "x",
                        software: "y", wallMilliseconds: driver.moment.wall)))
        }
        func named(_ effects: [Effect], to session: SessionNumber) -> [NodeKey]? {
            effects.sent(to: session).compactMap { message in
                if case .seekers(_, let peers) = message { peers.map(\.key) } else { nil }
            }.first
        }
        let first = driver.hear(2, .seek(layer: sample.id))
        #expect(named(first, to: 2) == [] && named(first, to: 3) == nil)
        let second = driver.hear(3, .seek(layer: sample.id))
        #expect(named(second, to: 3) == [Driver.key(2).publicKey])
        #expect(named(second, to: 2) == [Driver.key(3).publicKey] && named(second, to: 4) == nil)
        #expect(driver.hear(3, .seek(layer: sample.id)).isEmpty, "once is enough")
        let unknown = driver.hear(4, .seek(layer: Gossip.name([9])))
        #expect(unknown.sent(to: 4).isEmpty)
    }

    @Test func `who is named by one that was not asked, or at a place out of reach, is not called`()
        throws
    {
        var (driver, sample, _) = try fetching()
        let other = PeerAddress(key: Driver.key(9).publicKey, endpoints: [Driver.address(9)])
        driver.hear(3, .seekers(layer: sample.id, [other]))
        #expect(driver.core.fetches[1]?.sharers.isEmpty == true)
        let near = PeerAddress(
            key: Driver.key(8).publicKey, endpoints: [Driver.address(8, [192, 168, 0])])
        driver.hear(2, .seekers(layer: sample.id, [other, near]))
        #expect(driver.core.fetches[1]?.sharers == [other.key])
        let many = (10..<60).map { seed in
            PeerAddress(
                key: Driver.key(UInt8(seed)).publicKey, endpoints: [Driver.address(UInt8(seed))])
        }
        for start in stride(from: 0, to: 48, by: 16) {
            driver.hear(2, .seekers(layer: sample.id, Array(many[start..<start + 16])))
        }
        #expect(driver.core.fetches[1]?.sharers.count == SwarmLimits.sharersMax)
    }

    @Test func `a restricted layer is neither offered nor sought`() throws {
        let sample = try Sample(groups: [12], visibility: .whitelist)
        var driver = Driver()
        driver.feed(.layerHeld(sample.held))
        driver.open(2, 2)
        #expect(driver.hear(2, .seek(layer: sample.id)).sent(to: 2).isEmpty)
    }
}
