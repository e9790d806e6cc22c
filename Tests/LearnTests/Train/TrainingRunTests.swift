import Genome
import Host
import Testing
import Wire

@testable import Learn

@Suite("A training run")
struct TrainingRunTests {
    @Test("ends with milestones, last state and one observation a step")
    func whole() throws {
        let bench = try RunBench(steps: 10)
        #expect(try bench.go() == .finished(steps: 10, result: 10, early: false))
        #expect(try bench.links().map(\.step) == [0, 2, 5, 7, 10])
        #expect(try bench.observed().count == 10)
    }

    @Test("gives the same checkpoints and observations wherever it is stopped and taken up again")
    func stopped() throws {
        let whole = try RunBench(steps: 10, every: 3, keep: "best")
        #expect(
            try whole.go(judged: 9) == .finished(steps: 10, result: 10, early: false))
        for stop in 0...10 {
            let bench = try RunBench(steps: 10, every: 3, keep: "best")
            let ending = try bench.go(judged: 9, stopAt: stop)
            #expect(ending == .stopped(step: stop))
            #expect(
                try bench.go(judged: 9) == .finished(steps: 10, result: 10, early: false))
            #expect(try bench.links() == whole.links(), "\(stop)")
            #expect(try bench.observed() == whole.observed(), "\(stop)")
        }
    }

    @Test("never keeps more than its milestones, the best and the last state")
    func bounded() throws {
        let bench = try RunBench(steps: 40, every: 2, keep: "best")
        let trainer = CountingTrainer()
        trainer.losses = [14: 0.001]
        var most = 0
        let store = try bench.store()
        _ = try bench.go(trainer, every: 1, judged: 1) { news in
            if case .saved = news { most = max(most, (try? store.steps().count) ?? 99) }
        }
        #expect(most <= 7)
        #expect(try bench.links().map(\.step) == [0, 10, 14, 20, 30, 40])
    }

    @Test("gives the best state as result where the recipe says so, and ends when patience is over")
    func patience() throws {
        let bench = try RunBench(steps: 20, every: 2, patience: 2, keep: "best")
        let trainer = CountingTrainer()
        trainer.losses = [2: 3, 4: 1, 6: 2, 8: 2]
        #expect(
            try bench.go(trainer, judged: 3) == .finished(steps: 8, result: 4, early: true))
        #expect(try bench.links().map(\.step) == [0, 4, 5, 8])
        // What was judged is judged again, and the end is the same.
        let again = CountingTrainer()
        again.losses = trainer.losses
        #expect(
            try bench.go(again, judged: 3) == .finished(steps: 8, result: 4, early: true))
        // A run that saves more often has the same states in the end, bytes and all.
        let often = try RunBench(steps: 20, every: 2, patience: 2, keep: "best")
        let third = CountingTrainer()
        third.losses = trainer.losses
        #expect(
            try often.go(third, every: 1, judged: 3)
                == .finished(steps: 8, result: 4, early: true))
        #expect(try often.links() == bench.links())
    }

    @Test("goes back when a loss is no number, and goes on if it was the machine's fault")
    func trouble() throws {
        let whole = try RunBench(steps: 8)
        _ = try whole.go()
        let bench = try RunBench(steps: 8)
        let trainer = CountingTrainer()
        trainer.troubles = [3: 1]
        var back: [String] = []
        let ending = try bench.go(trainer) { news in
            if case .rolledBack(let step, let to) = news { back.append("\(step) to \(to)") }
        }
        #expect(ending == .finished(steps: 8, result: 8, early: false))
        #expect(back == ["3 to 2"])
        #expect(try bench.links() == whole.links())
        #expect(try bench.observed() == whole.observed())
    }

    @Test("goes back when a judged loss is no number, and ends when it stays so")
    func judgedTrouble() throws {
        let bench = try RunBench(steps: 6, every: 3)
        let trainer = CountingTrainer()
        trainer.losses = [3: .nan]
        var back: [String] = []
        let ending = try bench.go(trainer, judged: 2) { news in
            if case .rolledBack(let step, let to) = news { back.append("\(step) to \(to)") }
            if case .rolledBack = news { trainer.losses = [:] }
        }
        #expect(ending == .finished(steps: 6, result: 6, early: false))
        #expect(back == ["3 to 3"])
        let other = CountingTrainer()
        other.losses = [3: .infinity]
        let second = try RunBench(steps: 6, every: 3).go(other, judged: 2)
        guard case .failed(let step, _) = second else {
            Issue.record("\(second)")
            return
        }
        #expect(step == 3)
    }

    @Test("fails when the same step has no loss again, and keeps its last state")
    func hopeless() throws {
        let bench = try RunBench(steps: 8)
        let trainer = CountingTrainer()
        trainer.troubles = [5: 2]
        guard case .failed(let step, let reason) = try bench.go(trainer) else {
            Issue.record("it did not fail")
            return
        }
        #expect(step == 5 && reason.contains("no number"))
        #expect(try bench.links().map(\.step) == [0, 2, 4])
        // With a machine that can count again it goes on to the end.
        #expect(try bench.go() == .finished(steps: 8, result: 8, early: false))
    }

    @Test("refuses a changed checkpoint, and names it")
    func tampered() throws {
        let bench = try RunBench(steps: 8)
        _ = try bench.go(stopAt: 5)
        let store = try bench.store()
        let file = store.folder(of: 5) + "/" + CheckpointStore.optimiserName
        try TrainScratch.flip(file, at: try File.facts(of: file).size - 2)
        let error = #expect(throws: LearnError.self) { _ = try bench.go() }
        #expect(error?.description.contains("step-00000005/optimizer.safetensors") == true)
    }

    @Test("refuses to go on without one of its milestones")
    func missing() throws {
        let bench = try RunBench(steps: 8)
        _ = try bench.go(stopAt: 5)
        try Directory.removeTree(try bench.store().folder(of: 2))
        #expect(throws: LearnError.checkpoint(.missing(step: 2))) { _ = try bench.go() }
    }

    @Test("saves by the clock where it is told no number of steps")
    func clock() throws {
        // The clock goes on only when a step is done: 25 seconds each, and saving takes none.
        func saved(_ bench: RunBench, seconds: UInt64, saving: UInt64 = 0) throws -> [Int] {
            let time = Lock(UInt64(1))
            var saved: [Int] = []
            _ = try bench.go(every: nil, parts: 1, clock: time) { news in
                switch news {
                case .observed: time.withLock { $0 += seconds * 1_000_000_000 }
                case .saving: time.withLock { $0 += saving * 1_000_000 }
                case .saved(let step, _): saved.append(step)
                default: break
                }
            }
            return saved
        }
        #expect(try saved(try RunBench(steps: 8), seconds: 0) == [0, 8])
        #expect(try saved(try RunBench(steps: 8), seconds: 25) == [0, 3, 6, 8])
        #expect(try saved(try RunBench(steps: 4), seconds: 60) == [0, 1, 2, 3, 4])
        // Half a second of saving is worth a hundred seconds of steps.
        #expect(try saved(try RunBench(steps: 8), seconds: 25, saving: 500) == [0, 4, 8])
    }
}
