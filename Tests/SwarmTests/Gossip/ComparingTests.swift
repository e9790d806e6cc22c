import Testing
import Wire

@testable import Swarm

/// Taking a whole catalogue from several peers at once.
@Suite struct ComparingTests {
    /// So many peers whose ids are being listed.
    private func paging(_ peers: Int) -> (Driver, [Message]) {
        var driver = Driver()
        var asked: [Message] = []
        for number in 1...SessionNumber(peers) {
            driver.open(number, UInt8(number + 1), isInitiator: true)
            driver.introduce(number)
            driver.hear(number, .sketch(SketchSample.frame(192)))
            let effects = driver.feed(
                .sketchCompared(number, SketchComparison(gap: 1_000_000, difference: nil)))
            asked += effects.sent(to: number)
        }
        return (driver, asked)
    }

    private func ids(_ range: Range<UInt64>) -> [Digest] {
        range.map { Digest(words: ($0, 0, 0, 1)) }
    }

    private func requests(_ effects: [Effect], _ number: SessionNumber) -> [Digest] {
        effects.sent(to: number).flatMap { message in
            if case .recordsRequest(let ids) = message { ids } else { [Digest]() }
        }
    }

    @Test func `peers are listed from different places, each around the whole circle`() throws {
        var (driver, asked) = paging(2)
        #expect(asked.first == .identifiersRequest(after: nil))
        guard case .identifiersRequest(let start?)? = asked.last else {
            Issue.record("the second begins where the first does")
            return
        }
        let last = Digest(words: (.max, 0, 0, 1))
        driver.hear(2, .identifiers(IdentifierPage(ids: [last], isLast: true)))
        let lap = driver.feed(.identifiersMissing(2, []))
        #expect(lap.sent(to: 2) == [.identifiersRequest(after: nil)])
        let first = Digest(words: (1, 0, 0, 1))
        driver.hear(2, .identifiers(IdentifierPage(ids: [first], isLast: false)))
        #expect(
            driver.feed(.identifiersMissing(2, [])).sent(to: 2)
                == [.identifiersRequest(after: first)])
        let beyond = [start, last].max() ?? last
        driver.hear(2, .identifiers(IdentifierPage(ids: [beyond], isLast: false)))
        #expect(driver.feed(.identifiersMissing(2, [])).sent(to: 2).isEmpty)
        #expect(driver.core.sessions[2]?.reconciliation == nil && driver.core.standing == .whole)
    }

    @Test func `what one is asked for is not asked of another`() {
        var (driver, _) = paging(2)
        let wanted = ids(0..<100)
        driver.hear(1, .identifiers(IdentifierPage(ids: wanted, isLast: false)))
        #expect(requests(driver.feed(.identifiersMissing(1, wanted)), 1) == wanted)
        driver.core.want(wanted + ids(100..<110), from: 2)
        let effects = driver.feed(.identifiersMissing(2, []))
        #expect(requests(effects, 2) == ids(100..<110))
        #expect(driver.core.sessions[2]?.claimed == Set(ids(100..<110)))
    }

    @Test func `no more is asked for than the checks have room for`() {
        var (driver, _) = paging(9)
        var count = 0
        for number in 1...SessionNumber(9) {
            let own = ids(number * 10_000..<number * 10_000 + 1_000)
            _ = driver.core.sessions.change(number) { session in
                session.reconciliation = .comparingPage(next: nil)
            }
            count += requests(driver.feed(.identifiersMissing(number, own)), number).count
        }
        #expect(count == driver.core.gossip.asked && count <= SwarmLimits.unverifiedMax)
        #expect(count > SwarmLimits.unverifiedMax - Limits.recordsPerMessageMax)
    }

    @Test func `who brings nothing keeps no room, and another is compared instead`() {
        var (driver, _) = paging(2)
        _ = driver.core.sessions.change(2) { $0.reconciliation = nil }
        _ = driver.core.sessions.change(1) { $0.reconciliation = .comparingPage(next: nil) }
        driver.feed(.identifiersMissing(1, ids(0..<500)))
        #expect(driver.core.gossip.asked == 500)
        let effects = driver.pass(SwarmLimits.replyPatience + 3 * Span.second)
        #expect(driver.core.gossip.asked == 0 && driver.core.gossip.claimed.isEmpty)
        let isCompared = effects.contains {
            if case .prepareSketch(2, _, _) = $0 { true } else { false }
        }
        #expect(isCompared && driver.core.standing == .filling)
    }
}
