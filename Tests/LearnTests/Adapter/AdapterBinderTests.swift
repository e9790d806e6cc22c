import Genome
import Testing

@testable import Learn

@Suite struct AdapterBinderTests {
    private let path = "model.layers.0.self_attn."

    private func fault(
        on model: HandModel = HandModel(), _ change: (inout HandAdapter) -> Void
    ) throws -> WeightsFault? {
        var adapter = HandAdapter()
        change(&adapter)
        return try adapter.fault(on: model)
    }

    @Test func `an adapter finds its modules, with and without the prefix`() throws {
        #expect(try fault { _ in } == nil)
        #expect(try fault { $0 = HandAdapter(prefix: "base_model.model.") } == nil)
        #expect(try fault(on: HandModel(prefix: "", isTied: true)) { _ in } == nil)
    }

    @Test func `a misspelt target is refused with the names that are near`() throws {
        let fault = try fault {
            $0.config["target_modules"] = ["q_proj", "v_prj"]
            $0.change("v_proj.lora_A.weight") { $0.name.replace("v_proj", with: "v_prj") }
            $0.change("v_proj.lora_B.weight") { $0.name.replace("v_proj", with: "v_prj") }
        }
        guard case .noModule(path + "v_prj", let nearest)? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(nearest.first == path + "v_proj")
    }

    @Test func `a factor on a block that the model lacks is refused`() throws {
        let fault = try fault {
            $0 = HandAdapter(blocks: 3)
        }
        guard case .noModule("model.layers.2.self_attn.q_proj", _)? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test func `a module that is meant and has no factors is refused`() throws {
        #expect(
            try fault { $0.config["layers_to_transform"] = nil }
                == .adapterKey(
                    "target_modules",
                    why: "means model.layers.1.self_attn.q_proj, which has no factors"))
        #expect(
            try fault {
                $0.config["layers_to_transform"] = nil
                $0.config["target_modules"] = .string(#".*layers\.0\..*(q_proj|v_proj|k_proj)"#)
            }
                == .adapterKey(
                    "target_modules", why: "means \(path)k_proj, which has no factors"))
        #expect(
            try fault {
                $0.config["layers_to_transform"] = nil
                $0.config["target_modules"] = .string(#".*layers\.0\..*(q_proj|v_proj)"#)
            } == nil)
        #expect(
            try fault {
                $0 = HandAdapter(blocks: 2)
                $0.config["target_modules"] = "all-linear"
                $0.config["layers_to_transform"] = nil
            } != nil)
        #expect(
            try fault {
                $0 = HandAdapter(blocks: 2)
                $0.config["target_modules"] = nil
                $0.config["layers_to_transform"] = nil
            } == nil, "queries and values are what PEFT means by itself")
    }

    @Test func `all linear modules leave the head out`() throws {
        var adapter = HandAdapter()
        adapter.config["target_modules"] = "all-linear"
        adapter.config["layers_to_transform"] = nil
        adapter.tensors = []
        for block in 0..<2 {
            for (name, shape) in HandModel.linears {
                let path = "base_model.model.model.layers.\(block).\(name)"
                adapter.tensors.append(HandTensor("\(path).lora_A.weight", [2, shape[1]]))
                adapter.tensors.append(HandTensor("\(path).lora_B.weight", [shape[0], 2]))
            }
        }
        #expect(try adapter.fault(on: HandModel()) == nil)
        adapter.tensors.removeLast(2)
        #expect(try adapter.fault(on: HandModel()) != nil)
    }

    @Test func `factors of another model's width are refused with both shapes`() throws {
        let name = "base_model.model.\(path)q_proj.lora_A.weight"
        #expect(
            try fault { $0.change("q_proj.lora_A.weight") { $0 = HandTensor(name, [2, 9]) } }
                == .wrongShape(
                    tensor: "\(path)q_proj.lora_A.weight", expected: [2, 8], found: [2, 9]))
        let up = "base_model.model.\(path)q_proj.lora_B.weight"
        #expect(
            try fault { $0.change("q_proj.lora_B.weight") { $0 = HandTensor(up, [4, 2]) } }
                == .wrongShape(
                    tensor: "\(path)q_proj.lora_B.weight", expected: [8, 2], found: [4, 2]))
        #expect(
            try fault { $0.change("q_proj.lora_A.weight") { $0 = HandTensor(name, [3, 8]) } }
                != nil, "a rank that the configuration does not say")
    }

    @Test func `an adapter that changes nothing is refused`() throws {
        #expect(
            try fault { adapter in
                for index in adapter.tensors.indices
                where adapter.tensors[index].name.contains("lora_B") {
                    adapter.tensors[index].values = adapter.tensors[index].values.map { _ in 0 }
                }
            } == .noEffect)
        #expect(
            try fault { adapter in
                adapter.change("q_proj.lora_B.weight") { $0.values = $0.values.map { _ in 0 } }
            } == nil, "one module is enough")
        #expect(try fault { $0.config["lora_alpha"] = 0 } == .noEffect)
    }

    @Test func `one module under two names is refused`() throws {
        let twice = try fault { adapter in
            for name in ["q_proj", "v_proj"] {
                let path = "base_model.model.layers.0.self_attn.\(name)"
                let outputs = name == "q_proj" ? 8 : 4
                adapter.tensors.append(HandTensor("\(path).lora_A.weight", [2, 8]))
                adapter.tensors.append(HandTensor("\(path).lora_B.weight", [outputs, 2]))
            }
        }
        guard case .adapterKey("target_modules", _)? = twice else {
            Issue.record("\(String(describing: twice))")
            return
        }
    }
}
