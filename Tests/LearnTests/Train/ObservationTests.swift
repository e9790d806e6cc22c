import Genome
import Testing

@testable import Learn

@Suite("Observations")
struct ObservationTests {
    private let step = Observation.step(
        Observation.Step(
            step: 3, loss: 2.1234567890123457, learningRate: 1e-5, gradientNorm: 0.1,
            tokens: 64, targets: 60, milliseconds: 12.5))
    private let judged = Observation.evaluation(
        Observation.Evaluation(steps: 4, loss: 0.1 + 0.2, targets: 10, correct: 4))

    private func text(_ observations: [Observation]) -> [UInt8] {
        observations.flatMap { CanonicalJSON.write($0.json) + [0x0a] }
    }

    @Test("come back bit for bit")
    func roundTrip() {
        #expect(Observation.read(text([step, judged])) == [step, judged])
    }

    @Test("are of a time: before so many steps were done")
    func time() {
        #expect(step.isBefore(4) && !step.isBefore(3))
        #expect(judged.isBefore(5) && !judged.isBefore(4))
    }

    @Test("end at a line that is none")
    func damaged() {
        let whole = text([step, judged])
        #expect(Observation.read(Array(whole.dropLast(9))) == [step])
        #expect(Observation.read(Array("x\n".utf8) + whole).isEmpty)
        #expect(Observation.read(Array(#"{"loss":1,"step":-1}"#.utf8)).isEmpty)
        let long =
            Array(#"{"loss":1,"targets":1,"x":""#.utf8) + [UInt8](repeating: 97, count: 2_000)
        #expect(Observation.read(long + Array(#""}"#.utf8)).isEmpty)
    }
}
