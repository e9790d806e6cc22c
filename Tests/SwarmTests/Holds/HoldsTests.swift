import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct HoldsTests {
    private let sample: (request: HoldRequest, envelope: [UInt8])
    private var contract: Digest { sample.request.contract }

    init() throws { sample = try HoldSample.request() }

    /// The publisher, with the request asked and a session to the mirror.
    private func publisher(isMet: Bool = true) -> Driver {
        var driver = Driver(1)
        driver.feed(
            .askHold(
                contract, mirror: sample.request.mirror, envelope: sample.envelope))
        if isMet { driver.open(1, 2) }
        return driver
    }

    /// A mirror whose owner has said something of the publisher, with a session to it.
    private func mirror(_ allows: Bool?, from peer: UInt8 = 1) -> Driver {
        var driver = Driver(2)
        if let allows {
            driver.feed(
                .owner(
                    OwnerPolicy([
                        .init(.publisher(sample.request.publisher), [.mirror], allows: allows)
                    ])))
        }
        driver.open(1, peer)
        return driver
    }

    private var held: HeldContract {
        HeldContract(sample.request, blobs: (0..<3).map { HoldSample.blob($0) })
    }

    private func asked(_ effects: [Effect]) -> Bool {
        effects.sent(to: 1).contains(.hold(sample.envelope))
    }

    private func answers(_ effects: [Effect]) -> [HoldAnswer] {
        effects.compactMap { effect in
            if case .holdAnswered(contract, let answer) = effect { answer } else { nil }
        }
    }

    private func considered(_ effects: [Effect]) -> Bool {
        effects.contains { if case .considerHold(sample.envelope) = $0 { true } else { false } }
    }

    // MARK: Asking

    @Test func `a mirror is asked at every meeting until it has answered for good`() {
        var driver = publisher(isMet: false)
        #expect(asked(driver.open(1, 2)))
        let accepted = driver.hear(1, .holdAnswer(contract: contract, 1, ""))
        #expect(answers(accepted) == [.accepted])
        driver.feed(.sessionClosed(1, reason: "gone"))
        #expect(asked(driver.open(1, 2)))
        let complete = driver.hear(1, .holdAnswer(contract: contract, 3, ""))
        #expect(answers(complete) == [.complete])
        driver.feed(.sessionClosed(1, reason: "gone"))
        #expect(!asked(driver.open(1, 2)))
        // Once more is once too often.
        #expect(answers(driver.hear(1, .holdAnswer(contract: contract, 3, ""))).isEmpty)
    }

    @Test func `nobody is asked but the mirror, and nobody else's answer counts`() {
        var driver = publisher()
        #expect(
            driver.open(2, 3).sent(to: 2).allSatisfy { if case .hold = $0 { false } else { true } })
        for code in 1...4 as ClosedRange<UInt8> {
            #expect(
                answers(driver.hear(2, .holdAnswer(contract: contract, code, "no"))).isEmpty)
        }
        // A code of a later version says nothing.
        #expect(answers(driver.hear(1, .holdAnswer(contract: contract, 9, ""))).isEmpty)
        #expect(
            answers(driver.hear(1, .holdAnswer(contract: contract, 2, "no room")))
                == [.refused("no room")])
    }

    @Test func `a mirror may refuse later what it accepted`() {
        var driver = publisher()
        driver.feed(.contractHeld(held))
        driver.hear(1, .holdAnswer(contract: contract, 3, ""))
        let open = Message.open(layer: contract, blob: HoldSample.blob(1).blob)
        func extent(_ effects: [Effect]) -> Holding.Extent? {
            for case .holding(let holding) in effects.sent(to: 1) { return holding.extent }
            return nil
        }
        #expect(extent(driver.hear(1, open)) == .complete)
        let refused = driver.hear(1, .holdAnswer(contract: contract, 2, "its owner ended it"))
        #expect(answers(refused) == [.refused("its owner ended it")])
        #expect(extent(driver.hear(1, open)) == Holding.Extent.none)
    }

    // MARK: Being asked

    @Test func `a node keeps something for those alone whom its owner named`() {
        for allows in [nil, false] as [Bool?] {
            var driver = mirror(allows)
            let effects = driver.hear(1, .hold(sample.envelope))
            #expect(!considered(effects))
            guard case .holdAnswer(contract, 2, _)? = effects.sent(to: 1).last else {
                Issue.record("it is not refused")
                continue
            }
            #expect(driver.core.sessions[1]?.faults == 0)
        }
        var driver = mirror(true)
        #expect(considered(driver.hear(1, .hold(sample.envelope))))
    }

    @Test func `forged, repeated and misdirected requests are faults, late ones are refused`()
        throws
    {
        let forged = try HoldSample.request(signedBy: 9).envelope
        let other = try HoldSample.request(to: 3).envelope
        for envelope in [forged, other, [1, 2, 3]] {
            var driver = mirror(true)
            let effects = driver.hear(1, .hold(envelope))
            #expect(effects.sent(to: 1).isEmpty && !considered(effects))
            #expect(driver.core.sessions[1]?.faults == 1)
        }
        // A third node repeats what the publisher once said.
        var replayed = mirror(true, from: 9)
        #expect(!considered(replayed.hear(1, .hold(sample.envelope))))
        #expect(replayed.core.sessions[1]?.faults == 1)
        let late = try HoldSample.request(until: HoldSample.now - 1)
        var driver = mirror(true)
        let effects = driver.hear(1, .hold(late.envelope))
        #expect(!considered(effects))
        #expect(
            effects.sent(to: 1)
                == [.holdAnswer(contract: late.request.contract, 2, "its time is over")])
    }

    @Test func `an answer reaches its publisher, also one that was away`() {
        var driver = mirror(true)
        driver.feed(.sessionClosed(1, reason: "gone"))
        driver.feed(.holdDecided(sample.request, .refused("no room")))
        let words = driver.open(1, 1).sent(to: 1)
        #expect(words.contains(.holdAnswer(contract: contract, 2, "no room")))
        // Once: a publisher that did not hear it asks again.
        driver.feed(.sessionClosed(1, reason: "gone"))
        #expect(
            !driver.open(1, 1).sent(to: 1)
                .contains(.holdAnswer(contract: contract, 2, "no room")))
        driver.feed(.contractHeld(held))
        #expect(
            driver.hear(1, .hold(sample.envelope)).sent(to: 1)
                == [.holdAnswer(contract: contract, 3, "")])
    }

    // MARK: Giving

    @Test func `a mirror gives what names contract and blob, and says nothing of all else`() {
        var driver = mirror(true, from: 9)
        driver.feed(.contractHeld(held))
        let blob = HoldSample.blob(1).blob
        func words(_ layer: Digest, _ blob: Digest) -> [Message] {
            [
                .open(layer: layer, blob: blob), .envelopeRequest(layer: layer),
                .groupsRequest(layer: layer, blob: blob, page: 0),
                .get(GroupRequest(request: 5, layer: layer, blob: blob, group: 0)),
            ].flatMap { driver.hear(1, $0) }.sent(to: 1)
        }
        let given = driver.hear(1, .open(layer: contract, blob: blob)).sent(to: 1)
        #expect(given == [.holding(Holding(layer: contract, blob: blob, extent: .complete))])
        let absent = Digest(words: (6, 6, 6, 6))
        // Without the contract, or with another blob, it is as if neither were here.
        for (layer, blob) in [(absent, blob), (blob, blob), (contract, absent)] {
            #expect(
                words(layer, blob) == [
                    .holding(Holding(layer: layer, blob: blob, extent: .none)),
                    .envelope(layer: layer, bytes: []),
                    .groups(blob: blob, page: 0, bytes: []),
                    .reject(request: 5, reason: .absent, retryMilliseconds: 0),
                ])
        }
        driver.feed(.contractEnded(contract))
        let ended = driver.hear(1, .open(layer: contract, blob: blob)).sent(to: 1)
        #expect(ended == [.holding(Holding(layer: contract, blob: blob, extent: .none))])
    }

    @Test func `an old contract opens nothing`() {
        var driver = mirror(true, from: 9)
        driver.feed(.contractHeld(held))
        driver.pass(1_001 * 1_000_000_000)
        driver.open(2, 8)
        let blob = HoldSample.blob(1).blob
        #expect(
            driver.hear(2, .open(layer: contract, blob: blob)).sent(to: 2)
                == [.holding(Holding(layer: contract, blob: blob, extent: .none))])
    }

    // MARK: Ends

    @Test func `a mirror is told of an end until it says that it knows`() {
        var driver = publisher()
        let told = driver.feed(.retractHold(contract, mirror: sample.request.mirror))
        #expect(told.sent(to: 1) == [.holdEnd(contract: contract)])
        driver.feed(.sessionClosed(1, reason: "gone"))
        let met = driver.open(1, 2).sent(to: 1)
        #expect(met.contains(.holdEnd(contract: contract)))
        #expect(!met.contains(.hold(sample.envelope)))
        #expect(answers(driver.hear(1, .holdAnswer(contract: contract, 4, ""))) == [.ended])
        driver.feed(.sessionClosed(1, reason: "gone"))
        #expect(!driver.open(1, 2).sent(to: 1).contains(.holdEnd(contract: contract)))
    }

    @Test func `every end is answered alike, and asked of the shell with the peer's name`() {
        for peer in [1, 9] as [UInt8] {
            var driver = mirror(true, from: peer)
            driver.feed(.contractHeld(held))
            let effects = driver.hear(1, .holdEnd(contract: contract))
            let asked = effects.contains { effect in
                if case .considerHoldEnd(contract, Driver.key(peer).publicKey) = effect {
                    true
                } else {
                    false
                }
            }
            #expect(asked && effects.sent(to: 1).isEmpty)
            let answer = driver.feed(
                .holdOver(contract, publisher: Driver.key(peer).publicKey))
            #expect(answer.sent(to: 1) == [.holdAnswer(contract: contract, 4, "")])
        }
    }

    // MARK: Fetching what is kept

    /// A node that fetches one sealed blob of two groups under the contract from the mirror.
    private func fetching(_ layer: GroupLayer) -> (driver: Driver, effects: [Effect]) {
        var driver = Driver(5)
        driver.open(1, 2)
        let wish = FetchRequest.Sealed(
            blobs: [BlobReference(blob: layer.id, size: layer.size)],
            holders: [.init(node: sample.request.mirror, endpoints: [Driver.address(2)])])
        let effects = driver.feed(.fetch(1, FetchRequest(contract: contract, wish)))
        #expect(effects.opened == [layer.id] && effects.lookups == 0)
        let opened = driver.feed(
            .blobOpened(blob: layer.id, .partial(bitmap: [], layer: layer)))
        #expect(opened.sent(to: 1).contains(.open(layer: contract, blob: layer.id)))
        return (driver, opened)
    }

    private func blob() throws -> GroupLayer {
        var generator = SeededGenerator(seed: 4)
        return try Sample.blob(groups: 2, &generator)
    }

    @Test func `sealed blobs come under their contract without any record of a layer`() throws {
        let layer = try blob()
        var (driver, _) = fetching(layer)
        let effects = driver.hear(
            1, .holding(Holding(layer: contract, blob: layer.id, extent: .complete)))
        #expect(effects.requests.allSatisfy { $0.request.layer == contract })
        let all = driver.deliver(effects)
        #expect(all.phase(of: 1) == .done)
        #expect(all.status(of: 1)?.received == 2 << 20)
    }

    @Test func `a mirror that sends other bytes is found out`() throws {
        let layer = try blob()
        var (driver, _) = fetching(layer)
        let effects = driver.hear(
            1, .holding(Holding(layer: contract, blob: layer.id, extent: .complete)))
        let request = try #require(effects.requests.first)
        let refuted = driver.feed(.groupRefuted(1, request: request.request.request))
        let phase = refuted.phase(of: 1) ?? driver.pass(20_000_000_000).phase(of: 1)
        guard case .failed(.corrupt(let faults))? = phase else {
            Issue.record("\(String(describing: phase))")
            return
        }
        #expect(faults.first?.node == sample.request.mirror && faults.first?.blob == layer.id)
    }

    @Test func `a mirror that keeps back what it should give is given up`() throws {
        let layer = try blob()
        var (driver, _) = fetching(layer)
        driver.hear(1, .holding(Holding(layer: contract, blob: layer.id, extent: .none)))
        let effects = driver.pass(30_000_000_000)
        guard case .failed(.unreachable)? = effects.phase(of: 1) else {
            Issue.record("\(String(describing: effects.phase(of: 1)))")
            return
        }
    }
}
