import Testing

@testable import Learn

/// What Transformers and PEFT say of the tiny models, and what the engine says.
@Suite struct ParityTests {
    /// Largest difference of a logit that a fixture allows.
    static let tolerance: Float = 2e-4
    /// Steps of a continuation are compared until one is won by less than this.
    static let margin: Float = 1e-3

    static func compare(
        _ answer: ReferenceAnswer, _ engine: Engine, _ prompt: [Int], adapters: AdapterStack?
    ) throws -> Float {
        let rows = try engine.allLogits(prompt, adapters: adapters)
        var worst: Float = 0
        for (position, expected) in zip(answer.positions, answer.logits) {
            for (left, right) in zip(rows[position], expected) {
                worst = max(worst, abs(left - right))
            }
        }
        #expect(worst <= tolerance)
        let sure = answer.margins.firstIndex { $0 < margin } ?? answer.greedy.count
        let expected = Array(answer.greedy.prefix(sure))
        let found = try engine.greedy(prompt, count: max(sure, 1), adapters: adapters)
        #expect(Array(found.prefix(sure)) == expected)
        return worst
    }

    @Test(
        "a base gives the logits and the continuation that Transformers gives",
        arguments: ModelCase.names)
    func base(_ name: String) throws {
        let tiny = try TinyModel(name)
        let worst = try Self.compare(
            tiny.reference.answer, tiny.engine(), tiny.reference.prompt, adapters: nil)
        print("parity \(name) base \(worst)")
    }

    @Test(
        "an adapter gives the logits and the continuation that PEFT gives",
        arguments: ModelCase.names)
    func adapters(_ name: String) throws {
        let tiny = try TinyModel(name)
        let engine = try tiny.engine()
        for adapter in tiny.reference.adapters {
            let stack: AdapterStack
            do {
                stack = try tiny.stack([(adapter.name, 1)])
            } catch let error as LearnError where adapter.mayRefuse != nil {
                print("parity \(name) \(adapter.name) refused: \(error)")
                continue
            }
            let worst = try Self.compare(
                adapter.answer, engine, tiny.reference.prompt, adapters: stack)
            print("parity \(name) \(adapter.name) \(worst)")
        }
    }

    @Test("stacked adapters add up as in PEFT", arguments: ModelCase.names)
    func stacks(_ name: String) throws {
        let tiny = try TinyModel(name)
        let engine = try tiny.engine()
        for stack in tiny.reference.stacks {
            let bound = try tiny.stack(stack.parts.map { ($0.adapter, Double($0.weight)) })
            let worst = try Self.compare(
                stack.answer, engine, tiny.reference.prompt, adapters: bound)
            print("parity \(name) \(stack.parts.map(\.adapter)) \(worst)")
        }
    }
}
