import Testing

@testable import Learn

@Suite struct TrainingExampleTests {
    @Test func `targets are the labels behind the first that are not masked`() {
        #expect(TrainingExample(tokens: [1, 2, 3], labels: [1, 2, 3]).targets == 2)
        #expect(TrainingExample(tokens: [1, 2, 3], labels: [1, -100, 3]).targets == 1)
        #expect(TrainingExample(tokens: [1], labels: [1]).targets == 0)
        #expect(TrainingExample(tokens: [], labels: []).targets == 0)
    }
}
