import Testing

@testable import Learn

@Suite struct LearnErrorTests {
    @Test func `an error says what its fault says`() {
        #expect(LearnError.weights(.noEffect).description == WeightsFault.noEffect.description)
        #expect(LearnError.request(.empty).description == "the prompt is empty")
        #expect(LearnError.request(.empty) != .weights(.noEffect))
    }
}
