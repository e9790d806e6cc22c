import Testing
import Wire

@testable import Swarm

/// Calls that peers make for a node to find out whether it can be reached.
@Suite struct ReachTests {
    private static let own = Driver.address(1, [80, 1, 1])

    /// A peer of the network 20 + seed that this node dialled introduced itself.
    private func meet(
        _ driver: inout Driver, _ number: SessionNumber, _ seed: UInt8, isInitiator: Bool = true,
        sees: Endpoint? = own, listens: [Endpoint] = [], path: SessionPath = .direct
    ) {
        let facts = SessionFacts(
            peer: Driver.key(seed).publicKey, endpoint: Driver.address(seed, [20 + seed, 1, 1]),
            isInitiator: isInitiator, dial: nil, path: path)
        driver.feed(.sessionOpened(number, facts))
        driver.hear(
            number,
            .introduction(
                Introduction(
                    features: Introduction.neighbours | Introduction.reach, endpoints: listens,
                    observed: sees, label: "", software: "", wallMilliseconds: driver.moment.wall)))
    }

    /// The questions in what was sent, with their sessions.
    private func questions(_ effects: [Effect]) -> [(SessionNumber, UInt64, UInt16)] {
        effects.compactMap { effect in
            guard case .send(let number, .reach(.callBack(let question, let port))) = effect else {
                return nil
            }
            return (number, question, port)
        }
    }

    private func records(_ effects: [Effect], of driver: inout Driver) throws -> [NodeContent] {
        try driver.signed(effects).compactMap {
            if case .node(let node) = $0.content { node } else { nil }
        }
    }

    @Test func `asks one peer of each part, and its record says what came of it`() throws {
        var driver = Driver()
        for seed in UInt8(2)...4 { meet(&driver, UInt64(seed), seed) }
        var said: [NodeContent] = []
        var asked: Set<SessionNumber> = []
        for _ in 0..<20 {
            let effects = driver.pass(Span.second)
            said += try records(effects, of: &driver)
            for (number, question, port) in questions(effects) {
                #expect(port == 4747)
                asked.insert(number)
                driver.hear(number, .reach(.called(number: question, .reached)))
            }
        }
        #expect(asked == [2, 3, 4])
        #expect(said.last?.reach == .reachable && said.first?.reach == nil)
        #expect(said.last?.endpoints.first == Self.own, "the address that the router lends")
        #expect(driver.core.neighbourhood.overlay.own.endpoints.first == Self.own)
    }

    @Test func `says that it cannot be called when nobody reached it`() throws {
        var driver = Driver()
        meet(&driver, 2, 2)
        var said: [NodeContent] = []
        for _ in 0..<10 {
            let effects = driver.pass(Span.second)
            said += try records(effects, of: &driver)
            for (number, question, _) in questions(effects) {
                driver.hear(number, .reach(.called(number: question, .missed)))
            }
        }
        #expect(said.last?.reach == .unreachable)
        #expect(driver.core.reachVerdict == .unreachable && driver.core.needsRelay)
        #expect(driver.core.neighbourhood.overlay.own.endpoints.isEmpty, "nobody dials in vain")
    }

    @Test func `an answer to no question, or of another peer, is not heard`() {
        var driver = Driver()
        meet(&driver, 2, 2)
        meet(&driver, 3, 3)
        let question = questions(driver.pass(3 * Span.second))[0]
        let other: SessionNumber = question.0 == 2 ? 3 : 2
        driver.hear(other, .reach(.called(number: question.1, .missed)))
        driver.hear(question.0, .reach(.called(number: question.1 &+ 1, .missed)))
        #expect(driver.core.reachVerdict == .unknown)
        driver.hear(question.0, .reach(.called(number: question.1, .missed)))
        #expect(driver.core.reachVerdict == .unreachable)
    }

    @Test func `callers from outside prove that it can be called`() {
        var driver = Driver()
        meet(&driver, 2, 2, isInitiator: false)
        meet(&driver, 3, 3, isInitiator: false)
        #expect(driver.core.reachVerdict == .reachable)
        var relayed = Driver()
        let end = CircuitEnd(session: 9, circuit: 2)
        let path = SessionPath.relayed(by: Driver.key(9).publicKey, end)
        meet(&relayed, 2, 2, isInitiator: false, sees: nil, path: path)
        meet(&relayed, 3, 3, isInitiator: false, path: .punched)
        #expect(relayed.core.reachVerdict == .unknown)
    }

    @Test func `asks nobody that was dialled from the port where it listens`() {
        var driver = Driver()
        meet(&driver, 2, 2, path: .directFromPort)
        #expect(questions(driver.pass(10 * Span.second)).isEmpty)
    }

    @Test
    func `calls back where it sees the peer, at a port that the peer named, and nowhere else`()
        throws
    {
        var driver = Driver()
        let named = Driver.address(77, [10, 0, 0]).with(port: 5000)
        meet(&driver, 2, 2, isInitiator: false, listens: [named])
        var effects = driver.hear(2, .reach(.callBack(number: 7, port: 5000)))
        let probe = try #require(
            effects.compactMap { effect -> (UInt64, Endpoint, NodeKey)? in
                guard case .probe(let dial, let place, let key) = effect else { return nil }
                return (dial, place, key)
            }.first)
        #expect(probe.1 == Driver.address(2, [22, 1, 1]).with(port: 5000))
        #expect(probe.2 == Driver.key(2).publicKey)
        effects = driver.feed(.probed(dial: probe.0, isReached: true))
        #expect(effects.sent(to: 2) == [.reach(.called(number: 7, .reached))])
        #expect(driver.feed(.probed(dial: probe.0, isReached: true)).isEmpty, "once")
        effects = driver.hear(2, .reach(.callBack(number: 8, port: 22)))
        #expect(effects.sent(to: 2) == [.reach(.called(number: 8, .notNow))])
    }

    @Test func `calls back seldom, and never into its own network`() {
        var driver = Driver()
        let named = Driver.address(77, [10, 0, 0])
        meet(&driver, 2, 2, isInitiator: false, listens: [named])
        var calls = 0
        for number in 0..<10 {
            for case .probe(let dial, _, _) in driver.hear(
                2, .reach(.callBack(number: UInt64(number), port: 4747)))
            {
                calls += 1
                driver.feed(.probed(dial: dial, isReached: false))
            }
        }
        #expect(calls == 2)
        driver.open(3, 3, from: Driver.address(3, [192, 168, 1]))
        driver.introduce(3, endpoints: [named])
        let effects = driver.hear(3, .reach(.callBack(number: 1, port: 4747)))
        #expect(effects.sent(to: 3) == [.reach(.called(number: 1, .notNow))])
    }
}
