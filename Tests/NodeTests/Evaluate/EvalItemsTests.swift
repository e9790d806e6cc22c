import Learn
import Testing

@testable import Node

@Suite("The records of an evaluation")
struct EvalItemsTests {
    @Test func `stand on a line each, base beside adapted`() {
        let example = TrainingExample(tokens: [1, 2], labels: [1, 2])
        let place = DataPlace(file: "a.jsonl", line: 7)
        let entry = TrainingData.Entry(example, isAlone: false, place: place)
        let text = EvalItems.lines(
            [entry], base: [ItemScore(losses: [2], correct: 0)],
            adapted: [ItemScore(losses: [0.5], correct: 1)])
        #expect(
            text
                == #"{"base":{"correct":0,"exact":false,"loss":2},"correct":1,"exact":true,"#
                + #""file":"a.jsonl","index":0,"line":7,"loss":0.5,"targets":1}"# + "\n")
    }
}
