import Testing
import Wire

@testable import Swarm

@Suite struct NetworkFiguresTests {
    @Test func `a node that reaches nobody says whom, and why`() {
        var driver = Driver()
        let effects = driver.feed(
            .join(endpoints: [Driver.address(9)], key: Driver.key(9).publicKey))
        let dial = effects.compactMap { if case .dial(let dial, _, _) = $0 { dial } else { nil } }
        #expect(driver.core.figures.unreached.first?.failure == nil)
        for number in dial {
            driver.feed(.dialFailed(dial: number, reason: "nobody listens there"))
        }
        let unreached = driver.core.figures.unreached
        #expect(unreached.map(\.failure) == ["nobody listens there"])
        #expect(unreached.map(\.endpoints) == [[Driver.address(9)]])
        driver.open(1, 9)
        #expect(driver.core.figures.unreached.isEmpty)
    }

    @Test func `neighbours are counted by who chose whom, and where they are`() {
        var driver = Driver()
        for seed: UInt8 in 20..<23 {
            let session = SessionNumber(seed)
            driver.open(session, seed, from: Driver.address(seed, [seed % 2 + 30, 1, 1]))
            driver.introduce(session)
            driver.hear(session, .neighbour(.ask(isUrgent: false)))
        }
        let figures = driver.core.figures
        #expect(figures.found == 3 && figures.chosen == 0 && figures.netgroups == 2)
        #expect(!driver.core.isChosen(20))
    }
}
