import Foundation
import Testing

@testable import Learn

@Suite struct LogitRowTests {
    static func exponential(_ value: Double) -> Double { exp(value) }

    @Test func `the likeliest come first, equals by number`() {
        let logits: [Float] = [1, 3, 2, 3, 0]
        #expect(LogitRow.likeliest(logits, 3) == [1, 3, 2])
        #expect(LogitRow.likeliest(logits, 0).isEmpty)
        #expect(LogitRow.likeliest(logits, 9) == [1, 3, 2, 0, 4])
        #expect(LogitRow.best(logits) == 1)
    }

    @Test func `logarithms of probabilities are those of a softmax in f64`() {
        let logits = (0..<100).map { Float(sin(Double($0))) * 5 }
        let sum = logits.reduce(0) { $0 + exp(Double($1)) }
        let found = LogitRow.logProbabilities(logits, of: Array(0..<100))
        for (value, logit) in zip(found, logits) {
            #expect(abs(value - (Double(logit) - log(sum))) < 2e-6)
        }
        #expect(abs(found.reduce(0) { $0 + exp($1) } - 1) < 1e-6)
    }

    @Test func `weights are one for the largest and fall with temperature`() {
        let weights = LogitRow.weights([1, 3, 2], temperature: 0.5)
        #expect(weights[1] == 1)
        #expect(abs(Double(weights[0]) - exp(-4)) < 1e-6)
        #expect(abs(Double(weights[2]) - exp(-2)) < 1e-6)
    }
}
