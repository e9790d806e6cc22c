import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct CirclesTests {
    private let society: Society

    init() throws { society = try Society() }

    private func places(_ driver: Driver) -> [Caller.Place] { driver.core.caller(1)?.places ?? [] }

    @Test func `members find out about each other, both ways`() throws {
        var pair = Pair(
            a: try society.member(1), b: try society.member(2, rights: [.read, .mirror]))
        pair.meet(1, 2)
        #expect(places(pair.a) == [.init(organization: society.id, rights: [.read, .mirror])])
        #expect(places(pair.b) == [.init(organization: society.id, rights: [.read])])
        #expect(pair.a.core.sessions[1]?.faults == 0 && pair.b.core.sessions[1]?.faults == 0)
    }

    @Test func `who joins while a session stands is found out both ways too`() throws {
        var pair = Pair(a: try society.member(1), b: Driver(2))
        pair.meet(1, 2)
        #expect(places(pair.a).isEmpty)
        let joined = pair.b.feed(.organizations([try society.known(2)]))
        pair.talk([], joined)
        #expect(places(pair.a).count == 1 && places(pair.b).count == 1)
    }

    @Test func `a stranger learns nothing, not even that there is a circle`() throws {
        var driver = try society.member(1)
        let words = driver.open(1, 9).sent(to: 1)
        let tags = words.compactMap { if case .tags(let tags) = $0 { tags } else { nil } }.flatMap(
            \.self)
        #expect(tags.count == CircleTag.batch)
        #expect(!words.contains { if case .credential = $0 { true } else { false } })
        // Tags of chance, the own ones sent back, and another peer's say nothing.
        for reply in [tags, [[UInt8](repeating: 1, count: 16)]] {
            #expect(driver.hear(1, .tags(reply)).sent(to: 1).isEmpty)
        }
        let key = Driver.key(1).publicKey
        let hour = Driver.wallStart / CircleTag.spanMilliseconds
        let stolen = CircleTag.proof(
            secret: Society.secret, hour: hour, from: Driver.key(2).publicKey, to: key)
        #expect(driver.hear(1, .tags([stolen])).sent(to: 1).isEmpty)
        #expect(places(driver).isEmpty)
    }

    @Test func `a node without a circle looks like one with five`() throws {
        func tags(_ driver: inout Driver) -> [[UInt8]] {
            driver.open(1, 9).sent(to: 1).flatMap { word -> [[UInt8]] in
                if case .tags(let tags) = word { tags } else { [] }
            }
        }
        var (lonely, member) = (Driver(), try society.member(1))
        let (mine, theirs) = (tags(&lonely), tags(&member))
        #expect(mine.count == CircleTag.batch && theirs.count == CircleTag.batch)
        #expect(Set(mine).count == CircleTag.batch && Set(mine) != Set(theirs))
    }

    @Test func `a membership of another key, a forged or an old one makes no member`() throws {
        let other = try society.membership(3).1.encode()
        let forged = Envelope.signed(
            try society.membership(9).0.bytes, type: Membership.payloadType, by: Driver.key(9))
        for bytes in [other, forged.encode()] {
            var driver = try society.member(1)
            driver.open(1, 9)
            driver.hear(1, .credential(bytes))
            #expect(places(driver).isEmpty)
        }
        var late = try society.member(1)
        late.skew = 8 * 86_400_000
        late.open(1, 9)
        late.hear(1, .credential(try society.membership(9).1.encode()))
        #expect(places(late).isEmpty)
        var right = try society.member(1)
        right.open(1, 9)
        right.hear(1, .credential(try society.membership(9).1.encode()))
        #expect(places(right).count == 1)
    }

    @Test func `a person's membership covers the machine that she delegated to`() throws {
        let person = Driver.key(70).publicKey
        let (_, envelope) = try society.membership(0, of: person)
        var driver = try society.member(1)
        driver.open(1, 9)
        driver.hear(1, .credential(envelope.encode()))
        #expect(places(driver).isEmpty)
        let end = driver.moment.wall + 1_000
        driver.feed(
            .delegationsFound(1, [.init(publisher: person, rights: [.fetch], expires: end)]))
        driver.hear(1, .credential(envelope.encode()))
        #expect(places(driver).count == 1)
        #expect(driver.core.caller(1)?.asksFor == [person])
        driver.pass(2_000_000_000)
        #expect(driver.core.caller(1)?.asksFor.isEmpty == true)
        #expect(places(driver).isEmpty)
    }

    @Test func `what a peer was sent of an organisation is not sent again`() throws {
        var pair = Pair(a: try society.member(1), b: try society.member(2))
        pair.meet(1, 2)
        func documents(_ effects: [Effect]) -> [[UInt8]] {
            effects.sent(to: 1).compactMap {
                if case .credential(let bytes) = $0 { bytes } else { nil }
            }
        }
        var known = try society.known(1)
        for _ in 0..<3 { #expect(documents(pair.a.feed(.organizations([known]))).isEmpty) }
        // News bring the membership along: it may have come before it could count.
        let list = try society.revocations([Driver.key(9).publicKey])
        try known.organization.take(revocations: list)
        known.documents.append(list.encode())
        let membership = try #require(known.membership)
        #expect(
            documents(pair.a.feed(.organizations([known]))) == [list.encode(), membership])
        #expect(documents(pair.a.feed(.organizations([known]))).isEmpty)
        #expect(pair.b.core.sessions[1]?.faults == 0)
    }

    @Test func `lists of two issuers with one number take both members out`() throws {
        var driver = try society.member(1)
        for seed in UInt8(2)...4 {
            driver.open(SessionNumber(seed), seed)
            driver.hear(
                SessionNumber(seed), .credential(try society.membership(seed).1.encode()))
        }
        func isMember(_ seed: UInt8) -> Bool {
            driver.core.caller(SessionNumber(seed))?.places.isEmpty == false
        }
        let lists = try [UInt8(2), 3].map { seed in
            try society.revocations([Driver.key(seed).publicKey]).encode()
        }
        for list in lists { driver.hear(4, .credential(list)) }
        #expect(!isMember(2) && !isMember(3) && isMember(4))
        let documents = driver.core.organizations[society.id]?.documents ?? []
        #expect(documents.count == 3 && lists.allSatisfy { documents.contains($0) })
        // The next list takes the place of both.
        let next = try society.revocations([Driver.key(2).publicKey], version: 2).encode()
        driver.hear(4, .credential(next))
        #expect(driver.core.organizations[society.id]?.documents.last == next)
        #expect(driver.core.organizations[society.id]?.documents.count == 2)
    }

    @Test func `a revocation counts at once, is kept, and goes on to members`() throws {
        var pair = Pair(a: try society.member(1), b: try society.member(2))
        pair.meet(1, 2)
        pair.a.open(5, 3)
        pair.a.hear(5, .credential(try society.membership(3).1.encode()))
        let list = try society.revocations([Driver.key(3).publicKey]).encode()
        let effects = pair.a.hear(1, .credential(list))
        #expect(effects.contains { if case .keepCredential(list) = $0 { true } else { false } })
        #expect(pair.a.core.caller(5)?.places.isEmpty == true)
        #expect(!places(pair.a).isEmpty)
        // Not the one who sent it, nor one who did not show the secret.
        #expect(effects.sent(to: 1).isEmpty && effects.sent(to: 5).isEmpty)
        // An older list lets nobody in again.
        pair.a.hear(1, .credential(try society.revocations([], version: 1).encode()))
        #expect(pair.a.core.caller(5)?.places.isEmpty == true)
    }

    @Test func `an issuer gives a new member its documents, and strangers' are invitations`() throws
    {
        let key = Driver.key(2).publicKey
        let (_, envelope) = try society.membership(2)
        var pair = Pair(a: Driver(1), b: Driver(2))
        pair.a.feed(
            .organizations([try society.known(1, issued: [key: envelope.encode()])]))
        pair.meet(1, 2)
        let invitations = pair.b.core.invitations
        #expect(invitations.map(\.organization) == [society.id])
        #expect(
            invitations.first?.invitation.documents
                == [society.root.encode(), envelope.encode()])
        #expect(places(pair.b).isEmpty)
    }

    private func longMembership(_ seed: UInt8, issued: Int64 = Society.begin) throws -> [UInt8] {
        let membership = try Membership.make(
            organization: society.id, member: Driver.key(seed).publicKey, rights: [.read],
            rootVersion: 1, issued: issued, expires: Society.begin + 86_400 * 7,
            epochs: (1...64).map { number in
                Membership.Epoch(
                    number: number, recipient: [UInt8](repeating: 1, count: 32),
                    sealed: [UInt8](repeating: 2, count: 180))
            })
        return Envelope.signed(
            membership.bytes, type: Membership.payloadType, by: society.founder
        ).encode()
    }

    @Test func `an invitation has room for what is short, and renewals take no more`() throws {
        var driver = Driver(2)
        driver.open(1, 1)
        func documents() -> [[UInt8]] { driver.core.invitations.first?.invitation.documents ?? [] }
        var sent = [society.root.encode()]
        for seed in UInt8(10)..<30 { sent.append(try society.membership(seed).1.encode()) }
        sent.append(try longMembership(2))
        for document in sent { driver.hear(1, .credential(document)) }
        #expect(documents() == sent)
        for hour in Int64(1)...30 {
            let renewed = try longMembership(2, issued: Society.begin + hour)
            driver.hear(1, .credential(renewed))
            sent[sent.count - 1] = renewed
            #expect(documents() == sent)
        }
        for seed in UInt8(30)..<60 { driver.hear(1, .credential(try longMembership(seed))) }
        let size = documents().reduce(0) { $0 + $1.count }
        #expect(size <= SwarmLimits.invitationBytesMax && documents().count < sent.count + 30)
        #expect(driver.core.sessions[1]?.faults == 0)
    }

    @Test func `invitations are bounded, and too many documents are a fault`() throws {
        var driver = Driver()
        driver.open(1, 9)
        let bytes = society.root.encode()
        for _ in 0..<SwarmLimits.credentialsPerSessionMax {
            driver.hear(1, .credential(bytes))
        }
        #expect(driver.core.invitations.first?.invitation.documents.count == 1)
        #expect(driver.core.sessions[1]?.faults == 0)
        driver.hear(1, .credential(bytes))
        #expect(driver.core.sessions[1]?.faults == 1)
        driver.hear(1, .credential([1, 2, 3]))
        #expect(driver.core.sessions[1]?.faults == 2)
    }
}
