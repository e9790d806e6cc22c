import Testing
import Wire

@testable import Swarm

@Suite struct EffectTests {
    @Test func `effects of one input come in the order in which they are to be done`() {
        var driver = Driver()
        let effects = driver.open(1, 9)
        guard case .send(1, .introduction) = effects.first else {
            Issue.record("the introduction is not the first word")
            return
        }
        #expect(effects.sent(to: 1).count == 2)
    }

    @Test func `nothing is kept back for the next input`() {
        var driver = Driver()
        driver.open(1, 9)
        #expect(driver.hear(1, .pong(4)).isEmpty)
    }
}
