import Learn
import Testing

@testable import Node

@Suite("What a worker says")
struct TrainNewsTests {
    @Test("comes through as it was said")
    func roundTrip() throws {
        let step = Observation.Step(
            step: 3, loss: 1.25, learningRate: 0.1, gradientNorm: 2, tokens: 9, targets: 8,
            milliseconds: 4)
        let ready = TrainNews.Ready(
            run: "ab", steps: 9, parameters: 10, memory: 11, examples: 12, tokens: 13,
            confined: true)
        let trained = TrainNews.Trained(
            steps: 9, result: 8, early: true, peakMemory: 7,
            checks: [GateCheck(name: "n", isSound: true, detail: "d")])
        let all: [TrainNews] = [
            .ready(ready), .note("x\ny"), .resumed(step: 1), .step(step, memory: 5),
            .judged(Observation.Evaluation(steps: 4, loss: 0.5, targets: 2, correct: 1)),
            .saving(step: 2), .saved(step: 2, milliseconds: 1.5), .rolledBack(step: 5, to: 3),
            .stopped(step: 6), .trained(trained),
            .failed(Failure(.quota, "m", why: "w", remedy: "r")),
        ]
        for news in all {
            #expect(!news.line.contains("\n"))
            #expect(TrainNews(news.line)?.line == news.line)
        }
        guard case .failed(let failure)? = TrainNews(all[10].line) else {
            Issue.record("no failure")
            return
        }
        #expect(failure == Failure(.quota, "m", why: "w", remedy: "r"))
    }

    @Test("is nothing when it was cut off or is something else")
    func damaged() {
        #expect(TrainNews("") == nil && TrainNews(#"{"event":"step"}"#) == nil)
        #expect(TrainNews(#"{"event":"unheard-of"}"#) == nil)
        #expect(TrainNews(String(TrainNews.note("x").line.dropLast())) == nil)
    }
}

extension TrainNews? {
    static func == (left: TrainNews?, right: TrainNews?) -> Bool { left?.line == right?.line }
}
