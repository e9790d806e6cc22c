import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct DownloadTests {
    /// A core whose fetch 1 has opened the only file of `sample`, known to be at `seeds`.
    private func open(
        _ sample: Sample, _ seeds: [UInt8], knowsLayer: Bool = true
    ) throws -> (driver: Driver, blob: Digest, effects: [Effect]) {
        var driver = Driver()
        for seed in seeds { driver.open(UInt64(seed), seed) }
        let sessions = seeds.map { UInt64($0) }
        _ = driver.describe(sample, from: sessions, seeds: seeds)
        let blob = try #require(sample.files.keys.first)
        let effects = driver.serve(blob, of: sample, from: sessions, knowsLayer: knowsLayer)
        return (driver, blob, effects)
    }

    @Test func `peers are asked for two groups each at first, for more as these come`() throws {
        let sample = try Sample(groups: [400])
        for seeds: [UInt8] in [[2], [2, 3], [2, 3, 4], [2, 3, 4, 5]] {
            var (driver, _, effects) = try open(sample, seeds)
            // Until it is known who else fetches the layer, one of each.
            #expect(effects.requests.count == seeds.count)
            effects += driver.hear(UInt64(seeds[0]), .seekers(layer: sample.id, []))
            #expect(effects.requests.count == 2 * seeds.count)
            var most = 0
            for number in 0..<200 where number < effects.requests.count {
                driver.time += Span.millisecond
                let (session, request) = effects.requests[number]
                effects += driver.feed(
                    .groupStored(session, request: request.request, byteCount: 1 << 20))
                most = max(most, driver.core.requests.count)
                for seed in seeds {
                    #expect(try #require(driver.core.sessions[UInt64(seed)]).pace.asked <= 32)
                }
            }
            #expect(most == min(32 * seeds.count, SwarmLimits.requestsMax))
        }
    }

    @Test func `each group is asked for once, in order from a place of the node's own`() throws {
        let sample = try Sample(groups: [24])
        var (driver, _, effects) = try open(sample, [2, 3, 4])
        effects += driver.hear(2, .seekers(layer: sample.id, []))
        let asked = driver.deliver(effects).requests.map(\.request.group)
        let first = try #require(asked.first)
        #expect(asked == (0..<24).map { ($0 + first) % 24 })
    }

    @Test func `a reader gets the beginning first`() throws {
        let sample = try Sample(groups: [24])
        var driver = Driver()
        driver.open(2, 2)
        let request = FetchRequest(layer: sample.id, isSequential: true)
        _ = driver.describe(sample, from: [2], seeds: [2], as: request)
        let blob = try #require(sample.files.keys.first)
        let effects = driver.serve(blob, of: sample, from: [2])
        let asked = driver.deliver(effects).requests.map(\.request.group)
        #expect(asked == Array(0..<24))
    }

    @Test func `group values come page by page and each is checked`() throws {
        let sample = try Sample(groups: [1500])
        var (driver, blob, effects) = try open(sample, [2], knowsLayer: false)
        let layer = try #require(sample.files[blob])
        for page in 0..<2 {
            #expect(
                effects.sent(to: 2).last
                    == .groupsRequest(layer: sample.id, blob: blob, page: UInt64(page)))
            var writer = Writer()
            GroupPage(page, of: layer).write(to: &writer)
            effects = driver.hear(
                2, .groups(blob: blob, page: UInt64(page), bytes: writer.bytes))
        }
        guard case .saveGroupLayer(layer)? = effects.first else {
            Issue.record("the values are not kept")
            return
        }
        #expect(effects.requests.count == 1)
    }

    @Test func `a page that does not match is blamed, the next holder is asked`() throws {
        let sample = try Sample(groups: [3])
        var (driver, blob, _) = try open(sample, [2, 3], knowsLayer: false)
        let effects = driver.hear(
            2, .groups(blob: blob, page: 0, bytes: [UInt8](repeating: 0, count: 97)))
        #expect(driver.core.bans[Driver.key(2).publicKey] != nil)
        #expect(
            effects.sent(to: 3) == [.groupsRequest(layer: sample.id, blob: blob, page: 0)])
    }

    @Test func `a peer without the page is asked for no more, and not blamed`() throws {
        let sample = try Sample(groups: [3])
        var (driver, blob, _) = try open(sample, [2, 3], knowsLayer: false)
        let effects = driver.hear(2, .groups(blob: blob, page: 0, bytes: []))
        #expect(driver.core.bans.isEmpty)
        #expect(
            effects.sent(to: 3) == [.groupsRequest(layer: sample.id, blob: blob, page: 0)])
    }

    @Test func `a wrong group is blamed with blob, group and peer, and asked of another`() throws {
        let sample = try Sample(groups: [4])
        var (driver, blob, effects) = try open(sample, [2, 3])
        let bad = try #require(effects.requests.first { $0.session == 2 })
        effects = driver.deliver(driver.feed(.groupRefuted(2, request: bad.request.request)))
        for (session, request) in driver.core.requests.entries.map({ ($0.value.session, $0.key) }) {
            effects += driver.deliver(
                driver.feed(.groupStored(session, request: request, byteCount: 1 << 20)))
        }
        #expect(effects.requests.allSatisfy { $0.session == 3 })
        #expect(effects.requests.contains { $0.request.group == bad.request.group })
        #expect(driver.core.sessions[2]?.pace.asked == 0)
        let fault = try #require(driver.core.fetches[1]?.faults.first)
        #expect(fault.node == Driver.key(2).publicKey)
        #expect(fault.blob == blob && fault.group == bad.request.group)
        #expect(effects.sent(to: 2).allSatisfy { if case .cancel = $0 { true } else { false } })
    }

    @Test func `with the only holder banned the fetch fails as corrupt at once`() throws {
        var (driver, _, effects) = try open(try Sample(groups: [4]), [2])
        driver.feed(.groupRefuted(2, request: effects.requests[0].request.request))
        effects = driver.pass(Span.second)
        guard case .failed(.corrupt(let faults))? = effects.phase(of: 1) else {
            Issue.record("it goes on")
            return
        }
        #expect(faults.count == 1 && driver.core.sessions[2]?.isClosing == false)
    }

    @Test func `a group that does not come is asked of another peer too`() throws {
        var (driver, _, effects) = try open(try Sample(groups: [6]), [2])
        #expect(effects.requests.count == 2)
        driver.open(3, 3)
        driver.feed(.holdersFound(1, try Sample(groups: [6]).holders([2, 3])))
        let sample = try Sample(groups: [6])
        let blob = try #require(sample.files.keys.first)
        driver.hear(3, .holding(Holding(layer: sample.id, blob: blob, extent: .complete)))
        // The third brings what is asked of it, the second nothing at all.
        var brought: Set<UInt64> = []
        for _ in 0..<450 where brought.count < 6 {
            effects = driver.pass(100 * Span.millisecond)
            for (number, pending) in driver.core.requests.entries where pending.session == 3 {
                brought.insert(pending.group)
                driver.feed(.groupStored(3, request: number, byteCount: 1 << 20))
            }
            driver.hear(2, .pong(0))
            driver.hear(3, .pong(0))
        }
        #expect(brought.count == 6)
        #expect(driver.core.sessions[2]?.pace.asked == 0)
    }

    @Test func `the copy of a group that comes first ends the other`() throws {
        let sample = try Sample(groups: [2])
        var (driver, blob, effects) = try open(sample, [2])
        let asked = effects.requests
        #expect(asked.count == 2)
        driver.open(3, 3)
        driver.feed(.holdersFound(1, sample.holders([2, 3])))
        driver.hear(3, .holding(Holding(layer: sample.id, blob: blob, extent: .complete)))
        effects = driver.pass(11 * Span.second)
        let second = try #require(effects.requests.first { $0.session == 3 })
        effects = driver.feed(
            .groupStored(3, request: second.request.request, byteCount: 1 << 20))
        let first = try #require(asked.first { $0.request.group == second.request.group })
        #expect(effects.sent(to: 2).contains(.cancel(request: first.request.request)))
        #expect(driver.core.downloads[blob]?.asked == driver.core.requests.count)
    }

    @Test func `a group that was given up and comes all the same is not asked for again`() throws {
        let sample = try Sample(groups: [2])
        var (driver, blob, effects) = try open(sample, [2])
        let late = effects.requests[0].request
        driver.feed(.sessionClosed(2, reason: "reset"))
        #expect(driver.core.downloads[blob]?.wanted.count == 2)
        driver.feed(.groupStored(2, request: late.request, byteCount: 1 << 20))
        #expect(driver.core.downloads[blob]?.wanted == [1 - late.group])
        #expect(driver.core.fetches[1]?.status.received == 1 << 20)
    }

    @Test func `a slow line that delivers is not cut off`() throws {
        var (driver, _, effects) = try open(try Sample(groups: [8]), [2])
        for _ in 0..<8 {
            let number = try #require(driver.core.requests.keys.first)
            effects += driver.pass(20 * Span.second)
            driver.hear(2, .pong(0))
            effects += driver.feed(.groupStored(2, request: number, byteCount: 1 << 20))
        }
        #expect(effects.completed.count == 1 && effects.requests.count == 8)
        #expect(effects.sent(to: 2).allSatisfy { if case .cancel = $0 { false } else { true } })
    }

    @Test func `a busy peer is left alone for as long as it says, within bounds`() throws {
        for (milliseconds, pause) in [
            (UInt64(0), SwarmLimits.busyPauseMin), (500, 500 * Span.millisecond),
            (.max, SwarmLimits.busyPauseMax),
        ] {
            var (driver, _, effects) = try open(try Sample(groups: [1]), [2])
            let request = effects.requests[0].request.request
            effects = driver.hear(
                2, .reject(request: request, reason: .busy, retryMilliseconds: milliseconds))
            #expect(effects.requests.isEmpty)
            let start = driver.time
            while effects.requests.isEmpty, driver.time < start + Span.minute {
                effects = driver.pass(100 * Span.millisecond)
                driver.hear(2, .pong(0))
            }
            #expect(driver.time - start >= pause)
            #expect(driver.time - start <= pause + 300 * Span.millisecond)
        }
    }

    @Test func `a peer that lost the blob is not asked again soon, the others are`() throws {
        var (driver, _, effects) = try open(try Sample(groups: [2]), [2, 3])
        let mine = try #require(effects.requests.first { $0.session == 2 })
        effects = driver.hear(
            2,
            .reject(request: mine.request.request, reason: .absent, retryMilliseconds: 0))
        #expect(effects.requests.map(\.session) == [3])
        #expect(
            driver.pass(30 * Span.second).sent(to: 2).allSatisfy { message in
                if case .open = message { false } else { true }
            })
    }

    @Test func `what a lost session owed is asked of another`() throws {
        var (driver, _, effects) = try open(try Sample(groups: [8]), [2, 3])
        let owed = effects.requests.filter { $0.session == 2 }.map(\.request.group)
        effects = driver.deliver(driver.feed(.sessionClosed(2, reason: "reset")))
        for number in driver.core.requests.keys {
            effects += driver.deliver(
                driver.feed(.groupStored(3, request: number, byteCount: 1 << 20)))
        }
        #expect(Set(effects.requests.map(\.request.group)).isSuperset(of: owed))
        #expect(effects.requests.allSatisfy { $0.session == 3 })
    }

    @Test func `what may be here is looked for before peers are asked`() throws {
        let sample = try Sample(groups: [20])
        var driver = Driver()
        driver.open(2, 2)
        _ = driver.describe(sample, from: [2], seeds: [2])
        let blob = try #require(sample.files.keys.first)
        var effects = driver.feed(
            .blobOpened(
                blob: blob,
                .partial(bitmap: [], layer: sample.files[blob], isWorthSearch: true)))
        effects += driver.hear(
            2, .holding(Holding(layer: sample.id, blob: blob, extent: .complete)))
        #expect(effects.requests.isEmpty)
        let first = try #require(effects.searches.first)
        // An answer to another question changes nothing.
        #expect(
            driver.feed(
                .groupsFound(blob: blob, token: first.token + 9, bitmap: [0xff], firstGroups: nil)
            ).requests.isEmpty)
        // Groups 1 and 3 are here; the first two are needed to find more.
        effects = driver.feed(
            .groupsFound(blob: blob, token: first.token, bitmap: [0b1010], firstGroups: 2))
        #expect(effects.requests.map(\.request.group) == [0])
        #expect(driver.core.fetches[1]?.status.reused == 2 << 20)
        effects = driver.feed(
            .groupStored(2, request: effects.requests[0].request.request, byteCount: 1 << 20))
        #expect(effects.requests.isEmpty)
        let second = try #require(effects.searches.first)
        effects = driver.feed(
            .groupsFound(
                blob: blob, token: second.token, bitmap: [0xff, 0xff, 0b111], firstGroups: 2))
        // It may not ask for the same again, and one group is left.
        #expect(effects.searches.isEmpty)
        #expect(effects.requests.map(\.request.group) == [19])
        #expect(driver.core.fetches[1]?.status.reused == 18 << 20)
    }

    @Test func `a search waits for the tensor table, which comes first`() throws {
        var generator = SeededGenerator(seed: 8)
        let table = try Sample.blob(groups: 3, &generator)
        let sample = try Sample(groups: [2], table: table)
        var driver = Driver()
        driver.open(2, 2)
        let blob = try #require(sample.files.keys.first)
        // The file is smaller, yet the table is opened before it.
        #expect(driver.describe(sample, from: [2], seeds: [2]).opened == [table.id, blob])
        driver.feed(.blobOpened(blob: table.id, .partial(bitmap: [], layer: table)))
        var effects = driver.feed(
            .blobOpened(
                blob: blob,
                .partial(bitmap: [], layer: sample.files[blob], isWorthSearch: true)))
        effects += driver.hear(
            2, .holding(Holding(layer: sample.id, blob: blob, extent: .complete)))
        #expect(effects.searches.isEmpty && effects.requests.isEmpty)
        effects = driver.feed(.blobCompleted(blob: table.id))
        #expect(effects.searches.map(\.blob) == [blob])
    }

    @Test func `a blob that is all found needs no peer`() throws {
        let sample = try Sample(groups: [3])
        var driver = Driver()
        driver.open(2, 2)
        _ = driver.describe(sample, from: [2], seeds: [2])
        let blob = try #require(sample.files.keys.first)
        let effects = driver.feed(
            .blobOpened(
                blob: blob,
                .partial(bitmap: [], layer: sample.files[blob], isWorthSearch: true)))
        let search = try #require(effects.searches.first)
        #expect(
            driver.feed(
                .groupsFound(blob: blob, token: search.token, bitmap: [7], firstGroups: nil)
            ).completions == [blob])
    }

    @Test func `a full disk makes a fetch wait, which tries one group at a time`() throws {
        var (driver, _, effects) = try open(try Sample(groups: [20]), [2])
        let asked = effects.requests
        effects = driver.feed(
            .groupStored(2, request: asked[0].request.request, byteCount: 1 << 20))
        let full = StoreProblem(.quota, "the disk is full", mayPass: true)
        for request in asked.dropFirst() + effects.requests {
            let answer = driver.feed(
                .groupUnwritable(2, request: request.request.request, reason: full))
            #expect(answer.requests.isEmpty && answer.phase(of: 1) != .failed(.store(full)))
        }
        #expect(driver.core.fetches[1]?.status.pause == "the disk is full")
        // Long after a fetch without progress would have been given up.
        var tries = 0
        for _ in 0..<60 {
            driver.feed(.message(2, .ping(1)))
            for request in driver.pass(SwarmLimits.roomPause + Span.reportTick).requests {
                tries += 1
                driver.feed(.groupUnwritable(2, request: request.request.request, reason: full))
            }
        }
        #expect((50...60).contains(tries))
        #expect(driver.core.fetches[1]?.status.received == 1 << 20)
        let next = try #require(
            driver.pass(SwarmLimits.roomPause + Span.reportTick).requests.first)
        effects = driver.feed(
            .groupStored(2, request: next.request.request, byteCount: 1 << 20))
        #expect(driver.core.fetches[1]?.status.pause == nil)
        #expect(effects.requests.count > 1)
    }

    @Test func `a full disk does not lose a blob that only has to be finished`() throws {
        var (driver, blob, effects) = try open(try Sample(groups: [2]), [2])
        for request in effects.requests {
            effects = driver.feed(
                .groupStored(2, request: request.request.request, byteCount: 1 << 20))
        }
        #expect(effects.completions == [blob])
        effects = driver.feed(.blobFailed(blob: blob, StoreProblem(.quota, "full", mayPass: true)))
        #expect(effects.completions.isEmpty)
        #expect(driver.pass(SwarmLimits.roomPause + Span.second).completions == [blob])
    }

    @Test func `a layer without room for all of it is refused before its first blob`() throws {
        let full = StoreProblem(.quota, "no room for all", mayPass: true)
        var driver = Driver()
        driver.open(2, 2)
        let effects = driver.describe(
            try Sample(groups: [1, 8]), from: [2], seeds: [2], shortage: full)
        #expect(effects.opened.isEmpty)
        #expect(effects.phase(of: 1) == .failed(.store(full)))
    }

    @Test func `a file that may never grow so large ends a fetch, whatever came of it`() throws {
        var (driver, _, effects) = try open(try Sample(groups: [6]), [2])
        let asked = effects.requests
        effects = driver.feed(
            .groupStored(2, request: asked[0].request.request, byteCount: 1 << 20))
        let limit = StoreProblem(.quota, "it may not grow so large")
        effects = driver.feed(
            .groupUnwritable(2, request: asked[1].request.request, reason: limit))
        #expect(effects.phase(of: 1) == .failed(.store(limit)))
    }

    @Test func `what fits nowhere is refused before it begins, another failure ends it`() throws {
        let sample = try Sample(groups: [8])
        var driver = Driver()
        driver.open(2, 2)
        _ = driver.describe(sample, from: [2], seeds: [2])
        let blob = try #require(sample.files.keys.first)
        let full = StoreProblem(.quota, "no room", mayPass: true)
        let effects = driver.feed(.blobOpened(blob: blob, .failed(full)))
        #expect(effects.phase(of: 1) == .failed(.store(full)))
    }

    @Test func `a disk that fails ends the fetch with the store's words`() throws {
        var (driver, _, effects) = try open(try Sample(groups: [8]), [2])
        effects = driver.feed(
            .groupUnwritable(
                2, request: effects.requests[0].request.request,
                reason: StoreProblem(.internal, "the disk is gone")))
        #expect(effects.phase(of: 1) == .failed(.store(.init(.internal, "the disk is gone"))))
        #expect(driver.core.requests.isEmpty && driver.core.downloads.isEmpty)
    }

    @Test func `two fetches share a blob, each through its own layer`() throws {
        var generator = SeededGenerator(seed: 4)
        let blob = try Sample.blob(groups: 8, &generator)
        let first = try Sample(by: 2, name: "first", groups: [], shared: [blob])
        let second = try Sample(by: 3, name: "second", groups: [], shared: [blob])
        var (driver, _, effects) = try open(first, [2])
        driver.feed(
            .groupStored(2, request: effects.requests[0].request.request, byteCount: 1 << 20))
        driver.open(3, 3)
        effects = driver.describe(second, from: [3], seeds: [3], fetch: 2)
        #expect(effects.opened.isEmpty)
        #expect(
            effects.sent(to: 3) == [
                .seek(layer: second.id), .open(layer: second.id, blob: blob.id),
            ])
        #expect(driver.core.fetches[2]?.status.reused == 1 << 20)
        effects = driver.feed(.cancelFetch(1))
        #expect(effects.released.isEmpty && driver.core.downloads.count == 1)
        effects = driver.hear(
            3, .holding(Holding(layer: second.id, blob: blob.id, extent: .complete)))
        #expect(effects.requests.allSatisfy { $0.request.layer == second.id })
    }

    @Test func `one that joins while a group is asked of two counts what is here`() throws {
        var generator = SeededGenerator(seed: 4)
        let blob = try Sample.blob(groups: 2, &generator)
        let first = try Sample(by: 2, name: "first", groups: [], shared: [blob])
        let second = try Sample(by: 4, name: "second", groups: [], shared: [blob])
        var (driver, _, _) = try open(first, [2])
        driver.open(3, 3)
        driver.feed(.holdersFound(1, first.holders([2, 3])))
        driver.hear(3, .holding(Holding(layer: first.id, blob: blob.id, extent: .complete)))
        driver.pass(11 * Span.second)
        #expect(driver.core.requests.count == 3, "one group is asked of both")
        driver.open(4, 4)
        _ = driver.describe(second, from: [4], seeds: [4], fetch: 2)
        #expect(driver.core.fetches[2]?.status.reused == 0)
    }

    @Test func `partial holders are asked for what they have`() throws {
        let sample = try Sample(groups: [10])
        var driver = Driver()
        driver.open(2, 2)
        let blob = driver.describe(sample, from: [2], seeds: [2]).opened[0]
        driver.feed(
            .blobOpened(blob: blob, .partial(bitmap: [], layer: sample.files[blob])))
        let extent = Holding.Extent.groups(bitmap: [0b0010_0100, 0b10])
        let effects = driver.deliver(
            driver.hear(2, .holding(Holding(layer: sample.id, blob: blob, extent: extent))))
        #expect(effects.requests.map(\.request.group).sorted() == [2, 5, 9])
        let change = try #require(HoldingChange(layer: sample.id, blob: blob, runs: [0..<2]))
        let more = driver.deliver(driver.hear(2, .holdingChange(change)))
        #expect(more.requests.map(\.request.group).sorted() == [0, 1])
    }

    @Test func `a large blob does not starve a small one`() throws {
        let sample = try Sample(groups: [50, 2])
        var driver = Driver()
        driver.open(2, 2)
        let blobs = driver.describe(sample, from: [2], seeds: [2]).opened
        var effects: [Effect] = []
        for blob in blobs.reversed() { effects += driver.serve(blob, of: sample, from: [2]) }
        effects += driver.hear(2, .seekers(layer: sample.id, []))
        for (session, request) in effects.requests.prefix(4) {
            effects += driver.feed(
                .groupStored(session, request: request.request, byteCount: 1 << 20))
        }
        #expect(Set(effects.requests.map(\.request.blob)).count == 2)
    }

    @Test func `a resumed blob asks only for what is missing`() throws {
        let sample = try Sample(groups: [10])
        var driver = Driver()
        driver.open(2, 2)
        let blob = driver.describe(sample, from: [2], seeds: [2]).opened[0]
        driver.feed(
            .blobOpened(
                blob: blob, .partial(bitmap: [0xff, 0b01], layer: sample.files[blob])))
        let effects = driver.hear(
            2, .holding(Holding(layer: sample.id, blob: blob, extent: .complete)))
        #expect(effects.requests.map(\.request.group) == [9])
        #expect(driver.core.fetches[1]?.status.reused == 9 << 20)
        #expect(
            driver.feed(.blobOpened(blob: blob, .partial(bitmap: [], layer: nil))).isEmpty)
    }
}
