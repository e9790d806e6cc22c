import Testing

@testable import Learn

/// The bits of an answer depend on nothing but its own sequence.
@Suite struct SameBitsTests {
    private static let cases = ["llama-llama3", "mistral-window", "qwen3", "gpt2"]

    private static func bits(_ rows: [[Float]]) -> [[UInt32]] {
        rows.map { $0.map(\.bitPattern) }
    }

    /// Logits of a prompt run token by token, as decoding does.
    private static func oneByOne(
        _ engine: Engine, _ tokens: [Int], _ stack: AdapterStack?
    ) throws -> [[Float]] {
        let sequence = try engine.makeSequence(capacity: tokens.count, adapters: stack)
        return try tokens.map { token in
            try engine.step([Engine.Part(sequence, [token], wanted: .last)])
            return engine.result()
        }
    }

    @Test("any number of threads gives the same bits", arguments: cases, Profile.allCases)
    func threads(_ name: String, _ profile: Profile) throws {
        let tiny = try TinyModel(name)
        let prompt = tiny.reference.prompt
        let expected = Self.bits(try tiny.engine(profile, threads: 1).allLogits(prompt))
        for threads in [2, 3, 8] {
            let found = Self.bits(try tiny.engine(profile, threads: threads).allLogits(prompt))
            #expect(found == expected, "\(threads) threads")
        }
    }

    @Test("a prompt in any chunks gives the same bits", arguments: cases, Profile.allCases)
    func chunks(_ name: String, _ profile: Profile) throws {
        let tiny = try TinyModel(name)
        let prompt = tiny.reference.prompt
        let stack = try tiny.reference.adapters.first.map { try tiny.stack([($0.name, 1)]) }
        let whole = Self.bits(try tiny.engine(profile).allLogits(prompt, adapters: stack))
        for rows in [2, 7, 13, 31] {
            let engine = try tiny.engine(profile, batchRows: rows)
            #expect(Self.bits(try engine.allLogits(prompt, adapters: stack)) == whole, "\(rows)")
        }
        let single = try Self.oneByOne(tiny.engine(profile), prompt, stack)
        #expect(Self.bits(single) == whole, "one by one")
    }

    @Test(
        "an answer beside others is the answer alone", arguments: cases, Profile.allCases)
    func company(_ name: String, _ profile: Profile) throws {
        let tiny = try TinyModel(name)
        let engine = try tiny.engine(profile)
        let prompt = tiny.reference.prompt
        let adapters = tiny.reference.adapters.filter { $0.mayRefuse == nil }.prefix(2)
        var stacks: [AdapterStack?] = [nil]
        for adapter in adapters { stacks.append(try tiny.stack([(adapter.name, 1)])) }
        stacks.append(nil)
        let prompts = stacks.indices.map { Array(prompt.dropFirst($0).prefix(20 + $0)) }
        var alone: [[Float]] = []
        for (stack, prompt) in zip(stacks, prompts) {
            alone.append(try engine.allLogits(prompt, adapters: stack)[prompt.count - 1])
        }
        let parts = try zip(stacks, prompts).map { stack, prompt in
            Engine.Part(
                try engine.makeSequence(capacity: prompt.count + 1, adapters: stack), prompt,
                wanted: .last)
        }
        try engine.step(parts)
        let together = parts.indices.map { engine.result($0) }
        #expect(Self.bits(together) == Self.bits(alone))
        // One more token for each, in one batch of single rows.
        try engine.step(parts.map { Engine.Part($0.sequence, [1], wanted: .last) })
        let next = parts.indices.map { engine.result($0) }
        for (index, (stack, prompt)) in zip(stacks, prompts).enumerated() {
            let expected = try engine.allLogits(prompt + [1], adapters: stack)[prompt.count]
            #expect(Self.bits([next[index]]) == Self.bits([expected]), "part \(index)")
        }
    }

    @Test("the profiles differ, and each is near the other", arguments: cases)
    func profiles(_ name: String) throws {
        let tiny = try TinyModel(name)
        let prompt = tiny.reference.prompt
        let exact = try tiny.engine(.portable).allLogits(prompt)
        let fast = try tiny.engine(.bf16Dot).allLogits(prompt)
        let worst = zip(exact, fast).flatMap { zip($0, $1).map { abs($0 - $1) } }.max() ?? 0
        #expect(worst > 0 && worst < 1)
    }
}
