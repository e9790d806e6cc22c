import Genome
import Testing

@testable import Learn

@Suite struct WeightsFaultTests {
    static let all: [WeightsFault] = [
        .missingFile("config.json"), .unreadable(file: "a", "no permission"),
        .format(file: "a", .tooLarge(what: "a", limit: 3)), .unknownFamily("mamba"),
        .config(key: "hidden_act", "must be silu"), .missingTensor("t"),
        .wrongShape(tensor: "t", expected: [1, 2], found: [2, 1]),
        .wrongType(tensor: "t", type: "I32"), .unusedTensor("t"),
        .noModule("q_prj", nearest: ["q_proj"]), .noModule("q_prj", nearest: []),
        .adapterKey("bias", why: "is not built in"), .notFinite("t"), .noEffect,
        .wrongBase(what: "weights", expected: "ab", found: "cd"),
        .tooMuchMemory(needed: 5 << 20, allowed: 3 << 20),
    ]

    @Test("every fault is one sentence without internals", arguments: all)
    func sentence(_ fault: WeightsFault) {
        let words = LearnError.weights(fault).description
        #expect(words == fault.description && words.count > 10)
        #expect(!words.contains("\n") && !words.hasSuffix(".") && !words.contains("Optional"))
        #expect(!words.contains("WeightsFault") && !words.contains("GenomeError"))
    }

    @Test func `figures and names stand in the sentence`() {
        #expect(
            WeightsFault.tooMuchMemory(needed: 5 << 20, allowed: 3 << 20).description
                == "this would take 5 MiB of memory, 3 MiB may be used")
        #expect(
            WeightsFault.noModule("q_prj", nearest: ["q_proj", "k_proj"]).description
                == "the model has no module q_prj; nearest: q_proj, k_proj")
    }
}
