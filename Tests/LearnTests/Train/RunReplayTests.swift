import Genome
import Host
import Testing
import Wire

@testable import Learn

@Suite("Doing a run again")
struct RunReplayTests {
    private let bench: RunBench
    private let links: [CheckpointLink]
    private let observations: [Observation]

    init() throws {
        bench = try RunBench(steps: 12)
        _ = try bench.go()
        links = try bench.links()
        observations = Observation.read(try bench.log().bytes())
    }

    private func replay(
        _ trainer: CountingTrainer = CountingTrainer(), shift: Int32 = 0,
        links other: [CheckpointLink]? = nil, observed: [Observation]? = nil
    ) throws -> RunReplay {
        let store = try bench.store()
        return RunReplay(
            steps: trainer.steps,
            plan: { step in
                [
                    [TrainingExample(tokens: [Int32(step), 2 + shift], labels: [0, 2])],
                    [TrainingExample(tokens: [3], labels: [3])],
                ]
            }, links: other ?? links, observations: observed ?? observations,
            load: { link throws(LearnError) in
                let loaded = try store.load(link.step)
                return (loaded.adapter, loaded.optimiser)
            })
    }

    @Test("gives the same bits in every part, from the start on")
    func exact() throws {
        let replay = try replay()
        #expect(replay.start() == .exact(from: 0, to: 0))
        for part in 0..<links.count - 1 {
            var told: [Int] = []
            let verdict = try replay.run(ReplayStretch(links, part...part + 1)) { step, _ in
                told.append(step)
            }
            #expect(verdict == .exact(from: links[part].step, to: links[part + 1].step))
            #expect(told == Array(links[part].step..<links[part + 1].step))
        }
        let whole = try #require(ReplayStretch.all(links))
        #expect(try replay.run(whole) == .exact(from: 0, to: 12))
        let (adapter, optimiser) = RunReplay.sizes(of: CountingTrainer().steps)
        let folder = try bench.store().folder(of: 3)
        let files = [(Adapter.weightsName, adapter), (CheckpointStore.optimiserName, optimiser)]
        for (name, size) in files {
            #expect(try File("\(folder)/\(name)", .read).facts().size == UInt64(size))
        }
    }

    @Test("takes the file that it started from for its first state, with fresh means alone")
    func started() throws {
        let other = CountingTrainer()
        try other.steps.restore(
            0, [TrainedTensor(name: "a", shape: [1, 2], values: [7, 2])],
            [TrainedTensor(name: "a.means", shape: [1], values: [0])])
        let begun = try replay(other)
        guard case .differs = begun.start(), case .differs = begun.start(from: Blake3.hash([3]))
        else {
            Issue.record("another start went unnoticed")
            return
        }
        #expect(begun.start(from: links[0].adapter) == .exact(from: 0, to: 0))
        let moved = CountingTrainer()
        _ = try moved.steps.run([[TrainingExample(tokens: [1], labels: [1])]])
        guard case .differs(0, _) = try replay(moved).start(from: links[0].adapter) else {
            Issue.record("means that are not fresh went unnoticed")
            return
        }
    }

    @Test("shows every figure that was observed otherwise, but its time")
    func figures() throws {
        func verdict(
            _ change: (Observation.Step) -> Observation.Step
        ) throws -> RunReplay.Verdict {
            let changed =
                observations.map { observation in
                    if case .step(let step) = observation, step.step == 4 {
                        return .step(change(step))
                    }
                    return observation
                } as [Observation]
            return try replay(observed: changed).run(ReplayStretch(links, 1...2))
        }
        func step(
            _ step: Observation.Step, loss: Double = 0, rate: Double = 0, norm: Double = 0,
            tokens: Int = 0, targets: Int = 0, time: Double = 0
        ) -> Observation.Step {
            Observation.Step(
                step: step.step, loss: step.loss + loss, learningRate: step.learningRate + rate,
                gradientNorm: step.gradientNorm + norm, tokens: step.tokens + tokens,
                targets: step.targets + targets, milliseconds: step.milliseconds + time)
        }
        #expect(try verdict { step($0, time: 1) } == .exact(from: 3, to: 6))
        for change in [
            { step($0, loss: 1) }, { step($0, rate: 1) }, { step($0, norm: 1) },
            { step($0, tokens: 1) }, { step($0, targets: 1) },
        ] as [(Observation.Step) -> Observation.Step] {
            guard case .differs(4, let what) = try verdict(change) else {
                Issue.record("another figure went unnoticed")
                continue
            }
            #expect(what.contains("recorded"))
        }
    }

    @Test("shows other data, another start and another recorded state, with the place")
    func differences() throws {
        let data = try replay(shift: 1).run(ReplayStretch(links, 1...2))
        guard case .differs(let step, let what) = data else {
            Issue.record("other data went unnoticed")
            return
        }
        #expect(step == 3 && what.contains("gradient"))
        let other = CountingTrainer()
        _ = try other.steps.run([[TrainingExample(tokens: [1], labels: [1])]])
        guard case .differs(0, _) = try replay(other).start() else {
            Issue.record("another start went unnoticed")
            return
        }
        var forged = links
        let last = links[4]
        forged[4] = CheckpointLink(
            step: last.step, adapter: last.adapter, optimiser: Blake3.hash([7]),
            state: last.state, previous: last.previous)
        guard
            case .differs(12, let name) = try replay(links: forged).run(ReplayStretch(links, 3...4))
        else {
            Issue.record("another state went unnoticed")
            return
        }
        #expect(name.contains(CheckpointStore.optimiserName))
    }

    @Test("shows the step whose loss is another")
    func loss() throws {
        let trainer = CountingTrainer()
        trainer.troubles = [4: 1]
        #expect(
            try replay(trainer).run(ReplayStretch(links, 1...2))
                == .differs(step: 4, what: "the loss is no number"))
    }

    @Test("refuses files that are not those of the chain")
    func files() throws {
        let folder = try bench.store().folder(of: 3)
        let adapter = try File(folder + "/" + Adapter.weightsName, .read).readAll(limit: 1 << 20)
        var optimiser = try File(folder + "/" + CheckpointStore.optimiserName, .read)
            .readAll(limit: 1 << 20)
        _ = try RunReplay.tensors(links[1], adapter: adapter, optimiser: optimiser)
        optimiser[optimiser.count - 1] ^= 1
        #expect(throws: LearnError.self) {
            _ = try RunReplay.tensors(links[1], adapter: adapter, optimiser: optimiser)
        }
    }
}
