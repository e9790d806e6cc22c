import Testing

@testable import Swarm

@Suite struct DecisionTests {
    @Test func `hides only what may not be known`() {
        for rule in Refusal.Rule.allCases {
            #expect(Refusal(rule, "reason").isHidden == (rule == .hidden))
        }
        #expect(Decision.allow.refusal == nil)
        #expect(Decision.refuse(Refusal(.scope, "reason")).refusal?.rule == .scope)
    }
}
