import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct PublishingTests {
    private static let day: UInt64 = 86_400_000

    private func life(_ record: Record) -> UInt64 { record.expires - record.issued }

    @Test func `a node says where it is every six hours, for a day`() throws {
        var driver = Driver()
        let records = try driver.signed(driver.pass(2 * Span.second))
        #expect(records.map(\.type) == [.node])
        guard case .node(let node)? = records.first?.content else { return }
        #expect(node.endpoints == [Driver.address(1)] && node.label == "lab")
        #expect(life(records[0]) == Self.day)
        let later = try driver.signed(driver.pass(13 * Span.hour))
        #expect(later.map(\.type) == [.node, .node])
    }

    @Test func `an own layer is announced for a year and again at half of it`() throws {
        var driver = Driver()
        driver.pass(Span.second)
        let sample = try Sample(by: 1)
        let first = try driver.signed(driver.feed(.layerHeld(sample.held)))
        guard case .layer(let content)? = first.first?.content else {
            Issue.record("no Layer record")
            return
        }
        #expect(content == sample.content && life(first[0]) == 365 * Self.day)
        let holdings = try driver.signed(driver.pass(3 * Span.second))
        guard case .holdings(let set)? = holdings.first?.content else {
            Issue.record("no Holdings record")
            return
        }
        #expect(set.contains(sample.id) && life(holdings[0]) == Self.day)
        driver.skew = Int64(183 * Self.day)
        let again = try driver.signed(driver.pass(2 * Span.second))
        #expect(again.contains { $0.type == .layer })
    }

    @Test func `a foreign layer is announced as a mirror for thirty days, without summary`() throws
    {
        var driver = Driver()
        driver.pass(Span.second)
        let sample = try Sample(by: 2)
        let records = try driver.signed(driver.feed(.layerHeld(sample.held)))
        guard case .mirror(let content, let publisher)? = records.first?.content else {
            Issue.record("no Mirror record")
            return
        }
        #expect(publisher == sample.publisher.publicKey && content.summary == nil)
        #expect(life(records[0]) == 30 * Self.day)
    }

    @Test func `no seeding, not for peers, not public: nothing is said`() throws {
        var selfish = Driver(isSeeding: false)
        selfish.pass(Span.second)
        #expect(selfish.feed(.layerHeld(try Sample(by: 2).held)).unsigned.isEmpty)
        #expect(selfish.feed(.layerHeld(try Sample(by: 1).held)).unsigned.count == 1)
        var driver = Driver()
        driver.pass(Span.second)
        let direct = try Sample(by: 2, isPeerToPeer: false)
        #expect(driver.feed(.layerHeld(direct.held)).unsigned.isEmpty)
        // Layers for some are told to them alone (OffersTests); without a circle there are none.
        for visibility in [Visibility.private, .organization] {
            let secret = try Sample(by: 1, visibility: visibility)
            #expect(driver.feed(.layerHeld(secret.held)).isEmpty)
            #expect(driver.feed(.layerRemoved(secret.id)).isEmpty)
            #expect(driver.pass(5 * Span.second).unsigned.isEmpty)
        }
    }

    @Test func `a layer that goes is withdrawn, with the place of its holdings`() throws {
        var driver = Driver()
        let sample = try Sample(by: 1)
        driver.feed(.layerHeld(sample.held))
        driver.pass(3 * Span.second)
        var effects = driver.feed(.layerRemoved(sample.id))
        effects += driver.pass(3 * Span.second)
        let ended = try driver.signed(effects).compactMap { record in
            if case .tombstone(let tombstone) = record.content { tombstone.endedType } else { nil }
        }
        #expect(ended == [.layer, .holdings])
    }

    @Test func `a record that still lives is not signed again after a restart`() throws {
        var driver = Driver()
        driver.pass(Span.second)
        let sample = try Sample(by: 1)
        let now = driver.moment.wall
        let held = HeldLayer(
            sample.manifest, envelope: sample.envelope, blobs: [],
            announced: .init(issued: now - Self.day, expires: now + 364 * Self.day))
        #expect(driver.feed(.layerHeld(held)).unsigned.isEmpty)
        let future = HeldLayer(
            sample.manifest, envelope: sample.envelope, blobs: [],
            announced: .init(issued: now + 9000 * Self.day, expires: now + 9365 * Self.day))
        #expect(driver.feed(.layerHeld(future)).unsigned.count == 1)
    }

    @Test func `the sequence rises always, also when the clock goes back`() throws {
        var driver = Driver(lastSequence: Driver.wallStart + 500_000)
        var last = Driver.wallStart + 500_000
        for skew: Int64 in [0, 600_000, -600_000, -90_000_000, 0] {
            driver.skew = skew
            driver.feed(.layerHeld(try Sample(by: 1, name: "s\(skew)").held))
            for record in try driver.signed(driver.pass(2 * Span.minute)) {
                #expect(record.sequence > last)
                last = record.sequence
            }
        }
    }

    @Test func `a jump of the clock has all said anew, once`() throws {
        var driver = Driver()
        driver.feed(.layerHeld(try Sample(by: 1).held))
        driver.pass(5 * Span.minute)
        driver.skew = -3_600_000
        let types = try driver.signed(driver.pass(10 * Span.minute)).map(\.type)
        #expect(types == [.node, .layer, .holdings])
    }

    @Test func `an own record that comes back unknown is outdone, at most once a minute`() throws {
        var driver = Driver()
        driver.open(1, 2)
        driver.pass(2 * Span.second)
        var count = 0
        for step in 1...60 {
            let sequence = Driver.wallStart * 2 + UInt64(step) * 1000
            let old = try Driver.record(1, Driver.node([]), sequence: sequence)
            var effects = driver.take([old], from: 1)
            effects += driver.pass(Span.second)
            for record in try driver.signed(effects) {
                #expect(record.sequence > sequence)
                count += 1
            }
        }
        #expect(count == 1 || count == 2)
    }

    @Test func `a restored home falls silent when its key signed elsewhere since`() throws {
        var driver = Driver()
        driver.core.settings.restored = Driver.wallStart
        driver.open(1, 2)
        driver.pass(2 * Span.second)
        // What its key signed before the restoration is its own past, and is outdone.
        let past = try Driver.record(
            1, Driver.node([]), sequence: Driver.wallStart * 2, issued: Driver.wallStart)
        let first = driver.take([past], from: 1) + driver.pass(Span.second)
        #expect(try !driver.signed(first).isEmpty)
        let issued = Driver.wallStart + 1
        let since = try Driver.record(
            1, Driver.node([]), sequence: Driver.wallStart * 4, issued: issued)
        let effects = driver.take([since], from: 1)
        let met = effects.contains { effect in
            if case .keyMetElsewhere(let twin) = effect { twin.met == issued } else { false }
        }
        #expect(met)
        let later = driver.feed(.layerHeld(try Sample(by: 1).held)) + driver.pass(Span.hour)
        #expect(try driver.signed(later).isEmpty)
        #expect(driver.core.settings.isSilent)
    }

    @Test func `a restored home falls silent when a peer keeps refusing it for its twin`() throws {
        var driver = Driver()
        driver.core.settings.restored = Driver.wallStart
        func refuse(_ number: SessionNumber) -> Bool {
            // The peer takes this session in place of the twin's, and then the twin's again.
            driver.open(number, 2)
            driver.introduce(number)
            driver.pass(Span.second)
            let effects = driver.feed(
                .message(number, .goodbye(reason: Swarm.otherSession)))
            driver.feed(.sessionClosed(number, reason: "closed"))
            return effects.contains { if case .keyMetElsewhere = $0 { true } else { false } }
        }
        #expect(!refuse(1))
        #expect(!refuse(2))
        #expect(refuse(3))
        #expect(driver.core.settings.isSilent)
        // A home that was not restored, and one that has another session there, go on.
        var other = Driver()
        other.open(1, 2)
        other.feed(.message(1, .goodbye(reason: Swarm.otherSession)))
        #expect(!other.core.settings.isSilent)
        // Nor do refusals count that lie far apart, as when both dial at once.
        other.core.settings.restored = Driver.wallStart
        for number: UInt64 in 2...6 {
            other.open(number, 2)
            other.feed(.message(number, .goodbye(reason: Swarm.otherSession)))
            other.feed(.sessionClosed(number, reason: "closed"))
            other.pass(SwarmLimits.refusalSpan)
        }
        #expect(!other.core.settings.isSilent)
    }
}
