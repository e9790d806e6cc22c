import Testing

@testable import Swarm
@testable import Wire

@Suite("Beacons inside a node")
struct SwarmLanTests {
    private static let place = LanInterfaceTests.endpoint([192, 168, 1, 9], port: 4_747)
    private var node = Driver()

    init() {
        var settings = node.core.settings
        settings.lan = LocalBeacons.Identity(
            tag: LanDriver.tag(0), network: LanDriver.network,
            listener: LanInterfaceTests.endpoint([0, 0, 0, 0], port: 4_000))
        node.core = Swarm(settings)
        node.feed(.lanSurveyed([LanDriver.interface]))
    }

    private mutating func hear(_ number: Int = 1) -> [Effect] {
        node.feed(.beaconHeard(LanDriver.beacon(number), from: Self.place, interface: 2))
    }

    @Test mutating func `a core without them does nothing of it`() {
        var plain = Driver()
        #expect(plain.feed(.lanSurveyed([LanDriver.interface])).isEmpty)
        let heard = Input.beaconHeard(LanDriver.beacon(1), from: Self.place, interface: 2)
        #expect(plain.feed(heard).isEmpty && plain.core.beacons == nil)
        #expect(
            plain.pass(Span.minute).count { if case .surveyLan = $0 { true } else { false } } == 0)
    }

    @Test mutating func `wakes lead to looks at the interfaces and beacons, until it stops`() {
        let done = node.pass(Span.minute)
        #expect(done.count { if case .surveyLan = $0 { true } else { false } } >= 12)
        #expect(done.count { if case .sendBeacon = $0 { true } else { false } } >= 5)
        node.feed(.stop)
        let rest = node.pass(Span.minute) + hear()
        #expect(rest.count { if case .sendBeacon = $0 { true } else { false } } == 0)
        #expect(rest.dials.isEmpty)
    }

    @Test mutating func `who is heard is dialled with no key, and is an ordinary peer then`() throws
    {
        let dial = try #require(hear().dials.first)
        #expect(dial.endpoints == [Self.place] && dial.key == nil)
        #expect(hear().dials.isEmpty)
        node.open(1, 2, isInitiator: true, dial: dial.dial, from: Self.place)
        #expect(node.core.contacts.isEmpty)
        #expect(node.core.addresses.endpoints(of: Driver.key(2).publicKey) == [Self.place])
        node.time += Span.minute
        #expect(hear().dials.isEmpty && hear(7).dials.isEmpty)
        node.feed(.sessionClosed(1, reason: "gone"))
        node.time += Span.minute
        #expect(hear(7).dials.count == 1)
    }

    @Test mutating func `a peer that called is not dialled, once it said where it listens`() {
        let source = Self.place.with(port: 51_000)
        node.open(1, 2, from: source)
        node.hear(
            1,
            .introduction(
                Introduction(
                    features: 0, endpoints: [Self.place], observed: Driver.address(1), label: "",
                    software: "", wallMilliseconds: Driver.wallStart)))
        #expect(hear().dials.isEmpty)
        #expect(
            node.pass(Span.second).count { if case .answerBeacon = $0 { true } else { false } } == 0
        )
    }

    @Test mutating func `who refuses is forgotten, not spoken of, and dialled after a pause`()
        throws
    {
        let dial = try #require(hear().dials.first)
        let failed = node.feed(.dialFailed(dial: dial.dial, reason: "another network"))
        #expect(failed.logs.isEmpty && node.core.contacts.isEmpty)
        #expect(hear().dials.isEmpty)
        #expect(node.pass(9 * Span.second).dials.isEmpty && hear().dials.isEmpty)
        node.time += Span.second
        #expect(hear().dials.count == 1)
    }

    @Test mutating func `a dial for another key that was met there does not stand in the way`() {
        let known = Driver.key(2).publicKey
        var contact = Contact(key: known, endpoints: [Self.place], source: .need)
        contact.isWanted = true
        node.core.remember(contact)
        #expect(node.pass(Span.second).dials.map(\.key) == [known])
        #expect(hear().dials.map(\.key) == [nil])
    }

    @Test mutating func `a second listener of its own is no news`() throws {
        let dial = try #require(hear().dials.first)
        let met = node.open(1, 1, isInitiator: true, dial: dial.dial, from: Self.place)
        guard case .ping(let number)? = met.sent(to: 1).first else {
            Issue.record("the other end is not asked who it is")
            return
        }
        // The other end is this process as well.
        let other = node.open(2, 1, from: Self.place)
        #expect(met.logs.isEmpty && other.isEmpty)
        #expect(node.hear(2, .ping(number)).reason(closing: 2) == Swarm.myselfReason)
        #expect(node.hear(1, .goodbye(reason: Swarm.myselfReason)).logs.isEmpty)
        #expect(node.core.contacts.isEmpty)
    }

    @Test mutating func `trouble with an interface reaches the log`() {
        let trouble = Input.beaconSent(over: LanDriver.interface, failure: "Network is down")
        #expect(node.feed(trouble).isEmpty && node.feed(trouble).logs.count == 1)
    }
}
