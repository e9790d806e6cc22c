import Learn
import Testing

@testable import Node

@Suite("A line of a replay")
struct ReplayNewsTests {
    @Test("comes back as it was said")
    func roundTrip() throws {
        let extent = ReplayCheck.Extent(steps: 4..<9, whole: 20, shortest: 3)
        guard case .begun(extent) = try ReplayNews.begun(extent).again() else {
            Issue.record("another extent")
            return
        }
        let step = Observation.Step(
            step: 1, loss: 2.5, learningRate: 0.1, gradientNorm: 3, tokens: 9, targets: 8,
            milliseconds: 1.5)
        guard case .step(step, 77) = try ReplayNews.step(step, memory: 77).again() else {
            Issue.record("another step")
            return
        }
        for check in [ReplayCheck(.exact, "a", extent), ReplayCheck(.differs, "b")] {
            guard case .ended(check) = try ReplayNews.ended(check).again() else {
                Issue.record("another end")
                return
            }
        }
    }

    @Test(
        "is nothing when it is none",
        arguments: [
            #"{"event":"step"}"#, #"{"event":"begun"}"#,
            #"{"event":"begun","extent":{"from":9,"to":3,"of":9,"shortest":1}}"#,
            #"{"event":"ended","verdict":"perhaps"}"#,
        ])
    func others(_ line: String) { #expect(ReplayNews(line) == nil) }
}
