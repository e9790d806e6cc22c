import Testing

@testable import Learn

@Suite struct TrainingFaultTests {
    @Test func `an error says what happened`() {
        let faults: [(TrainingFault, String)] = [
            (.module("lm_head", why: "it is the output head"), "lm_head"),
            (.unusedPattern("a", among: ["b"]), "trained: b"),
            (.noModule("q", among: ["a", "b"]), "no module q; it has a, b"),
            (.noModules(among: ["a"]), "no module of this base; it has a"),
            (.pattern("(("), "(("), (.noTargets(step: 4), "step 4"),
            (.notFinite(step: 9), "step 9"), (.start(what: "x"), "start"),
            (.state(what: "y"), "go on"),
        ]
        for (fault, word) in faults {
            #expect(LearnError.training(fault).description.contains(word))
        }
    }
}
