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

    @Test func `the estimate counts every factor, row, kept block and lane`() throws {
        let need = need(try TrainingCase("llama-llama3"))
        let bytes = { (rows: Int, kept: Int) in
            TrainingMemory(need, rows: rows, keptBlocks: kept).bytes
        }
        #expect(bytes(1_024, 1) > bytes(512, 1) && bytes(512, 1) > bytes(512, 0))
        let architecture = need.architecture
        let cache = UInt64(
            512 * KeyValueCache.bytes(architecture, .portable, capacity: 1))
        #expect(bytes(1_024, 0) - bytes(512, 0) > cache)
    }
}
