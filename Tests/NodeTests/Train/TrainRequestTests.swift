import Genome
import Learn
import Testing

@testable import Node

@Suite("What a job was asked")
struct TrainRequestTests {
    @Test("comes back from its folder")
    func roundTrip() throws {
        let laboratory = try Laboratory()
        let (folder, _) = try JobFolder.make(home: laboratory.path, name: "a")
        var settings = TrainingSettings()
        settings.targets = .names(["q_proj"])
        settings.steps = 7
        var data = DataSettings()
        data.template = "t"
        let base = TrainInputs.Part(
            files: LayerFiles(["config.json": "/b/config.json"], title: "/b"), layer: nil,
            facts: nil)
        var inputs = TrainInputs(
            base: base, start: base, data: [.init(name: "d", path: "/d")],
            evaluation: [.init(name: "e", path: "/e")], settings: settings, dataSettings: data)
        inputs.evaluationEvery = 3
        inputs.patience = 2
        inputs.keepsBest = true
        var sharing = JSONObject()
        sharing["name"] = "n"
        sharing["visibility"] = "private"
        var request = TrainRequest(inputs: inputs, threads: 3, sharing: sharing)
        request.memory = 1 << 30
        request.checkpointSteps = 5
        request.parts = 4
        request.isDetached = true
        request.dataLicence = "MIT"
        try folder.write(try request.bytes(), to: folder.request)
        let again = try TrainRequest(folder)
        #expect(try again.bytes() == request.bytes())
        #expect(again.name == "n" && again.parts == 4 && again.memory == 1 << 30)
        #expect(again.inputs.settings.steps == 7 && again.inputs.dataSettings.template == "t")
        #expect(again.inputs.start?.files.paths == ["config.json": "/b/config.json"])
        #expect(again.inputs.base.publicName == "b")
        try folder.write(Array("{}".utf8), to: folder.request)
        #expect(throws: Failure.self) { _ = try TrainRequest(folder) }
    }
}
