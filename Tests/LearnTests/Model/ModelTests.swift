import Genome
import Testing

@testable import Learn

@Suite struct ModelTests {
    private func names(_ model: HandModel) -> [String] { model.tensors.map(\.name) }

    @Test func `a model in shards is the model in one file`() throws {
        let scratch = try ScratchFolder()
        var model = HandModel()
        let whole = try model.open(in: scratch)
        let all = names(model)
        model.shards = [
            ("model-00001-of-00002.safetensors", Array(all.prefix(9))),
            ("model-00002-of-00002.safetensors", Array(all.dropFirst(9))),
        ]
        let sharded = try model.open(in: scratch)
        #expect(sharded.parameters == whole.parameters && sharded.tensors.fileNames.count == 2)
        let answers = try [whole, sharded].map { model in
            try Engine(model, profile: .portable, threads: 1).allLogits([3, 1, 4])
        }
        #expect(answers[0] == answers[1])
    }

    @Test(
        "a shard that is named by a path is refused",
        arguments: ["../model.safetensors", "/etc/passwd", "a/b.safetensors", "..", ""])
    func paths(_ name: String) throws {
        var model = HandModel()
        model.shards = [(name, names(model))]
        guard case .format("model.safetensors.index.json", _)? = try model.fault() else {
            Issue.record("\(name) was taken")
            return
        }
    }

    @Test func `a shard that is not there is named`() throws {
        var model = HandModel()
        let all = names(model)
        model.shards = [("a.safetensors", Array(all.prefix(9)))]
        #expect(try model.fault() == .missingTensor(all[9]))
        let scratch = try ScratchFolder()
        let folder = try scratch.write(
            model.folder.filter { $0.name != "a.safetensors" }, to: "without")
        #expect(throws: LearnError.weights(.missingFile("a.safetensors"))) {
            _ = try Model(try LayerFiles(folder: folder))
        }
    }

    @Test func `a folder without configuration or weights is told what it lacks`() throws {
        let scratch = try ScratchFolder()
        for (left, missing) in [
            ("model.safetensors", "config.json"), ("config.json", "model.safetensors"),
        ] {
            let files = HandModel().folder.filter { $0.name == left }
            let folder = try scratch.write(files, to: "only-\(left)")
            #expect(throws: LearnError.weights(.missingFile(missing))) {
                _ = try Model(try LayerFiles(folder: folder))
            }
        }
    }

    @Test func `counts and names are those of its tensors`() throws {
        let scratch = try ScratchFolder()
        let model = try HandModel().open(in: scratch)
        let block = HandModel.linears.reduce(0) { $0 + $1.shape[0] * $1.shape[1] }
        #expect(model.multiplications == UInt64(2 * block))
        #expect(model.parameters == UInt64(2 * (block + 16) + 2 * 88 + 8))
        #expect(model.linears.count == 15)
        let bare = try HandModel(prefix: "", isTied: true).open(in: scratch)
        let linear = try #require(bare.linears["model.layers.1.mlp.up_proj"])
        #expect(bare.tensorName(of: linear) == "layers.1.mlp.up_proj.weight")
    }
}
