import Testing

@testable import Swarm
@testable import Wire

@Suite struct SettingsTests {
    @Test func `the rates let an honest newcomer take in a catalogue of a million records`() {
        let pages = 1_000_000 / Limits.identifiersPerPageMax + 1
        let batches = 1_000_000 / Limits.recordsPerMessageMax + 1
        var questions = SwarmRates.questions
        var isWithin = true
        for _ in 0..<pages + batches { isWithin = questions.take(at: 1) && isWithin }
        #expect(isWithin)
        #expect(SwarmLimits.pagesMax > pages)
    }

    @Test func `an honest peer stays below the questions that may be open`() {
        #expect(
            SwarmLimits.pagesAskedMax + SwarmLimits.batchesAskedMax + 2
                < SwarmLimits.answeringMax)
        #expect(PeerPace.askedMax < SwarmLimits.servesPerSessionMax)
        #expect(SwarmLimits.ownerContactsMax < SwarmLimits.contactsMax)
    }
}
