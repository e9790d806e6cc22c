import Genome
import Host
import Learn
import Testing

@testable import Node

@Suite("The steps of a job as they are done")
struct TrainingLogTailTests {
    private let laboratory: Laboratory
    private let folder: JobFolder

    init() throws {
        laboratory = try Laboratory()
        folder = try JobFolder.make(home: laboratory.path, name: "a").0
    }

    private func line(_ step: Int) -> [UInt8] {
        let observation = Observation.step(
            Observation.Step(
                step: step, loss: 2, learningRate: 0.5, gradientNorm: 3, tokens: 100,
                targets: 90, milliseconds: 250))
        return CanonicalJSON.write(observation.json) + [0x0a]
    }

    private func write(_ steps: Range<Int>, _ more: [UInt8] = []) throws {
        try folder.write(steps.flatMap { line($0) } + more, to: folder.observations)
    }

    @Test("are read once each, and a line that is being written when it is whole")
    func once() throws {
        var tail = TrainingLogTail(folder)
        #expect(try tail.next().isEmpty)
        try write(0..<50)
        #expect(try tail.next().map(\.step) == Array(0..<50))
        let read = tail.bytesRead
        for _ in 0..<20 { #expect(try tail.next().isEmpty) }
        #expect(tail.bytesRead == read)
        try write(0..<50, Array(line(50).prefix(20)))
        #expect(try tail.next().isEmpty)
        try write(0..<52)
        #expect(try tail.next().map(\.step) == [50, 51])
        #expect(tail.bytesRead < read * 2)
    }

    @Test("are given again behind a roll-back, also when others stand there already")
    func rollBack() throws {
        var tail = TrainingLogTail(folder)
        try write(0..<10)
        _ = try tail.next()
        try write(0..<4)
        #expect(try tail.next().isEmpty)
        try write(0..<6)
        #expect(try tail.next().map(\.step) == [4, 5])
        let evaluation = Observation.evaluation(
            Observation.Evaluation(steps: 4, loss: 1, targets: 4, correct: 3))
        let judged = CanonicalJSON.write(evaluation.json) + [0x0a]
        try folder.write(
            (0..<4).flatMap { line($0) } + judged + (4..<9).flatMap { line($0) },
            to: folder.observations)
        #expect(try tail.next().map(\.step) == [6, 7, 8])
    }
}
