import Genome
import Testing

@testable import Learn

@Suite struct ConfigKeysTests {
    private func refused(_ key: String, _ value: JSONValue, type: String = "llama") -> String? {
        var config = JSONObject()
        config[key] = value
        do throws(WeightsFault) {
            try ConfigKeys.check(config, modelType: type)
            return nil
        } catch {
            guard case .config(let key, _) = error else { return "other" }
            return key
        }
    }

    @Test func `a key is on unless it is null, false or empty`() {
        let off: [JSONValue] = [.null, false, [], .object(JSONObject()), ""]
        for value in off { #expect(!ConfigKeys.isOn(value)) }
        let on: [JSONValue] = [true, 0, .double(0), "x", [.null], ["a": .null]]
        for value in on { #expect(ConfigKeys.isOn(value)) }
    }

    @Test func `keys without effect and keys of the family pass, others are named`() {
        #expect(refused("transformers_version", "5.0") == nil)
        #expect(refused("mlp_bias", true) == nil)
        #expect(refused("mlp_bias", true, type: "mistral") == "mlp_bias")
        #expect(refused("num_experts", 8) == "num_experts")
        #expect(refused("num_experts", .null) == nil)
        #expect(refused("quantization_config", ["bits": 4]) == "quantization_config")
        #expect(refused("a\u{1b}[31mb", true)?.contains("\u{1b}") == false)
    }

    @Test func `program code of a model's own is refused before anything else`() {
        #expect(refused("auto_map", ["AutoModelForCausalLM": "m.M"]) == "auto_map")
        #expect(refused("auto_map", .object(JSONObject())) == nil)
    }
}
