import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct CircleNewsTests {
    private let society: Society
    private let circle = CircleDomain(secret: Society.secret)

    init() throws { society = try Society() }

    /// A session with a member that shows all it has, and says that it links this node.
    @discardableResult
    private func admit(
        _ seed: UInt8, to driver: inout Driver, on number: SessionNumber,
        features: UInt64 = Introduction.circleNews, secret: [UInt8] = Society.secret,
        joins: Bool = true
    ) throws -> [Effect] {
        var effects = driver.open(number, seed)
        effects += driver.introduce(number, features: features)
        let tag = CircleTag.proof(
            secret: secret, hour: driver.moment.wall / CircleTag.spanMilliseconds,
            from: Driver.key(seed).publicKey, to: driver.key.publicKey)
        effects += driver.hear(number, .tags([tag]))
        effects += driver.hear(number, .credential(society.root.encode()))
        effects += driver.hear(number, .credential(try society.membership(seed).1.encode()))
        if joins {
            effects += driver.hear(
                number, .circle(.init(CircleDomain(secret: secret), .join)))
        }
        return effects
    }

    /// A record for members, by the node of a seed.
    private func record(
        by seed: UInt8, sequence: UInt64 = 1, domain: Domain? = nil
    ) throws -> Record {
        let content = TombstoneContent(
            endedType: .layer, slot: Slot(prefixOf: Blake3.hash([seed])), reason: nil,
            isWithdrawal: false)
        return try Driver.record(
            seed, .tombstone(content), sequence: sequence, domain: domain ?? circle.domain)
    }

    private func news(_ record: Record, in circle: CircleDomain? = nil) -> Message {
        let item = NeighbourMessage.NewsItem(hops: 1, record: record.bytes)
        return .circle(CircleMessage(circle ?? self.circle, .news([item])))
    }

    /// What a core wants of its shell after a word, with good signatures and these outcomes.
    private func take(
        _ message: Message, from number: SessionNumber, by driver: inout Driver,
        _ outcome: StoreOutcome = .fresh
    ) -> [Effect] {
        var effects = driver.hear(number, message)
        for batch in effects.verified {
            effects += driver.feed(
                .recordsVerified(
                    batch: batch.number, isValid: batch.records.map(\.isSignatureValid)))
        }
        for batch in effects.stored {
            effects += driver.feed(
                .recordsStored(
                    batch: batch.number, outcomes: batch.records.map { _ in outcome }))
        }
        return effects
    }

    private func words(_ effects: [Effect], to number: SessionNumber) -> [CircleMessage.Word] {
        effects.sent(to: number).compactMap {
            if case .circle(let message) = $0 { message.word } else { nil }
        }
    }

    @Test func `members that meet link each other, strangers hear no word of a circle`() throws {
        var pair = Pair(a: try society.member(1), b: try society.member(2))
        let said = pair.meet(1, 2)
        #expect(words(said.a, to: 1) == [.join] && words(said.b, to: 1) == [.join])
        #expect(pair.a.core.circleFigures.map(\.links) == [1])
        #expect(pair.b.core.circleFigures.map(\.links) == [1])
        var other = Pair(a: pair.a, b: Driver(9))
        other.a.feed(.sessionClosed(1, reason: ""))
        let heard = other.meet(1, 9)
        #expect(words(heard.a, to: 1).isEmpty && words(heard.b, to: 1).isEmpty)
    }

    @Test func `a member hears news that its sender did not make, and passes it on`() throws {
        var driver = try society.member(2)
        try admit(1, to: &driver, on: 1)
        try admit(3, to: &driver, on: 3)
        driver.open(9, 9)
        let record = try record(by: 5)
        let effects = take(news(record), from: 1, by: &driver)
        #expect(effects.stored.flatMap(\.records) == [record])
        #expect(words(effects, to: 3) == [.news([.init(hops: 2, record: record.bytes)])])
        #expect(effects.sent(to: 9).isEmpty && effects.sent(to: 1).isEmpty)
        #expect(take(news(record), from: 3, by: &driver).stored.isEmpty, "once is enough")
        #expect(driver.core.circleFigures.map(\.accepted) == [1])
        #expect(driver.core.gossip.waiting == 0 && driver.core.circleNews.waiting == 0)
    }

    @Test func `news that cannot be kept goes on to other members, and waits for room`() throws {
        var driver = try society.member(1)
        try admit(2, to: &driver, on: 2)
        try admit(3, to: &driver, on: 3)
        let record = try record(by: 2)
        let full = StoreOutcome.failed(StoreProblem(.quota, "the disk is full", mayPass: true))
        let effects = take(news(record), from: 2, by: &driver, full)
        #expect(words(effects, to: 3) == [.news([.init(hops: 2, record: record.bytes)])])
        #expect(take(news(record), from: 3, by: &driver).verified.isEmpty)
        #expect(driver.pass(4 * Span.second).stored.flatMap(\.records) == [record])
    }

    @Test func `own records go as news to members that are linked, whole to others`() throws {
        var driver = try society.member(1)
        try admit(2, to: &driver, on: 2)
        try admit(3, to: &driver, on: 3, features: Introduction.neighbours)
        driver.open(9, 9)
        let sample = try Sample(
            by: 1, name: "internal", visibility: .organization, organization: society.id)
        let (records, effects) = try driver.announce(driver.feed(.layerHeld(sample.held)))
        let record = try #require(records.last { $0.domain == circle.domain })
        #expect(words(effects, to: 2) == [.news([.init(hops: 1, record: record.bytes)])])
        #expect(!effects.sent(to: 2).contains(.records([record.bytes])))
        #expect(effects.sent(to: 3) == [.records([record.bytes])])
        #expect(effects.sent(to: 9).isEmpty)
    }

    @Test func `a circle that is not this node's, or not the peer's, is passed over alike`() throws
    {
        var driver = try society.member(2)
        driver.open(9, 9)
        driver.introduce(9, features: Introduction.circleNews)
        // One that knows the secret and has no membership that counts is no member either.
        driver.open(8, 8)
        let tag = CircleTag.proof(
            secret: Society.secret, hour: driver.moment.wall / CircleTag.spanMilliseconds,
            from: Driver.key(8).publicKey, to: driver.key.publicKey)
        driver.introduce(8, features: Introduction.circleNews)
        driver.hear(8, .tags([tag]))
        let record = try record(by: 9)
        let unknown = CircleDomain(secret: [UInt8](repeating: 1, count: 32))
        let name = NewsName(of: record.bytes)
        for number: SessionNumber in [8, 9] {
            for circle in [circle, unknown] {
                let all: [CircleMessage.Word] = [
                    .join, .news([.init(hops: 0, record: record.bytes)]),
                    .haves([.init(hops: 0, name: name)]), .graft([name]), .prune,
                ]
                for word in all {
                    #expect(driver.hear(number, .circle(.init(circle, word))).isEmpty)
                }
            }
            #expect(driver.core.sessions[number]?.faults == 0)
        }
        #expect(driver.core.circleFigures.map(\.links) == [0])
        #expect(driver.core.circleNews.passedOver == 18)
        #expect(
            driver.pass(Span.second).allSatisfy { effect in
                if case .send(_, .circle) = effect { false } else { true }
            })
    }

    @Test func `one that says nothing of linking is told nothing`() throws {
        var driver = try society.member(2)
        let effects = try admit(1, to: &driver, on: 1, joins: false)
        #expect(words(effects, to: 1) == [.join])
        driver.core.circleNews.trees.change(circle) {
            $0.spread.keep(NewsSample.closed([1]))
        }
        #expect(driver.core.circleFigures.map(\.links) == [0])
        // And then the names of what is here.
        let told = words(driver.hear(1, .circle(.init(circle, .join))), to: 1)
        let name = NewsName(of: NewsSample.closed([1]).bytes)
        #expect(told == [.haves([.init(hops: 1, name: name)])])
    }

    @Test func `what is for others has no place in a circle, and false words are faults`() throws {
        var driver = try society.member(2)
        try admit(1, to: &driver, on: 1)
        let open = try record(by: 1, domain: .everyone)
        let other = try record(by: 1, domain: .restricted(tag: [UInt8](repeating: 3, count: 16)))
        for record in [open, other] {
            #expect(take(news(record), from: 1, by: &driver).verified.isEmpty)
        }
        #expect(driver.core.sessions[1]?.faults == 0)
        var bytes = try record(by: 1).bytes
        bytes[bytes.count - 1] ^= 1
        let forged = try Record(bytes: bytes)
        #expect(take(news(forged), from: 1, by: &driver).stored.isEmpty)
        #expect(driver.core.sessions[1]?.faults == 1)
        _ = driver.hear(1, .circle(.init(circle, .news([.init(hops: 0, record: [1, 2])]))))
        #expect(driver.core.sessions[1]?.faults == 2)
        #expect(driver.core.circleFigures.map(\.accepted) == [0])
    }

    @Test func `a membership that ends takes the link with it`() throws {
        var driver = try society.member(2)
        try admit(1, to: &driver, on: 1)
        #expect(driver.core.circleFigures.map(\.links) == [1])
        let list = try society.revocations([Driver.key(1).publicKey])
        driver.hear(1, .credential(list.encode()))
        driver.pass(2 * Span.second)
        #expect(driver.core.circleFigures.map(\.links) == [0])
        #expect(take(news(try record(by: 1)), from: 1, by: &driver).isEmpty)
    }

    @Test func `an epoch that is not known any more has no tree, one that came has its own`() throws
    {
        let next = [UInt8](repeating: 0x77, count: 32)
        func known(_ secrets: [[UInt8]]) throws -> KnownOrganization {
            let (membership, envelope) = try society.membership(2)
            return KnownOrganization(
                organization: society.organization, documents: [society.root.encode()],
                membership: envelope.encode(), place: membership, secrets: secrets)
        }
        var driver = try society.member(2)
        try admit(1, to: &driver, on: 1)
        let asked = driver.feed(.organizations([try known([next, Society.secret])]))
        #expect(
            asked.contains {
                if case .findCircle(let circle, _) = $0 {
                    circle == CircleDomain(secret: next)
                } else {
                    false
                }
            })
        let figures = driver.core.circleFigures.sorted { $0.links < $1.links }
        #expect(figures.map(\.links) == [0, 1], "it has not shown the new secret")
        #expect(figures.map(\.isNewest) == [true, false])
        driver.feed(.organizations([try known([next])]))
        #expect(driver.core.circleFigures.map(\.links) == [0])
        #expect(take(news(try record(by: 1)), from: 1, by: &driver).isEmpty)
        #expect(driver.core.circleNews.passedOver == 1)
    }

    @Test func `a flood has no more room than is set aside, and takes none of others'`() throws {
        var driver = try society.member(2)
        try admit(1, to: &driver, on: 1)
        var count = 0
        for start in 0..<UInt64(50) {
            let items = try (0..<UInt64(50)).map { number in
                NeighbourMessage.NewsItem(
                    hops: 0, record: try record(by: 1, sequence: 1 + start * 50 + number).bytes)
            }
            let effects = driver.hear(1, .circle(.init(circle, .news(items))))
            count += effects.verified.reduce(0) { $0 + $1.records.count }
        }
        #expect(count == CircleLimits.waitingMax)
        #expect(driver.core.gossip.waiting == 0 && driver.core.gossip.counters.dropped > 0)
        #expect(driver.core.sessions[1]?.faults == 0)
    }

    @Test func `a member without links calls nodes that signed records of its circle`() throws {
        var driver = try society.member(2)
        driver.open(9, 9)
        let place = Driver.address(5, [7, 7, 7])
        driver.take(
            [
                try Driver.record(5, Driver.node([place])),
                try Driver.record(6, Driver.node([place])),
            ],
            from: 9)
        driver.feed(.circleFound(circle, [try record(by: 5)]))
        let dials = driver.pass(3 * Span.second).dials
        #expect(dials.contains { $0.key == Driver.key(5).publicKey })
        let members = try #require(driver.core.circleNews.trees[circle]?.members)
        #expect(members[Driver.key(5).publicKey] ?? 0 > 0, "it was called for the circle")
        #expect(members[Driver.key(6).publicKey] == nil, "no member, for all it knows")
    }

    @Test func `a wake for members alone does nothing else`() throws {
        var driver = try society.member(2)
        try admit(1, to: &driver, on: 1)
        try admit(3, to: &driver, on: 3)
        driver.pass(10 * Span.second)
        var quiet = driver
        // A name that is heard wants a graft a quarter of a second later.
        let name = NewsName(of: try record(by: 5).bytes)
        driver.hear(1, .circle(.init(circle, .haves([.init(hops: 0, name: name)]))))
        let said = driver.pass(5 * Span.second)
        #expect(words(said, to: 1).contains(.graft([name])))
        let rest = said.filter { if case .send(_, .circle) = $0 { false } else { true } }
        #expect("\(rest)" == "\(quiet.pass(5 * Span.second))")
    }
}
