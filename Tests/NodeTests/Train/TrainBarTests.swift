import Learn
import Testing

@testable import Node

@Suite("The line of a training")
struct TrainBarTests {
    private func step(_ number: Int, tokens: Int = 100) -> Observation.Step {
        Observation.Step(
            step: number, loss: 2.3456, learningRate: 1, gradientNorm: 1, tokens: tokens,
            targets: 1, milliseconds: 500)
    }

    @Test("tells step, loss, speed, memory and what is left, within the width")
    func line() {
        var bar = TrainBar()
        #expect(bar.clear() == nil)
        _ = bar.update(step(0), of: 100, memory: nil, at: 0, width: 100)
        let text =
            bar.update(step(1), of: 100, memory: 412_000_000, at: 0.5, width: 100) ?? ""
        #expect(text.contains("step 2/100  loss 2.346  200 tok/s  412 MB  0:49 left"))
        #expect(text.hasPrefix("\r\u{1b}[Ktrain [") && bar.clear() == "\r\u{1b}[K")
        for width in [20, 40, 80, 200] {
            #expect(bar.line(step(1), of: 100, memory: 1, width: width).count < width)
        }
    }

    @Test("is drawn at most ten times a second, and at the end")
    func pace() {
        var bar = TrainBar()
        var drawn = 0
        for number in 0..<100 {
            let text = bar.update(
                step(number), of: 100, memory: nil, at: Double(number) / 100, width: 80)
            if text != nil { drawn += 1 }
        }
        #expect((9...12).contains(drawn))
    }

    @Test("writes losses with three digits behind the point")
    func loss() {
        #expect(TrainBar.loss(0.0004) == "0.000" && TrainBar.loss(1.9996) == "2.000")
        #expect(TrainBar.loss(-1.5) == "-1.500" && TrainBar.loss(.infinity) == "inf")
        #expect(TrainBar.loss(1e300) == "1e+300")
    }
}
