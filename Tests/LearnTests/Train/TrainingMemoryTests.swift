import Testing

@testable import Learn

@Suite struct TrainingMemoryTests {
    private func need(_ training: TrainingCase) -> TrainingMemory.Need {
        TrainingMemory.Need(
            architecture: training.model.architecture, profile: .portable, threads: 2,
            parameters: 1_000, ranks: [8, 8, 8, 8, 8, 8, 8], hasDropout: false, longest: 64)
    }

    @Test func `less memory means fewer tokens at once, then fewer kept blocks`() throws {
        let need = need(try TrainingCase("llama-llama3"))
        let free = try #require(TrainingMemory.choose(need, rows: 4_096, budget: nil))
        #expect(free.rows == 4_096 && free.keptBlocks == need.architecture.blocks)
        let half = try #require(
            TrainingMemory.choose(need, rows: 4_096, budget: free.bytes - 1))
        #expect(half.rows == 2_048 && half.keptBlocks == need.architecture.blocks)
        let smallest = TrainingMemory.smallest(need)
        let least = try #require(
            TrainingMemory.choose(need, rows: 4_096, budget: smallest.bytes))
        #expect(least == smallest)
        #expect(TrainingMemory.choose(need, rows: 4_096, budget: smallest.bytes - 1) == nil)
        let kept = TrainingMemory(need, rows: 512, keptBlocks: 1)
        let some = try #require(TrainingMemory.choose(need, rows: 4_096, budget: kept.bytes))
        #expect(some.bytes <= kept.bytes && some.rows == 512)
    }

    @Test func `a large vocabulary has few rows of logits at once`() throws {
        let architecture = try TrainingCase("llama-llama3").model.architecture
        #expect(TrainingMemory.logitRows(architecture) == 128)
    }

    @Test func `the estimate is near what a run takes`() throws {
        let training = try TrainingCase("llama-llama3")
        let settings = try training.settings("all-linear")
        let trainer = try training.trainer(settings, start: nil, rows: 256)
        _ = try trainer.run([Array(training.examples.prefix(6))])
        #expect(trainer.memory.bytes > UInt64(trainer.parameters * 16))
    }
}
