import Genome
import Learn
import Testing

@testable import Node

@Suite("A bench of checkpoints")
struct CheckpointBenchTests {
    @Test func `holds the time of saving against all of it`() {
        #expect(CheckpointBench.stall(saving: 1, training: 99) == 0.01)
        #expect(CheckpointBench.stall(saving: 0, training: 5) == 0)
        #expect(CheckpointBench.stall(saving: 0, training: 0) == 0)
    }

    @Test func `makes its rows of what a training answered`() {
        let one = TrainBench.Case(.portable, 2, 10, "all")
        // 50 steps of 20 tokens at 100 a second are ten seconds.
        let answer: JSONValue = [
            "saves": 5, "savingSeconds": .double(2.5), "steps": 50,
            "tokensPerSecond": .double(100),
        ]
        let rows = CheckpointBench(one, base: ".", threads: 1)
            .rows(answer, bytes: (all: 3_000_000, adapter: 1_000_000))
        #expect(rows.map(\.figure) == [20, 500, 3])
        #expect(rows.map(\.unit) == ["%", "ms", "MB"])
        #expect(rows.map(\.ratio) == [20, 2.5, 3])
    }
}
