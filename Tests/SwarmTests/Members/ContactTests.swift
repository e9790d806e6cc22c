import Testing
import Wire

@testable import Swarm

@Suite struct ContactTests {
    private func fail(_ driver: inout Driver, _ effects: [Effect]) {
        for dial in effects.dials {
            driver.feed(.dialFailed(dial: dial.dial, reason: "nobody answers"))
        }
    }

    @Test func `a joined address is tried for ever with pauses of 1, 2, 4 to 30 s`() {
        var driver = Driver()
        var last = driver.time
        fail(&driver, driver.feed(.join(endpoints: [Driver.address(5)], key: nil)))
        var pauses: [UInt64] = []
        while pauses.count < 200 {
            let effects = driver.pass(100 * Span.millisecond)
            guard !effects.dials.isEmpty else { continue }
            pauses.append((driver.time - last) / Span.second)
            last = driver.time
            fail(&driver, effects)
        }
        #expect(pauses[0] <= 2 && (2...3).contains(pauses[1]) && (4...6).contains(pauses[2]))
        #expect(pauses.suffix(190).allSatisfy { (30...38).contains($0) })
    }

    @Test func `whom a fetch needs is called after growing pauses, and forgotten after it`() throws
    {
        let sample = try Sample(by: 3)
        let holders = LayerHolders(
            descriptions: sample.holders([]).descriptions,
            holders: [.init(node: Driver.key(3).publicKey, endpoints: [Driver.address(3)])])
        var driver = Driver()
        driver.open(1, 2)
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        fail(&driver, driver.feed(.holdersFound(1, holders)))
        #expect(driver.core.contacts.count == 1)
        var dials = 0
        for _ in 0..<14 {
            let effects = driver.pass(Span.second)
            dials += effects.dials.count
            fail(&driver, effects)
            driver.hear(1, .pong(0))
        }
        #expect((2...4).contains(dials))
        driver.feed(.cancelFetch(1))
        driver.pass(30 * Span.second)
        driver.hear(1, .pong(0))
        #expect(driver.core.contacts.count == 1)
        driver.pass(40 * Span.second)
        driver.hear(1, .pong(0))
        driver.pass(40 * Span.second)
        #expect(driver.core.contacts.isEmpty)
    }

    @Test func `a peer that takes every call and hangs up gains no shorter pause`() {
        var driver = Driver()
        var dials = driver.feed(
            .join(endpoints: [Driver.address(5)], key: Driver.key(5).publicKey)
        ).dials
        var count = 0
        var session: SessionNumber = 1
        for _ in 0..<600 {
            for dial in dials {
                count += 1
                driver.open(session, 5, isInitiator: true, dial: dial.dial)
                driver.feed(.sessionClosed(session, reason: "hung up"))
                session += 1
            }
            dials = driver.pass(Span.second).dials
        }
        #expect(count > 15 && count < 40)
    }

    @Test func `a neighbour lost after a long session is called again at once`() {
        var driver = Driver()
        let key = Driver.key(5).publicKey
        let dial = driver.feed(.join(endpoints: [Driver.address(5)], key: key)).dials[0].dial
        driver.open(1, 5, isInitiator: true, dial: dial)
        for _ in 0..<6 {
            driver.pass(10 * Span.second)
            driver.hear(1, .pong(0))
        }
        driver.feed(.sessionClosed(1, reason: "reset"))
        #expect(driver.pass(2 * Span.second).dials.count == 1)
    }

    @Test func `looks for neighbours by itself, at random, one of each part of the network`()
        throws
    {
        var driver = Driver()
        driver.open(1, 2)
        let records = try (UInt8(20)..<80).map { seed in
            try Driver.record(seed, Driver.node([Driver.address(seed, [seed / 2, 9, 9])]))
        }
        driver.take(records, from: 1)
        let dials = driver.pass(2 * Span.second).dials
        #expect(dials.count == NeighbourLimits.dialsMax)
        let keys = dials.compactMap(\.key)
        #expect(keys != records.prefix(dials.count).map(\.publisher))
        #expect(Set(dials.map { $0.endpoints[0].bytes[0] }).count == dials.count)
        #expect(driver.pass(Span.second).dials.isEmpty)
    }

    @Test func `a neighbour that was lost is called again and again, for an hour`() {
        var driver = Driver()
        let dial = driver.feed(
            .join(endpoints: [Driver.address(9)], key: Driver.key(9).publicKey)
        ).dials[0].dial
        driver.open(1, 9, isInitiator: true, dial: dial)
        // A neighbour that called.
        driver.open(2, 5)
        driver.introduce(2, endpoints: [Driver.address(5)])
        driver.hear(2, .neighbour(.ask(isUrgent: false)))
        #expect(driver.core.sessions[2]?.isNeighbour == true)
        driver.feed(.sessionClosed(2, reason: "reset"))
        var times: [UInt64] = []
        for _ in 0..<7200 {
            for dial in driver.pass(Span.second).dials where dial.key == Driver.key(5).publicKey {
                times.append(driver.time)
                driver.feed(.dialFailed(dial: dial.dial, reason: "refused"))
            }
            driver.hear(1, .pong(0))
        }
        let gaps = zip(times.dropFirst(), times).map { ($0 - $1) / Span.second }
        #expect(gaps.prefix(2).allSatisfy { $0 <= 6 } && (gaps.max() ?? 0) <= 32)
        let last = (times.last ?? 0) - (times.first ?? 0)
        #expect(last > 55 * Span.minute && last < 66 * Span.minute)
    }

    @Test func `a nearer address is dialled only if it came from the same range`() throws {
        let near = Driver.address(7, [127, 0, 0])
        let metadata = Driver.address(254, [169, 254, 169])
        let content = Driver.node([near, metadata])
        var far = Driver()
        far.open(1, 2)
        far.take([try Driver.record(3, content)], from: 1)
        #expect(far.pass(Span.minute).dials.isEmpty)
        var close = Driver()
        close.open(1, 2, from: Driver.address(2, [127, 0, 0]))
        close.take([try Driver.record(3, content)], from: 1)
        #expect(close.pass(2 * Span.second).dials.map(\.endpoints) == [[near]])
    }

    @Test func `a fetch dials no address of the catalogue that gossip could not`() throws {
        let sample = try Sample(by: 3)
        let near = Driver.address(7, [10, 0, 0])
        let holders = LayerHolders(
            descriptions: sample.holders([]).descriptions,
            holders: [.init(node: Driver.key(3).publicKey, endpoints: [near])])
        var driver = Driver()
        driver.open(1, 2)
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        #expect(driver.feed(.holdersFound(1, holders)).dials.isEmpty)
        let effects = driver.open(2, 4, from: Driver.address(4, [10, 0, 0]))
        #expect(effects.dials.isEmpty, "who brought it is forgotten")
        driver.take([try Driver.record(3, Driver.node([near]))], from: 2)
        #expect(driver.pass(5 * Span.second).dials.first?.endpoints == [near])
    }

    @Test func `a fetch does not dial a near address that came from afar, whoever is near now`()
        throws
    {
        let sample = try Sample(by: 3)
        let near = Driver.address(7, [10, 0, 0])
        let holders = LayerHolders(
            descriptions: sample.holders([]).descriptions,
            holders: [.init(node: Driver.key(3).publicKey, endpoints: [near])])
        var driver = Driver()
        driver.open(1, 2)
        driver.take([try Driver.record(3, Driver.node([near]))], from: 1)
        driver.open(2, 4, from: Driver.address(4, [10, 0, 0]))
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        #expect(driver.feed(.holdersFound(1, holders)).dials.isEmpty)
        #expect(driver.core.outOfReach == [Driver.key(3).publicKey])
        let again = try Driver.record(3, Driver.node([Driver.address(3)]), sequence: 2)
        driver.take([again], from: 1)
        #expect(driver.core.outOfReach.isEmpty)
    }

    @Test func `the tables of contacts are bounded`() throws {
        var driver = Driver()
        driver.open(1, 2)
        for number in 0..<1500 {
            var seed = [UInt8](repeating: 7, count: 32)
            (seed[0], seed[1]) = (UInt8(number & 255), UInt8(number >> 8))
            let key = try #require(SigningKey(seed: seed))
            driver.feed(.join(endpoints: [Driver.address(9)], key: key.publicKey))
        }
        driver.take([try Driver.record(3, Driver.node([Driver.address(3)]))], from: 1)
        let own = driver.core.contacts.count { $0.source == .owner }
        #expect(own == SwarmLimits.ownerContactsMax)
        #expect(driver.core.contacts.count <= SwarmLimits.contactsMax)
    }

    @Test func `an address near by out of the catalogue alone is not dialled`() throws {
        // As after a restart: the record is in the store, who brought it is forgotten.
        var driver = Driver()
        driver.open(1, 2, from: Driver.address(7, [192, 168, 1]))
        let sample = try Sample(by: 5)
        let holder = LayerHolders.Holder(
            node: Driver.key(5).publicKey,
            endpoints: [Driver.address(1, [192, 168, 1])])
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        let holders = LayerHolders(
            descriptions: sample.holders([5]).descriptions, holders: [holder])
        var effects = driver.feed(.holdersFound(1, holders))
        effects += driver.pass(5 * Span.second)
        #expect(!effects.contains { if case .dial = $0 { true } else { false } })
    }
}
