import Genome
import Testing
import Wire

@testable import Swarm

/// A node that asks others for layers, and what they tell it.
@Suite struct AskingTests {
    private func node(peers: Int, features: UInt64 = Introduction.searches | 1) -> Driver {
        var driver = Driver()
        for index in 0..<peers {
            let number = SessionNumber(index + 1)
            let place = Driver.address(UInt8(index + 2), [UInt8(20 + index % 5), 1, 1])
            driver.open(number, UInt8(index + 2), from: place)
            driver.introduce(number, features: features)
        }
        return driver
    }

    static func layer(
        _ seed: UInt8, _ name: String, issued: UInt64 = Driver.wallStart
    ) throws -> Record {
        let content = LayerContent(
            layer: Blake3.hash(Array(name.utf8)), manifestSize: 9, type: "lora", name: name,
            version: "1.0.0", licence: "MIT", size: 7, files: 1)
        return try Driver.record(seed, .layer(content), issued: issued)
    }

    private func ask(
        _ driver: inout Driver, _ all: [LayerPredicate] = [.type("lora")]
    ) throws -> [SessionNumber] {
        let effects = driver.feed(.search(1, try LayerQuery(all)))
        return effects.compactMap { effect in
            if case .send(let session, .search) = effect { session } else { nil }
        }
    }

    /// A session answers with records; gives what follows once their signatures are checked.
    @discardableResult
    private func answer(
        _ driver: inout Driver, _ session: SessionNumber, _ records: [Record],
        reached: UInt64 = 0, isValid: Bool = true
    ) -> [Effect] {
        let outcome = SearchAnswer.Outcome.found(reached: reached, records: records.map(\.bytes))
        var effects = driver.hear(
            session, .searchAnswer(SearchAnswer(number: 1, outcome: outcome)))
        for batch in effects.verified {
            effects += driver.feed(
                .recordsVerified(
                    batch: batch.number, isValid: batch.records.map { _ in isValid }))
        }
        return effects
    }

    private func result(_ effects: [Effect]) -> SearchResult? {
        for case .searched(1, let result) in effects { return result }
        return nil
    }

    @Test func `eight are asked at most, of every part of the network there is`() throws {
        var driver = node(peers: 20)
        let asked = try ask(&driver)
        #expect(asked.count == SearchLimits.nodesMax && Set(asked).count == asked.count)
        let groups = asked.compactMap { driver.core.sessions[$0] }.map {
            $0.facts.endpoint.bytes[0]
        }
        #expect(Set(groups).count == 5)
    }

    @Test func `nobody is asked who did not say that it answers`() throws {
        var driver = node(peers: 3, features: Introduction.neighbours)
        let effects = driver.feed(.search(1, try LayerQuery([])))
        #expect(result(effects)?.asked.isEmpty == true)
        #expect(effects.sent(to: 1).isEmpty)
    }

    @Test func `answers are put together, and who has less than the others is told`() throws {
        var driver = node(peers: 3)
        #expect(try ask(&driver).count == 3)
        let (one, two) = (try Self.layer(9, "one"), try Self.layer(9, "two"))
        answer(&driver, 1, [one, two])
        answer(&driver, 2, [two])
        let found = try #require(
            result(
                driver.hear(
                    3, .searchAnswer(SearchAnswer(number: 1, outcome: .refused)))))
        #expect(Set(found.records.map(\.id)) == [one.id, two.id] && found.groups == 3)
        #expect(found.asked.map(\.answer) == [.found(2), .found(1), .refused])
        #expect(found.asked.map(\.lacking) == [0, 1, 0])
    }

    @Test func `who stopped above a layer is not said to lack it`() throws {
        var driver = node(peers: 2)
        _ = try ask(&driver)
        let old = try Self.layer(9, "old")
        let new = try Self.layer(9, "new", issued: Driver.wallStart + 1_000)
        answer(&driver, 1, [new], reached: new.order)
        let found = try #require(result(answer(&driver, 2, [new, old])))
        #expect(found.asked.map(\.lacking) == [0, 0] && found.reached == new.order)
    }

    @Test func `a search ends in time, and a late answer is no fault`() throws {
        var driver = node(peers: 2)
        _ = try ask(&driver)
        answer(&driver, 1, [])
        #expect(result(driver.pass(SearchLimits.patience - 1)) == nil)
        let found = try #require(result(driver.pass(Span.millisecond)))
        #expect(found.asked.map(\.answer) == [.found(0), .silent])
        answer(&driver, 2, [])
        #expect(driver.core.sessions[2]?.faults == 0)
        answer(&driver, 2, [])
        #expect(driver.core.sessions[2]?.faults == 1, "nobody asked twice")
    }

    @Test func `an answer with a forged or foreign record counts for nothing`() throws {
        var driver = node(peers: 3)
        _ = try ask(&driver, [.name("one")])
        let one = try Self.layer(9, "one")
        answer(&driver, 1, [one], isValid: false)
        answer(&driver, 2, [one, try Self.layer(9, "two")])
        let found = try #require(result(answer(&driver, 3, [one])))
        #expect(found.records.map(\.id) == [one.id])
        for (index, asked) in found.asked.enumerated() {
            if case .wrong = asked.answer { #expect(index < 2) } else { #expect(index == 2) }
        }
        #expect(driver.core.sessions[1]?.faults == 1 && driver.core.sessions[2]?.faults == 1)
    }

    @Test func `a record for a few is a fault, whoever sends it`() throws {
        var driver = node(peers: 1)
        _ = try ask(&driver)
        let tag = [UInt8](repeating: 1, count: 16)
        let content = try #require(Self.layer(9, "few").content.layerFacts)
        let few = try Driver.record(9, .layer(content), domain: .restricted(tag: tag))
        let found = try #require(result(answer(&driver, 1, [few])))
        #expect(found.records.isEmpty && driver.core.sessions[1]?.faults == 1)
    }

    @Test func `who signs for another shows her leave`() throws {
        var driver = node(peers: 2)
        _ = try ask(&driver)
        let content = try #require(Self.layer(9, "lent").content.layerFacts)
        let (lab, machine) = (Driver.key(9), Driver.key(10))
        let unsigned = UnsignedRecord(
            publisher: lab.publicKey, sequence: 1, issued: Driver.wallStart,
            expires: Driver.wallStart + 3_600_000, signer: machine.publicKey,
            content: .layer(content))
        let lent = try unsigned.signed(machine.sign(unsigned.signingInput))
        let leave = try Driver.record(
            9,
            .delegation(
                DelegationContent(key: machine.publicKey, rights: .publish, label: nil)))
        answer(&driver, 1, [lent])
        let found = try #require(result(answer(&driver, 2, [lent, leave])))
        #expect(found.asked.map(\.answer) == [.found(0), .found(1)])
        #expect(found.records.map(\.id) == [lent.id])
    }

    @Test func `what was found is kept and told to nobody`() throws {
        var driver = node(peers: 3)
        _ = try ask(&driver)
        let effects = answer(&driver, 1, [try Self.layer(9, "one")])
        let batch = try #require(effects.stored.first)
        let later = driver.feed(.recordsStored(batch: batch.number, outcomes: [.fresh]))
        #expect(later.sent(to: 2).isEmpty && later.sent(to: 3).isEmpty)
        #expect(driver.core.gossip.waiting == 0)
    }

    @Test func `a session that ends leaves nobody waiting`() throws {
        var driver = node(peers: 1)
        _ = try ask(&driver)
        let effects = driver.feed(.sessionClosed(1, reason: "gone"))
        #expect(result(effects)?.asked.map(\.answer) == [.silent])
    }
}

extension RecordContent {
    fileprivate var layerFacts: LayerContent? {
        if case .layer(let content) = self { content } else { nil }
    }
}
