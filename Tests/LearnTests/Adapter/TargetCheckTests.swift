import Genome
import Testing

@testable import Learn

@Suite struct TargetCheckTests {
    private func config(_ targets: String) throws -> AdapterConfig {
        try AdapterConfig(
            Array("{\"peft_type\": \"LORA\", \"target_modules\": \(targets)}".utf8))
    }

    @Test func `names, patterns and all linear modules are told apart`() throws {
        let model = try TinyModel("qwen2").model
        let path = "model.layers.0.mlp.up_proj"
        #expect(try TargetCheck.isMeant(path, config("[\"up_proj\"]"), model))
        #expect(try !TargetCheck.isMeant(path, config("[\"p_proj\"]"), model))
        #expect(try TargetCheck.isMeant(path, config("\".*mlp.*\""), model))
        #expect(try TargetCheck.isMeant(path, config("\"all-linear\""), model))
        #expect(try !TargetCheck.isMeant(model.head.path, config("\"all-linear\""), model))
        #expect(try !TargetCheck.isMeant(path, config("null"), model))
        #expect(throws: LearnError.self) {
            try TargetCheck.names(self.config("[\"up_prj\"]"), among: [path])
        }
        try TargetCheck.names(config("[\"up_proj\"]"), among: [path])
    }
}
