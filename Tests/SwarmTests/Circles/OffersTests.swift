import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct OffersTests {
    private let society: Society

    init() throws { society = try Society() }

    /// A layer for members of the society.
    private func internalLayer(by seed: UInt8) throws -> Sample {
        try Sample(by: seed, name: "internal", visibility: .organization, organization: society.id)
    }

    private func isServed(_ driver: inout Driver, _ sample: Sample, _ session: SessionNumber = 1)
        throws -> Bool
    {
        let words = driver.hear(session, .envelopeRequest(layer: sample.id)).sent(to: session)
        return words == [.envelope(layer: sample.id, bytes: sample.envelope)]
    }

    /// A record as the first to tell it sends it to a member.
    private func news(_ record: Record) -> Message {
        .circle(
            CircleMessage(
                CircleDomain(secret: Society.secret),
                .news([.init(hops: 1, record: record.bytes)])))
    }

    private func offers(_ effects: [Effect]) -> [Digest] {
        effects.compactMap { if case .findOffer(_, let layer, _) = $0 { layer } else { nil } }
    }

    @Test func `a layer for members is offered and served to members alone`() throws {
        let sample = try internalLayer(by: 1)
        var pair = Pair(a: try society.member(1), b: try society.member(2))
        let held = pair.a.feed(.layerHeld(sample.held))
        let record = try #require(try pair.a.signed(held).last)
        #expect(record.domain == .restricted(tag: CircleTag.domain(secret: Society.secret)))
        let effects = pair.meet(1, 2)
        #expect(offers(effects.a) == [sample.id])
        #expect(try isServed(&pair.a, sample))
        pair.a.open(2, 9)
        #expect(try !isServed(&pair.a, sample, 2))
        // The member keeps the record; a stranger that gets it does not.
        let sent = pair.a.feed(
            .offerFound(1, layer: sample.id, record: record.bytes)
        ).sent(to: 1)
        #expect(sent == [.records([record.bytes])])
        #expect(pair.b.take([record], from: 1).stored.count == 1)
        var stranger = Driver(9)
        stranger.open(1, 1)
        #expect(stranger.take([record], from: 1).verified.isEmpty)
        #expect(stranger.core.sessions[1]?.faults == 0)
    }

    @Test func `a record for members goes to members as it is made, and to nobody else`() throws {
        var pair = Pair(a: try society.member(1), b: try society.member(2))
        pair.meet(1, 2)
        pair.a.open(2, 9)
        let sample = try internalLayer(by: 1)
        let effects = pair.a.feed(.layerHeld(sample.held))
        let record = try #require(try pair.a.signed(effects).last)
        var later = pair.a.feed(.recordSigned(record))
        for batch in later.stored {
            later += pair.a.feed(.recordsStored(batch: batch.number, outcomes: [.fresh]))
        }
        #expect(later.sent(to: 1) == [news(record)])
        #expect(later.sent(to: 2).isEmpty)
    }

    @Test func `members hear that a layer went, also one that is met later, and nobody else`()
        throws
    {
        var pair = Pair(a: try society.member(1), b: try society.member(2))
        pair.meet(1, 2)
        pair.a.open(2, 9)
        let sample = try internalLayer(by: 1)
        _ = try pair.a.announce(pair.a.feed(.layerHeld(sample.held)))
        let (end, first) = try pair.a.announce(pair.a.feed(.layerRemoved(sample.id)))
        let effects = first + pair.a.pass(NeighbourLimits.newsPause)
        let tombstone = try #require(end.first { $0.type == .tombstone })
        #expect(tombstone.domain != .everyone)
        #expect(effects.sent(to: 1).contains(news(tombstone)))
        #expect(!effects.sent(to: 2).contains { if case .circle = $0 { true } else { false } })
        // One that was away.
        var late = Pair(a: pair.a, b: try society.member(3))
        late.a.feed(.sessionClosed(1, reason: "gone"))
        #expect(offers(late.meet(1, 3).a) == [sample.id])
        let told = late.a.feed(.offerFound(1, layer: sample.id, record: tombstone.bytes))
        #expect(told.sent(to: 1) == [.records([tombstone.bytes])])
        #expect(late.a.feed(.offerFound(2, layer: sample.id, record: tombstone.bytes)).isEmpty)
    }

    @Test func `a layer that becomes narrower ends its public record before it gets another`()
        throws
    {
        var driver = try society.member(1)
        let sample = try Sample(by: 1, name: "wide")
        let (first, _) = try driver.announce(driver.feed(.layerHeld(sample.held)))
        var narrow = sample.held
        narrow.policy.visibility = .organization
        narrow.policy.organization = society.id
        let (later, _) = try driver.announce(driver.feed(.layerHeld(narrow)))
        let slot = Slot(prefixOf: sample.id)
        let places = later.filter { $0.slotKey.slot == slot }
        #expect(places.map(\.type) == [.tombstone, .layer])
        #expect(places.map(\.domain) == [.everyone, try #require(later.last?.domain)])
        #expect(places.map(\.domain).last != .everyone)
        let numbers = (first.filter { $0.slotKey.slot == slot } + places).map(\.sequence)
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
        // And back: above both.
        let (wide, _) = try driver.announce(driver.feed(.layerHeld(sample.held)))
        let again = try #require(wide.first { $0.slotKey.slot == slot })
        #expect(again.domain == .everyone && again.sequence > (numbers.last ?? .max))
    }

    @Test func `a membership that ends in the middle of a transfer ends it`() throws {
        let sample = try internalLayer(by: 1)
        var pair = Pair(a: try society.member(1), b: try society.member(2))
        pair.a.feed(.layerHeld(sample.held))
        pair.meet(1, 2)
        let blob = try #require(sample.files.keys.first)
        let request = GroupRequest(request: 1, layer: sample.id, blob: blob, group: 0)
        let first = pair.a.hear(1, .get(request))
        #expect(first.contains { if case .serveGroup = $0 { true } else { false } })
        pair.a.hear(1, .credential(try society.revocations([Driver.key(2).publicKey]).encode()))
        let next = GroupRequest(request: 2, layer: sample.id, blob: blob, group: 0)
        let effects = pair.a.hear(1, .get(next))
        #expect(
            effects.sent(to: 1)
                == [.reject(request: 2, reason: .absent, retryMilliseconds: 0)])
        #expect(
            effects.contains { if case .noteDecision(_, _, .refuse) = $0 { true } else { false } })
    }

    @Test func `a granted layer is offered to its grantee, with the grant first`() throws {
        let sample = try Sample(by: 1, name: "chosen", visibility: .whitelist)
        let (statement, envelope) = try Sample.grant(sample.id, to: 2)
        var held = sample.held
        held.take([(statement, envelope)])
        var pair = Pair(a: Driver(1), b: Driver(2))
        let effects = pair.a.feed(.layerHeld(held))
        let record = try #require(try pair.a.signed(effects).last)
        let met = pair.meet(1, 2)
        #expect(met.a.sent(to: 1).contains(.statement(envelope)))
        #expect(offers(met.a) == [sample.id])
        #expect(met.b.contains { if case .keepStatement(envelope) = $0 { true } else { false } })
        #expect(try isServed(&pair.a, sample))
        #expect(pair.b.take([record], from: 1).stored.count == 1)
        // Another peer has no grant: no word, no record, no bytes.
        let words = pair.a.open(2, 3)
        #expect(!words.sent(to: 2).contains(.statement(envelope)) && offers(words).isEmpty)
        #expect(try !isServed(&pair.a, sample, 2))
    }

    @Test func `a grant taken back closes the layer, and the grantee hears of it`() throws {
        let sample = try Sample(by: 1, name: "chosen", visibility: .whitelist)
        let first = try Sample.grant(sample.id, to: 2)
        let second = try Sample.grant(sample.id, to: 2, sequence: 2, isRevoked: true)
        var held = sample.held
        held.take([first])
        var pair = Pair(a: Driver(1), b: Driver(2))
        pair.a.feed(.layerHeld(held))
        pair.meet(1, 2)
        #expect(try isServed(&pair.a, sample))
        held.take([second])
        let effects = pair.a.feed(.layerHeld(held))
        #expect(effects.sent(to: 1) == [.statement(second.1)])
        #expect(try !isServed(&pair.a, sample))
        // However often the layer is looked at again.
        for _ in 0..<3 { #expect(pair.a.feed(.layerHeld(held)).sent(to: 1).isEmpty) }
        // Replaying the first word does not open it again.
        held.take([first])
        pair.a.feed(.layerHeld(held))
        #expect(try !isServed(&pair.a, sample))
    }

    @Test func `a grant for another, or by another, is nothing`() throws {
        let sample = try Sample(by: 1, name: "chosen", visibility: .whitelist)
        var driver = Driver(2)
        driver.open(1, 1)
        // A stranger's delegation to this node makes its peer believe that it is meant.
        let other = driver.hear(1, .statement(try Sample.grant(sample.id, to: 3).1))
        #expect(!other.contains { if case .keepStatement = $0 { true } else { false } })
        #expect(driver.core.sessions[1]?.faults == 0)
        // Another's word waits for the delegation that lets the peer speak for her.
        let word = driver.hear(1, .statement(try Sample.grant(sample.id, to: 2, by: 4).1))
        #expect(driver.core.sessions[1]?.faults == 0)
        #expect(!word.contains { if case .keepStatement = $0 { true } else { false } })
        #expect(driver.core.sessions[1]?.rights.granted.isEmpty == true)
        // Somebody grants what is not hers: her word says nothing about another's layer.
        driver.open(2, 4)
        driver.feed(.layerHeld(sample.held))
        driver.hear(2, .statement(try Sample.grant(sample.id, to: 2, by: 4).1))
        #expect(driver.core.held[sample.id]?.policy.grants.isEmpty == true)
    }

    @Test func `a node hands over the grants of an identity that lets it publish`() throws {
        let sample = try Sample(by: 4, name: "chosen", visibility: .whitelist)
        let (statement, envelope) = try Sample.grant(sample.id, to: 2, by: 4)
        var held = sample.held
        held.take([(statement, envelope)])
        let person = Delegation(
            publisher: Driver.key(4).publicKey, rights: [.publish], expires: .max)
        var pair = Pair(a: Driver(1), b: Driver(2))
        pair.a.feed(.delegations([person]))
        let record = try #require(try pair.a.signed(pair.a.feed(.layerHeld(held))).last)
        #expect(record.publisher == person.publisher && record.domain != .everyone)
        let met = pair.meet(1, 2)
        #expect(met.a.sent(to: 1).contains(.statement(envelope)))
        #expect(offers(met.a) == [sample.id])
        // The grant and the record count once the delegation is known, and not before.
        #expect(pair.b.take([record], from: 1).verified.isEmpty)
        let heard = pair.b.feed(.delegationsFound(1, [person]))
        #expect(heard.contains { if case .keepStatement(envelope) = $0 { true } else { false } })
        // The record waited with it: it would not come again in this session.
        let batch = try #require(heard.verified.first)
        #expect(batch.records.map(\.bytes) == [record.bytes])
        let checked = pair.b.feed(.recordsVerified(batch: batch.number, isValid: [true]))
        #expect(checked.stored.first?.records.count == 1)
        #expect(try isServed(&pair.a, sample))
        // Narrowed by the person: the grantee hears it, and gets nothing any more.
        var body = JSONObject()
        body["visibility"] = "private"
        let narrowed = try Statement.make(
            kind: .visibility, layer: sample.id, publisher: person.publisher, sequence: 2,
            issued: 1_760_000_000, body: body)
        let word = narrowed.signed(by: Driver.key(4)).encode()
        held.take([(narrowed, word)])
        #expect(pair.a.feed(.layerHeld(held)).sent(to: 1).contains(.statement(word)))
        #expect(try !isServed(&pair.a, sample))
    }

    @Test func `a grant to an organisation reaches its members, and is kept by them alone`() throws
    {
        let sample = try internalLayer(by: 1)
        var body = JSONObject()
        body["grantee"] = .string(society.id.base32)
        body["commands"] = ["read"]
        let statement = try Statement.make(
            kind: .grant, layer: sample.id, publisher: Driver.key(1).publicKey, sequence: 1,
            issued: 1_760_000_000, body: body)
        let envelope = statement.signed(by: Driver.key(1)).encode()
        var held = sample.held
        held.take([(statement, envelope)])
        var pair = Pair(a: try society.member(1), b: try society.member(2))
        pair.a.feed(.layerHeld(held))
        let effects = pair.meet(1, 2)
        #expect(effects.a.sent(to: 1).contains(.statement(envelope)))
        func keeps(_ effects: [Effect]) -> Bool {
            effects.contains { if case .keepStatement(envelope) = $0 { true } else { false } }
        }
        #expect(keeps(effects.b) && pair.b.core.sessions[1]?.faults == 0)
        let words = pair.a.open(2, 9).sent(to: 2)
        #expect(!words.contains(.statement(envelope)))
        // Who was taken out and knows it keeps nothing, and blames nobody: its peer may not know.
        var former = try society.member(3)
        former.open(1, 1)
        former.hear(1, .credential(try society.revocations([Driver.key(3).publicKey]).encode()))
        #expect(!keeps(former.hear(1, .statement(envelope))))
        #expect(former.core.sessions[1]?.faults == 0)
        var stranger = Driver(9)
        stranger.open(1, 1)
        #expect(!keeps(stranger.hear(1, .statement(envelope))))
        #expect(stranger.core.sessions[1]?.faults == 0)
    }

    @Test func `a layer taken back is served no more, and its record ends for all`() throws {
        let sample = try Sample(by: 1)
        var driver = Driver(1)
        driver.feed(.layerHeld(sample.held))
        driver.open(1, 2)
        #expect(try isServed(&driver, sample))
        var body = JSONObject()
        body["reason"] = "trained on wrong data"
        let statement = try Statement.make(
            kind: .withdrawal, layer: sample.id, publisher: sample.publisher.publicKey,
            sequence: 1, issued: 1_760_000_000, body: body)
        var held = sample.held
        held.take([(statement, statement.signed(by: sample.publisher).encode())])
        let effects = driver.feed(.layerHeld(held))
        #expect(try !isServed(&driver, sample))
        let tombstone = try #require(try driver.signed(effects).first)
        guard case .tombstone(let ended) = tombstone.content else {
            Issue.record("no tombstone: \(tombstone.content)")
            return
        }
        #expect(ended.isWithdrawal && ended.reason == "trained on wrong data")
        #expect(ended.endedType == .layer && tombstone.domain == .everyone)

        // A node that holds it stops serving it, and ends its own record.
        var mirror = Driver(3)
        mirror.feed(.layerHeld(sample.held))
        mirror.open(1, 2)
        #expect(try isServed(&mirror, sample))
        let heard = mirror.take([tombstone], from: 1)
        #expect(try !isServed(&mirror, sample))
        #expect(heard.logs.contains { $0.contains("trained on wrong data") })
        guard case .tombstone(let own)? = try mirror.signed(heard).first?.content else {
            Issue.record("the mirror's record stands")
            return
        }
        #expect(own.endedType == .mirror && !own.isWithdrawal)
    }

    @Test func `a record that only ended takes nothing back`() throws {
        let sample = try Sample(by: 1)
        var mirror = Driver(3)
        mirror.feed(.layerHeld(sample.held))
        mirror.open(1, 2)
        let ended = TombstoneContent(
            endedType: .layer, slot: Slot(prefixOf: sample.id), reason: nil)
        mirror.take([try Driver.record(1, .tombstone(ended), sequence: 9)], from: 1)
        #expect(try isServed(&mirror, sample))
        // Nor does a stranger's word.
        let foreign = TombstoneContent(
            endedType: .layer, slot: Slot(prefixOf: sample.id), reason: "x", isWithdrawal: true)
        mirror.take([try Driver.record(7, .tombstone(foreign), sequence: 9)], from: 1)
        #expect(try isServed(&mirror, sample))
    }

    @Test func `the owner's rules hold for what the node serves`() throws {
        let sample = try Sample(by: 1)
        var driver = Driver(1)
        driver.feed(.layerHeld(sample.held))
        driver.open(1, 2)
        #expect(try isServed(&driver, sample))
        driver.feed(.owner(OwnerPolicy([.init(.any, [.serve], allows: false)])))
        #expect(try !isServed(&driver, sample))
    }

    @Test func `a node announces the layers of an identity as their publisher's`() throws {
        let sample = try Sample(by: 1, name: "poem")
        let person = Driver.key(1).publicKey
        var node = Driver(2)
        node.feed(
            .delegations([Delegation(publisher: person, rights: [.publish], expires: .max)]))
        let held = node.feed(.layerHeld(sample.held))
        let record = try #require(try node.signed(held).first { $0.type == .layer })
        #expect(record.publisher == person)
        #expect(record.signer == Driver.key(2).publicKey)
        #expect(record.isSignatureValid)
        let gone = node.feed(.layerRemoved(sample.id))
        let end = try #require(try node.signed(gone).first { $0.type == .tombstone })
        #expect(end.slotKey == record.slotKey)
        #expect(end.sequence > record.sequence)
        // A second node of the person says that it has a copy, and ends no more than that.
        var second = Driver(5)
        second.feed(
            .delegations([Delegation(publisher: person, rights: [.publish], expires: .max)]))
        var copy = sample.held
        copy.isSaidByOther = true
        let kept = try second.signed(second.feed(.layerHeld(copy)))
        #expect(kept.map(\.type) == [.mirror])
        let dropped = try second.signed(second.feed(.layerRemoved(sample.id)))
        #expect(dropped.first { $0.type == .tombstone }?.slotKey == kept.first?.slotKey)
        #expect(!dropped.contains { $0.publisher == person })
        // One that announced the layer itself steps back when it hears the other.
        var late = Driver(6)
        late.feed(
            .delegations([Delegation(publisher: person, rights: [.publish], expires: .max)]))
        late.feed(.layerHeld(sample.held))
        late.open(1, 2)
        let heard = try late.signed(late.take([record], from: 1))
        #expect(heard.map(\.type) == [.mirror])
        // Without a delegation it says for itself that it has a copy.
        var other = Driver(3)
        let copied = other.feed(.layerHeld(sample.held))
        let mirrored = try other.signed(copied)
        #expect(mirrored.contains { $0.type == .mirror && $0.publisher != person })
        #expect(!mirrored.contains { $0.type == .layer })
    }
}
