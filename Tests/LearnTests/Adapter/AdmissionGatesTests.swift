import Genome
import Testing

@testable import Learn

@Suite struct AdmissionGatesTests {
    private func checks(
        _ change: (inout HandAdapter) -> Void = { _ in }, positions: Int64 = 64
    ) throws -> [AdmissionGates.Check] {
        let scratch = try ScratchFolder()
        var hand = HandModel()
        hand.config["max_position_embeddings"] = .integer(positions)
        let model = try hand.open(in: scratch)
        var tensors = HandAdapter()
        change(&tensors)
        let adapter = try tensors.open(in: scratch)
        let stack = try AdapterStack(
            [AdapterStack.Member(adapter, identifier: "a")], model: model)
        let engine = try Engine(model, profile: .portable, threads: 1)
        return try AdmissionGates(engine, adapter, stack).run()
    }

    @Test func `an honest adapter passes every gate`() throws {
        let checks = try checks()
        #expect(checks.map(\.name) == ["bound", "rewritten", "strength", "spectrum", "effect"])
        #expect(checks.allSatisfy { $0.isSound })
        #expect(checks[0].detail.hasPrefix("2 modules"))
        #expect(checks[4].detail.contains("nats") && checks[4].figures[0].value > 0)
    }

    @Test func `an adapter that outweighs the base is named and not failed`() throws {
        let strong = try checks { $0.config["lora_alpha"] = 4_000 }
        for check in strong[2...3] {
            #expect(check.isSound && check.isFlagged && check.detail.contains("FLAGGED"))
        }
        let weak = try checks { $0.config["lora_alpha"] = .double(0.001) }
        #expect(weak.allSatisfy { !$0.isFlagged && !$0.detail.contains("FLAGGED") })
    }

    @Test func `an adapter too small for any logit fails`() throws {
        let faint = try checks { adapter in
            adapter.config["lora_alpha"] = .double(1e-30)
        }
        #expect(!faint[4].isSound)
    }

    @Test func `a model with few positions is probed with as many tokens`() throws {
        #expect(try checks(positions: 5).allSatisfy { $0.isSound })
    }
}
