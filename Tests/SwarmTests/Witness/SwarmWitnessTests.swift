import Testing
import Wire

@testable import Swarm

@Suite struct SwarmWitnessTests {
    private static let offer = CheckpointOffer(known: 0, proof: [], note: [1, 2, 3])

    private func asked(_ effects: [Effect]) -> [UInt64] {
        effects.compactMap { if case .proveJournal(_, _, let known) = $0 { known } else { nil } }
    }

    private func met() -> Driver {
        var driver = Driver()
        driver.open(1, 2)
        return driver
    }

    @Test func `a peer is shown the journal when it is met, and once an hour`() {
        var driver = Driver()
        #expect(asked(driver.open(1, 2)) == [0])
        let sent = driver.feed(.journalProved(1, Self.offer)).sent(to: 1)
        #expect(sent == [.checkpoint(Self.offer)])
        var asked: [UInt64] = []
        for _ in 0..<270 {
            asked += self.asked(driver.pass(15 * Span.second))
            driver.hear(1, .ping(1))
        }
        // Sixty-seven minutes and a half.
        #expect(asked == [0])
    }

    @Test func `a witness's word is kept and the next offer begins there`() {
        var driver = met()
        driver.feed(.journalProved(1, Self.offer))
        let effects = driver.hear(1, .cosignature(WitnessWord(known: 40, line: "— a b")))
        #expect(effects.contains { if case .keepCosignature("— a b") = $0 { true } else { false } })
        #expect(driver.core.sessions[1]?.witness.known == 40)
        #expect(asked(effects).isEmpty)
    }

    @Test func `a witness that knows another part is asked once more from there, not for ever`() {
        var driver = met()
        driver.feed(.journalProved(1, Self.offer))
        #expect(asked(driver.hear(1, .cosignature(WitnessWord(known: 12)))) == [12])
        driver.feed(.journalProved(1, Self.offer))
        #expect(asked(driver.hear(1, .cosignature(WitnessWord(known: 13)))).isEmpty)
    }

    @Test func `a word that nobody asked for is passed over`() {
        var driver = met()
        let effects = driver.hear(1, .cosignature(WitnessWord(known: 4, line: "— a b")))
        #expect(effects.isEmpty && driver.core.sessions[1]?.witness.known == 0)
    }

    @Test func `a peer's journal is looked at, and a dishonest one is a fault`() {
        var driver = met()
        let effects = driver.hear(1, .checkpoint(Self.offer))
        #expect(
            effects.contains { if case .witness(1, _, Self.offer) = $0 { true } else { false } })
        let word = WitnessWord(known: 3, line: "— a b")
        #expect(driver.feed(.witnessed(1, word)).sent(to: 1) == [.cosignature(word)])
        driver.feed(.witnessRefused(1, "two histories"))
        #expect(driver.core.sessions[1]?.faults == 1)
    }

    @Test func `the owner is told that a witness has seen what is gone`() {
        var driver = met()
        let effects = driver.feed(.witnessAhead(1, known: 900))
        #expect(
            effects.contains { if case .log(let text) = $0 { text.contains("900") } else { false } }
        )
    }

    @Test func `what comes for a session that ended is dropped`() {
        var driver = met()
        driver.feed(.sessionClosed(1, reason: "gone"))
        #expect(driver.feed(.journalProved(1, Self.offer)).isEmpty)
        #expect(driver.feed(.witnessAhead(1, known: 3)).isEmpty)
        #expect(driver.feed(.witnessed(1, WitnessWord(known: 1))).isEmpty)
    }
}
