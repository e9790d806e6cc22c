import Testing

@testable import Learn

@Suite("A text as one vector")
struct EngineEmbeddingTests {
    /// The head is linear, so its product with the mean of the hidden states is the mean of the
    /// logits, which are held against Transformers elsewhere.
    @Test("is the mean of the hidden states", arguments: ["llama-llama3", "gpt2"])
    func mean(_ name: String) throws {
        let tiny = try TinyModel(name)
        let engine = try tiny.engine()
        let tokens = Array(tiny.reference.prompt.prefix(9))
        let vector = try engine.embedding(of: tokens)
        let sequence = try engine.makeSequence(capacity: tokens.count)
        try engine.step([Engine.Part(sequence, tokens, wanted: .all)])
        let logits = tokens.indices.map { engine.result($0) }
        let head = tiny.model.head.weight.values()
        let width = tiny.model.architecture.width
        #expect(vector.count == width)
        for row in 0..<tiny.model.architecture.vocabulary {
            let product = (0..<width).reduce(0.0) {
                $0 + Double(head[row * width + $1]) * Double(vector[$1])
            }
            let mean = logits.reduce(0.0) { $0 + Double($1[row]) } / Double(tokens.count)
            #expect(abs(product - mean) < 1e-3 * max(1, abs(mean)))
        }
    }

    @Test func `has the same bits however the text is cut and on any threads`() throws {
        let tiny = try TinyModel("llama-llama3")
        let tokens = Array(tiny.reference.prompt.prefix(11))
        let vector = try tiny.engine().embedding(of: tokens)
        for (rows, threads) in [(1, 1), (4, 2), (11, 3)] {
            let other = try tiny.engine(threads: threads, batchRows: rows)
            #expect(try other.embedding(of: tokens) == vector)
        }
    }

    @Test func `of a text beyond the positions is that of its beginning, of none an error`() throws
    {
        let tiny = try TinyModel("llama-llama3")
        let engine = try tiny.engine()
        let positions = tiny.model.architecture.positions
        let token = tiny.reference.prompt[0]
        let long = [Int](repeating: token, count: positions + 5)
        #expect(
            try engine.embedding(of: long) == engine.embedding(of: Array(long.prefix(positions))))
        #expect(throws: LearnError.self) { try engine.embedding(of: []) }
    }
}
