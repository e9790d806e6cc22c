import Testing

@testable import Learn

@Suite struct TrainingWorkspaceTests {
    @Test func `blocks share the last record where there are too few`() throws {
        let training = try TrainingCase("llama-llama3")
        let need = TrainingMemory.Need(
            architecture: training.model.architecture, profile: .bf16Dot, threads: 1,
            parameters: 10, ranks: [4, 0, 0, 0, 0, 0, 2], hasDropout: true, longest: 16)
        let blocks = need.architecture.blocks
        let all = try TrainingWorkspace(
            need, TrainingMemory(need, rows: 16, keptBlocks: blocks))
        #expect((0..<blocks).allSatisfy { all.isKept($0) })
        #expect(all.record(0) !== all.record(blocks - 1))
        let none = try TrainingWorkspace(need, TrainingMemory(need, rows: 16, keptBlocks: 0))
        #expect(none.isKept(blocks - 1) && !none.isKept(0))
        #expect(none.record(0) === none.record(blocks - 1))
        #expect(none.dropped.count == 3 && none.hiddens.count == blocks + 1)
        let record = none.record(0)
        #expect(record.downs.map(\.width) == [4, 0, 0, 0, 0, 0, 2])
    }

    @Test func `keys and values of a pass share one memory, however it is divided`() throws {
        let training = try TrainingCase("llama-llama3")
        let need = TrainingMemory.Need(
            architecture: training.model.architecture, profile: .portable, threads: 1,
            parameters: 10, ranks: [], hasDropout: false, longest: 16)
        let space = try TrainingWorkspace(need, TrainingMemory(need, rows: 32, keptBlocks: 1))
        for lengths in [[32], [8, 24], [31, 1], [Int](repeating: 1, count: 32)] {
            let caches = space.caches(lengths)
            #expect(caches.map(\.capacity) == lengths && caches.allSatisfy { $0.count == 0 })
            let starts = caches.map { $0.keys(block: 0, head: 0) }
            #expect(starts == starts.sorted() && Set(starts).count == starts.count)
        }
    }
}
