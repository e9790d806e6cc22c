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

    @Test func `keys and values are taken again if they are long enough`() throws {
        let training = try TrainingCase("llama-llama3")
        let need = TrainingMemory.Need(
            architecture: training.model.architecture, profile: .portable, threads: 1,
            parameters: 10, ranks: [], hasDropout: false, longest: 16)
        let space = try TrainingWorkspace(need, TrainingMemory(need, rows: 32, keptBlocks: 1))
        let first = try space.caches([8, 4])
        let second = try space.caches([8, 5])
        #expect(first[0] === second[0] && first[1] !== second[1])
        #expect(try space.caches([1]).count == 1)
    }
}
