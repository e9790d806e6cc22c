import Genome
import Host
import Testing

@testable import Learn

@Suite("A log of lines")
struct LineLogTests {
    private func observation(_ step: Int) -> JSONObject {
        Observation.step(
            Observation.Step(
                step: step, loss: 1, learningRate: 1, gradientNorm: 1, tokens: 1, targets: 1,
                milliseconds: 1)
        ).json
    }

    @Test("grows, and loses a line that was cut off")
    func torn() throws {
        let scratch = try TrainScratch()
        let path = scratch.path + "/l"
        let log = try LineLog(path)
        for step in 0..<3 { try log.append(observation(step)) }
        try log.sync()
        let file = try File(path, .write)
        try file.resize(to: try file.facts().size - 5)
        let again = try LineLog(path)
        #expect(Observation.read(try again.bytes()).count == 2)
        try again.append(observation(2))
        #expect(Observation.read(try again.bytes()).count == 3)
    }

    @Test("forgets what a roll-back made void")
    func keep() throws {
        let scratch = try TrainScratch()
        let log = try LineLog(scratch.path + "/l")
        for step in 0..<5 { try log.append(observation(step)) }
        try log.keep(before: 2)
        #expect(Observation.read(try log.bytes()).count == 2)
        try log.append(observation(2))
        #expect(Observation.read(try log.bytes()).count == 3)
    }
}
