import Genome
import Learn
import Testing

@testable import Node

@Suite("The options of a training")
struct TrainOptionsTests {
    @Test("name targets by their ends, all of them, or by a pattern")
    func targets() {
        #expect(TrainOptions.targets("q_proj,v_proj") == .names(["q_proj", "v_proj"]))
        #expect(TrainOptions.targets("all-linear") == .allLinear)
        #expect(TrainOptions.targets(#".*\.(q|k)_proj"#) == .pattern(#".*\.(q|k)_proj"#))
    }

    @Test("give memory in powers of 1024")
    func bytes() throws {
        #expect(try Sizes.bytes("512M", option: "--memory") == 512 << 20)
        #expect(try Sizes.bytes("1.5g", option: "--memory") == 3 << 29)
        #expect(try Sizes.bytes("4096", option: "--memory") == 4_096)
        for text in ["", "G", "-1G", "lots", "1e30"] {
            #expect(throws: Failure.self) { _ = try Sizes.bytes(text, option: "--memory") }
        }
    }

    @Test("keep no more checkpoints than can be open at once, and say how many can")
    func openFiles() throws {
        let base = TrainInputs.Part(files: LayerFiles([:], title: "b"), layer: nil, facts: nil)
        var settings = TrainingSettings()
        settings.steps = 1_000
        let inputs = TrainInputs(
            base: base, start: nil, data: [.init(name: "d", path: "/d")], evaluation: [],
            settings: settings, dataSettings: DataSettings())
        var request = TrainRequest(inputs: inputs, threads: 1, sharing: JSONObject())
        request.parts = 322
        try TrainOptions.checkOpenFiles(request, most: 1_024)
        request.parts = 400
        let failure = #expect(throws: Failure.self) {
            try TrainOptions.checkOpenFiles(request, most: 1_024)
        }
        #expect(failure?.remedy == "say --keep-checkpoints 322 or less")
        // A run of few steps has few states, however many parts are asked for.
        request.inputs.settings.steps = 10
        try TrainOptions.checkOpenFiles(request, most: 1_024)
    }
}
