import Testing

@testable import Learn

@Suite struct EngineTests {
    @Test func `a token that the model does not have is refused by number`() throws {
        let tiny = try TinyModel("llama-llama3")
        let engine = try tiny.engine()
        let sequence = try engine.makeSequence(capacity: 4)
        #expect(throws: LearnError.request(.noToken(257, vocabulary: 257))) {
            try engine.prefill(sequence, [257])
        }
        #expect(throws: LearnError.request(.noToken(-1, vocabulary: 257))) {
            try engine.prefill(sequence, [-1])
        }
        #expect(sequence.count == 0)
    }

    @Test func `more tokens than positions are refused before anything runs`() throws {
        let tiny = try TinyModel("llama-llama3")
        let engine = try tiny.engine()
        let positions = tiny.model.architecture.positions
        #expect(throws: LearnError.request(.tooLong(tokens: positions + 1, limit: positions))) {
            _ = try engine.makeSequence(capacity: positions + 1)
        }
        let sequence = try engine.makeSequence(capacity: 2)
        #expect(throws: LearnError.request(.tooLong(tokens: 3, limit: 2))) {
            try engine.prefill(sequence, [1, 2, 3])
        }
        #expect(throws: LearnError.request(.empty)) { try engine.prefill(sequence, []) }
    }

    @Test func `a sequence cut back goes on as if it had never been longer`() throws {
        let tiny = try TinyModel("qwen3")
        let engine = try tiny.engine()
        let prompt = Array(tiny.reference.prompt.prefix(20))
        let sequence = try engine.makeSequence(capacity: 40)
        try engine.prefill(sequence, prompt)
        let first = engine.result()
        try engine.prefill(sequence, [5, 6, 7])
        sequence.cache.truncate(to: prompt.count - 1)
        try engine.prefill(sequence, [prompt[prompt.count - 1]])
        #expect(engine.result() == first)
    }

    @Test func `the memory estimate grows with positions and names the cache`() throws {
        let tiny = try TinyModel("qwen2")
        let architecture = tiny.model.architecture
        let few = Engine.memoryEstimate(architecture, profile: .portable, positions: 10)
        let many = Engine.memoryEstimate(architecture, profile: .portable, positions: 20)
        #expect(many - few == UInt64(10 * architecture.cacheBytes(.portable)))
        #expect(architecture.cacheBytes(.bf16Dot) * 2 == architecture.cacheBytes(.portable))
    }
}
