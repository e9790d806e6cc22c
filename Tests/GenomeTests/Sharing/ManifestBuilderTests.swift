import Genome
import Testing
import Wire

@Suite("Building a manifest")
struct ManifestBuilderTests {
    private func choices(_ visibility: Visibility = .public) -> ShareChoices {
        ShareChoices(
            publisher: Fixtures.publisher.publicKey, visibility: visibility,
            createdAt: 1_760_000_000, salt: [UInt8](repeating: 5, count: 16))
    }

    private func build(_ folder: LayerFolder, _ choices: ShareChoices) throws -> Manifest {
        try ManifestBuilder.build(folder, folderName: "My adapter", choices).manifest
    }

    @Test("of a PEFT folder reads everything from the files")
    func adapter() throws {
        let base = try #require(try TensorFixture.modelFolder().baseFacts(layer: nil))
        var choices = choices()
        choices.base = base
        choices.summary = "An adapter."
        choices.tags = ["poems", "poems"]
        let manifest = try build(try TensorFixture.adapterFolder(), choices)
        #expect(manifest.type == .lora && manifest.name == "My-adapter" && manifest.rank == 4)
        #expect(manifest.json["loraConfig"]?["alpha"] == "8")
        #expect(manifest.json["loraConfig"]?["targetModules"] == ["q_proj", "v_proj"])
        #expect(manifest.json["loraConfig"]?["dropoutRate"] == "0.05")
        #expect(manifest.licence?.description == "Apache-2.0" && manifest.base == base)
        #expect(manifest.tags == ["poems"] && manifest.languages == ["en"])
        #expect(manifest.json["licence"]?["commercialUse"] == true)
        #expect(manifest.weights?.files.map(\.text) == ["adapter_model.safetensors"])
    }

    @Test("of a trained adapter names its run, its data and what shows how it came about")
    func trained() throws {
        var choices = choices()
        let weights = try #require(LayerPath("adapter_model.safetensors"))
        choices.evidence = [weights]
        choices.run = BlobReference(blob: Fixtures.digest(8), size: 99)
        choices.adaptation = ["trainingSteps": 12, "learningRate": "0.0002"]
        choices.trainingData = [["name": "poems", "size": 3]]
        choices.parents = [ParentLayer(layer: Fixtures.digest(9), relation: "fine-tuned-from")]
        let manifest = try build(try TensorFixture.adapterFolder(), choices)
        #expect(manifest.files.filter(\.isEvidence).map(\.path) == [weights])
        #expect(manifest.run == choices.run)
        #expect(manifest.blobs.contains(BlobReference(blob: Fixtures.digest(8), size: 99)))
        #expect(!manifest.blobsToFetch.contains { $0.blob == Fixtures.digest(8) })
        #expect(manifest.json["adaptation"]?["trainingSteps"] == 12)
        #expect(manifest.json["provenance"]?["trainingData"]?.array?.count == 1)
        #expect(manifest.parents.first?.relation == "fine-tuned-from")
    }

    @Test("of a model folder tells the architecture")
    func model() throws {
        var choices = choices()
        choices.licence = try LicenceExpression(parsing: "MIT")
        let manifest = try build(try TensorFixture.modelFolder(), choices)
        #expect(manifest.type == .foundation)
        #expect(manifest.json["architecture"]?["dataTypes"] == ["BF16", "F32"])
        #expect(manifest.json["baseModel"]?["family"] == "llama")
    }

    @Test("of a plain file needs a type")
    func plain() throws {
        let folder = try TensorFixture.folder(["notes.txt": Array("notes".utf8)])
        var choices = choices()
        choices.licence = try LicenceExpression(parsing: "MIT")
        guard case .sharing(.typeUnknown)? = Fixtures.fault({ _ = try build(folder, choices) })
        else {
            Issue.record("accepted")
            return
        }
        choices.type = .memory
        #expect(try build(folder, choices).type == .memory)
        choices.type = .lora
        #expect(
            Fixtures.fault { _ = try build(folder, choices) }
                == .sharing(.typeDiffers(asked: "lora", found: "no model")))
    }

    @Test("the type cannot contradict the files")
    func typeDiffers() throws {
        var choices = choices()
        choices.type = .foundation
        #expect(
            Fixtures.fault { _ = try build(try TensorFixture.adapterFolder(), choices) }
                == .sharing(.typeDiffers(asked: "foundation", found: "lora")))
        choices.type = .communication
        #expect(try build(try TensorFixture.adapterFolder(), choices).type == .communication)
    }

    @Test("terms may be missing only for private layers, which get a salt")
    func terms() throws {
        let folder = try TensorFixture.modelFolder()
        #expect(Fixtures.fault { _ = try build(folder, choices()) } == .sharing(.licenceMissing))
        let manifest = try build(folder, choices(.private))
        #expect(manifest.licence == nil && manifest.json["salt"]?.string?.count == 32)
    }

    @Test("texts of own licences are listed")
    func licenceTexts() throws {
        let folder = try TensorFixture.folder([
            "notes.txt": [1], "LICENSE": Array("terms".utf8), "COPYING": Array("terms".utf8),
        ])
        var choices = choices()
        choices.type = .memory
        choices.licence = try LicenceExpression(parsing: "LicenseRef-mine")
        let manifest = try build(folder, choices)
        #expect(manifest.licenceTexts.map(\.blob) == [Blake3.hash(Array("terms".utf8))])
    }

    @Test("the signed manifest verifies, and the same choices give the same layer")
    func signs() throws {
        let folder = try TensorFixture.adapterFolder()
        let result = try ManifestBuilder.build(folder, folderName: "x", choices())
        let envelope = result.envelope(signedBy: Fixtures.publisher)
        #expect(try Manifest.verified(in: envelope).layer == result.manifest.layer)
        #expect(result.tensorTable != nil)
        let again = try ManifestBuilder.build(
            try TensorFixture.adapterFolder(), folderName: "x", choices())
        #expect(again.manifest.layer == result.manifest.layer)
    }

    @Test("a name that cannot be made must be given")
    func names() throws {
        let folder = try TensorFixture.adapterFolder()
        #expect(
            Fixtures.fault { _ = try ManifestBuilder.build(folder, folderName: "…", choices()) }
                == .sharing(.nameMissing))
    }
}
