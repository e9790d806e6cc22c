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
        links other: [CheckpointLink]? = nil
    ) throws -> RunReplay {
        let store = try bench.store()
        return RunReplay(
            steps: trainer.steps,
            plan: { step in
                [
                    [TrainingExample(tokens: [Int32(step), 2 + shift], labels: [0, 2])],
                    [TrainingExample(tokens: [3], labels: [3])],
                ]
            }, links: other ?? links, observations: observations,
            load: { link throws(LearnError) in
                let loaded = try store.load(link.step)
                return (loaded.adapter, loaded.optimiser)
            })
    }

    @Test("gives the same bits in every part, from the start on")
    func exact() throws {
        let replay = try replay()
        #expect(replay.count == 4)
        #expect(replay.start() == .exact(from: 0, to: 0))
        for part in 0..<replay.count {
            #expect(
                try replay.part(part) == .exact(from: links[part].step, to: links[part + 1].step))
        }
    }

    @Test("knows the part of every step")
    func parts() throws {
        let replay = try replay()
        #expect(replay.stepCount == 12)
        #expect((0..<12).map { replay.part(of: $0) } == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    }

    @Test("holds a run that went on from an adapter against that adapter")
    func started() throws {
        let replay = try replay()
        let first = try bench.store().load(0)
        #expect(try replay.start(from: first.adapter) == .exact(from: 0, to: 0))
        let other = [TrainedTensor(name: "a", shape: [1, 2], values: [7, 2])]
        guard case .differs(0, let what) = try replay.start(from: other) else {
            Issue.record("another start went unnoticed")
            return
        }
        #expect(what.contains("factors"))
        // Neither a run without its beginning nor one that begins with means of its own.
        let late = try self.replay(links: Array(links.dropFirst()))
        let moved = try bench.store().load(links[1].step)
        guard case .differs = try late.start(from: moved.adapter) else {
            Issue.record("a missing beginning went unnoticed")
            return
        }
    }

    @Test("shows other data, another start and another recorded state, with the place")
    func differences() throws {
        let data = try replay(shift: 1).part(1)
        guard case .differs(let step, let what) = data else {
            Issue.record("other data went unnoticed")
            return
        }
        #expect(step == links[2].step && what.contains(Adapter.weightsName))
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
        guard case .differs(12, let name) = try replay(links: forged).part(3) else {
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
            try replay(trainer).part(1) == .differs(step: 4, what: "the loss is no number"))
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
