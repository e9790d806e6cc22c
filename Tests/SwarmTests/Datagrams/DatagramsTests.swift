import Testing
import Wire

@testable import Swarm

/// Datagrams inside a whole core.
@Suite struct DatagramsTests {
    private let offer = DatagramOffer(
        channel: 5, key: [UInt8](repeating: 5, count: 32), port: 4_999)
    private let features = Introduction.neighbours | Introduction.datagrams

    private func core(port: UInt16? = 4_748) -> Driver {
        var driver = Driver()
        driver.core.settings.datagramPort = port
        return driver
    }

    /// A neighbour on session 1 which has said where it hears.
    private func met() -> (driver: Driver, place: Endpoint, effects: [Effect]) {
        var driver = core()
        driver.open(1, 20)
        driver.introduce(1, features: features)
        var effects = driver.hear(1, .neighbour(.ask(isUrgent: false)))
        effects += driver.hear(1, .datagrams(offer))
        effects += driver.pass(Span.millisecond)
        return (driver, Driver.address(20).with(port: 4_999), effects)
    }

    private func datagrams(_ effects: [Effect]) -> [(Message, Endpoint)] {
        effects.compactMap { effect in
            if case .sendDatagram(1, let message, let target) = effect {
                (message, target)
            } else {
                nil
            }
        }
    }

    /// The same once the way is open.
    private func opened() throws -> (driver: Driver, place: Endpoint) {
        var (driver, place, effects) = met()
        guard case (.ping(let number), place)? = datagrams(effects).first else {
            throw WireError.invalid("no ping")
        }
        driver.time += 2 * Span.millisecond
        effects = driver.feed(.datagram(1, .pong(number), from: place))
        #expect(driver.core.passesDatagrams(1) == true)
        return (driver, place)
    }

    private func offers(_ effects: [Effect]) -> Int {
        effects.count { if case .offerDatagrams(1) = $0 { true } else { false } }
    }

    private func uses(_ effects: [Effect]) -> Int {
        effects.count { if case .useDatagrams(1, offer) = $0 { true } else { false } }
    }

    @Test func `neighbours that both can offer each other keys, once`() {
        var (driver, _, effects) = met()
        #expect(offers(effects) == 1 && uses(effects) == 1)
        effects = driver.feed(.datagramsOffered(1, offer))
        #expect(effects.sent(to: 1) == [.datagrams(offer)])
        #expect(offers(driver.hear(1, .datagrams(offer))) == 0)
        effects = driver.feed(.sessionClosed(1, reason: "gone"))
        #expect(effects.contains { if case .endDatagrams(1) = $0 { true } else { false } })
        #expect(driver.core.datagramFigures.paths == 0)
    }

    @Test func `an older node, one that wants none and a relayed one hear of nothing`() {
        var older = core()
        older.open(1, 20)
        older.introduce(1)
        var effects = older.hear(1, .neighbour(.ask(isUrgent: false)))
        effects += older.hear(1, .datagrams(offer))
        #expect(offers(effects) == 0 && uses(effects) == 0)
        var unwilling = core(port: nil)
        for case .send(1, .introduction(let said)) in unwilling.open(1, 20) {
            #expect(said.features & Introduction.datagrams == 0)
        }
        unwilling.introduce(1, features: features)
        effects = unwilling.hear(1, .neighbour(.ask(isUrgent: false)))
        effects += unwilling.hear(1, .datagrams(offer))
        #expect(offers(effects) == 0 && uses(effects) == 0)
        var relayed = core()
        let facts = SessionFacts(
            peer: Driver.key(20).publicKey, endpoint: Driver.address(30), isInitiator: true,
            dial: nil,
            path: .relayed(
                by: Driver.key(30).publicKey, CircuitEnd(session: 9, circuit: 1)))
        relayed.feed(.sessionOpened(1, facts))
        relayed.introduce(1, features: features)
        effects = relayed.hear(1, .neighbour(.ask(isUrgent: true)))
        effects += relayed.hear(1, .datagrams(offer))
        #expect(offers(effects) == 0 && uses(effects) == 0)
        #expect(relayed.core.passesDatagrams(1) == nil)
    }

    @Test func `pings and names go by an open way, records and what changes a link do not`() throws
    {
        var (driver, place) = try opened()
        var effects = driver.pass(20 * Span.second)
        #expect(datagrams(effects).contains { $0.1 == place })
        let name = NewsName(of: [1])
        let few = NeighbourMessage.haves([.init(hops: 1, name: name)])
        let many = NeighbourMessage.haves(
            [NeighbourMessage.Have](repeating: .init(hops: 1, name: name), count: 100))
        let news = NeighbourMessage.news([.init(hops: 1, record: [1])])
        (driver, place) = try opened()
        for message in [few, many, news, .graft([name]), .prune, .accept] {
            driver.core.tell(1, message)
        }
        effects = driver.feed(.wake)
        #expect(datagrams(effects).map(\.0) == [.neighbour(few)])
        let words: [NeighbourMessage] = [many, news, .graft([name]), .prune, .accept]
        #expect(effects.sent(to: 1).filter { words.map { .neighbour($0) }.contains($0) }.count == 5)
    }

    @Test func `a ping that is not answered by datagram is asked over the session`() throws {
        var (driver, _) = try opened()
        driver.core.ping(neighbour: 1, 4_242)
        var effects = driver.feed(.wake)
        #expect(datagrams(effects).first?.0 == .ping(4_242))
        #expect(!effects.sent(to: 1).contains(.ping(4_242)))
        effects = driver.pass(60 * Span.millisecond)
        #expect(effects.sent(to: 1).contains(.ping(4_242)))
        #expect(driver.core.datagramFigures.askedAgain == 1)
        driver.hear(1, .pong(4_242))
        effects = driver.pass(2 * Span.second)
        #expect(driver.core.passesDatagrams(1) == false, "nothing came back by it")
        #expect(driver.core.sessions[1]?.isSuspected == false)
    }

    @Test func `a ping is answered where it came from, and with no more`() throws {
        var (driver, place) = try opened()
        let outside = place.with(port: 60_000)
        let effects = driver.feed(.datagram(1, .ping(8), from: outside))
        let answer = try #require(datagrams(effects).first)
        #expect(answer == (.pong(8), outside))
        #expect(Message.ping(8).bytes.count == Message.pong(8).bytes.count)
    }

    @Test func `a false source, a false word and a strange session are passed over`() throws {
        var (driver, place) = try opened()
        let elsewhere = Driver.address(99)
        #expect(driver.feed(.datagram(1, .ping(8), from: elsewhere)).isEmpty)
        #expect(driver.feed(.datagram(1, .goodbye(reason: "no"), from: place)).isEmpty)
        #expect(driver.feed(.datagram(1, .neighbour(.prune), from: place)).isEmpty)
        #expect(driver.feed(.datagram(2, .ping(8), from: place)).isEmpty)
        let figures = driver.core.datagramFigures
        #expect(figures.foreign == 1 && figures.unfit == 2)
        #expect(driver.core.sessions[1]?.isClosing == false)
    }

    @Test func `datagrams keep no session whose connection is silent`() throws {
        var (driver, place) = try opened()
        var reason: String?
        for _ in 0..<60 where reason == nil {
            reason = driver.pass(Span.second).reason(closing: 1)
            driver.feed(.datagram(1, .ping(1), from: place))
        }
        #expect(reason?.contains("no word") == true)
    }

    @Test func `others are asked now and then where they see this node`() throws {
        var (driver, place, effects) = met()
        func asked(_ effects: [Effect]) -> [Endpoint] {
            effects.compactMap { if case .askSeen(let target) = $0 { target } else { nil } }
        }
        #expect(asked(effects) == [place])
        effects = []
        for _ in 0..<60 {
            effects += driver.pass(Span.second)
            driver.hear(1, .ping(1))
        }
        #expect(asked(effects).isEmpty)
        let outside = Driver.address(77)
        driver.feed(.seen(outside, by: place))
        driver.feed(.seen(outside, by: place))
        #expect(driver.core.datagramFigures.seenAt == [outside])
    }

    @Test func `keys are chosen anew after an hour, and after many uses`() throws {
        var (driver, place) = try opened()
        _ = driver.core.datagrams.change(1) { $0.received = DatagramLimits.keyUses }
        #expect(offers(driver.pass(2 * Span.second)) == 1)
        var count = 0
        for _ in 0..<3_700 {
            count += offers(driver.pass(Span.second))
            driver.hear(1, .ping(1))
            driver.feed(.datagram(1, .ping(1), from: place))
        }
        #expect(count == 1)
    }
}
