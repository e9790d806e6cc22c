import Genome
import Testing
import Wire

@testable import Swarm

/// A node that others ask for layers.
@Suite struct AnsweringTests {
    private func node(isWhole: Bool = true, isLight: Bool = false) -> Driver {
        var driver = Driver()
        driver.core.settings.isLight = isLight
        driver.core.gossip.hasAgreed = isWhole
        driver.open(1, 2)
        driver.introduce(1, features: Introduction.light)
        return driver
    }

    private func request(_ number: UInt64 = 7, _ question: String = #"{"all":[]}"#) -> Message {
        .search(SearchRequest(number: number, question: Array(question.utf8)))
    }

    private let refusal = Message.searchAnswer(SearchAnswer(number: 7, outcome: .refused))

    private func isSearched(_ effects: [Effect]) -> Bool {
        effects.contains { if case .searchRecords = $0 { true } else { false } }
    }

    @Test func `a question goes to the catalogue, and its answer back`() throws {
        var driver = node()
        let effects = driver.hear(1, request())
        #expect(isSearched(effects) && effects.sent(to: 1).isEmpty)
        let found = FoundRecords(reached: 3, records: [[1], [2]])
        let answered = driver.feed(.recordsSearched(1, search: 7, found))
        let outcome = SearchAnswer.Outcome.found(reached: 3, records: [[1], [2]])
        #expect(
            answered.sent(to: 1) == [.searchAnswer(SearchAnswer(number: 7, outcome: outcome))])
        #expect(driver.core.sessions[1]?.answering == 0)
    }

    @Test func `whatever the reason, the refusal is the same`() {
        var (filling, light, failing, often) = (
            node(isWhole: false), node(isLight: true), node(), node()
        )
        #expect(filling.hear(1, request()).sent(to: 1) == [refusal])
        #expect(light.hear(1, request()).sent(to: 1) == [refusal])
        failing.hear(1, request())
        #expect(
            failing.feed(.recordsSearched(1, search: 7, nil)).sent(to: 1) == [refusal])
        for _ in 0..<10 {
            #expect(isSearched(often.hear(1, request())))
            often.feed(.recordsSearched(1, search: 7, nil))
        }
        #expect(often.hear(1, request()).sent(to: 1) == [refusal])
        often.pass(500 * Span.millisecond)
        #expect(isSearched(often.hear(1, request())), "two a second")
        #expect(often.core.sessions[1]?.faults == 0)
    }

    @Test func `members of a known organisation may ask ten times as often`() {
        var driver = node()
        _ = driver.core.sessions.change(1) { $0.rights.circles = [Driver.key(5).publicKey] }
        for _ in 0..<100 {
            #expect(isSearched(driver.hear(1, request())))
            driver.feed(.recordsSearched(1, search: 7, nil))
        }
        #expect(!isSearched(driver.hear(1, request())))
    }

    @Test func `thousands of keys together do not take the catalogue for themselves`() {
        var driver = node()
        var count = 0
        for number in 2..<60 {
            driver.open(SessionNumber(number), UInt8(number + 1))
            for _ in 0..<10 where isSearched(driver.hear(SessionNumber(number), request())) {
                count += 1
                driver.feed(.recordsSearched(SessionNumber(number), search: 7, nil))
            }
        }
        #expect(count == 200)
    }

    @Test func `a question that is not well-formed is a fault`() {
        for question in ["", "{}{}", #"{"all":[{"colour":"red"}]}"#, #"{"limit":101}"#] {
            var driver = node()
            #expect(driver.hear(1, request(7, question)).sent(to: 1) == [refusal])
            #expect(driver.core.sessions[1]?.faults == 1)
        }
    }
}
