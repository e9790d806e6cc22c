import Testing

@testable import Swarm

@Suite struct MirrorStandingTests {
    @Test func `a mirror that fails three times in a row no longer counts`() {
        var standing = MirrorStanding()
        #expect(standing.score == 0.5 && standing.isTrusted)
        for isPassed in [true, false, false, true, false, false] {
            standing.challenge()
            standing.end(isPassed: isPassed)
            #expect(standing.isTrusted)
        }
        standing.challenge()
        standing.end(isPassed: false)
        #expect(!standing.isTrusted)
        #expect(standing.challenged == 7 && standing.passed == 2 && standing.failed == 5)
        #expect(standing.score == 3.0 / 9.0)
        standing.challenge()
        standing.end(isPassed: true)
        #expect(standing.isTrusted)
    }
}
