import Genome
import Wire

extension FuzzTarget {
    private static let limits = JSONLimits(bytes: 1 << 20)

    private static func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    static let genome: [FuzzTarget] = [
        json, licence, modelCard, layerReference, manifest, statement, envelope, tensorFile,
        tensorTable, adapterConfig, modelConfig, secrets,
    ]

    private static let json = FuzzTarget(
        "FuzzJSON",
        seeds: bytes(
            #"{"a":[1,-2.5e-7,true,null,"\u00e9\ud83d\ude00\n"],"b":{"c":{}}}"#, "[[[[]]]]",
            "9007199254740993", "1e308", "\"\u{1f602}\"")
    ) { input in
        guard let value = try? JSONParser.parse(input, limits: limits) else { return }
        let text = CanonicalJSON.write(value)
        // Canonical text may be longer than what it was read from.
        let wide = JSONLimits(bytes: 32 << 20)
        guard let again = try? JSONParser.parse(text, limits: wide) else {
            preconditionFailure("canonical JSON is not JSON")
        }
        precondition(CanonicalJSON.write(again) == text, "canonical JSON changes when read")
    }

    private static let licence = FuzzTarget(
        "FuzzLicence",
        seeds: bytes(
            "MIT AND (GPL-2.0+ OR BSD-3-Clause)", "GPL-2.0-only WITH Classpath-exception-2.0",
            "DocumentRef-a:LicenseRef-b", "LicenseRef-x WITH AdditionRef-y")
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        guard let expression = try? LicenceExpression(parsing: text) else { return }
        let printed = expression.description
        // The printed text may lose spaces and parentheses, never grow beyond the limit by itself.
        let again = try? LicenceExpression(parsing: printed)
        precondition(
            again?.description == printed || printed.utf8.count > LicenceExpression.bytesMax,
            "a licence expression changes when read")
        _ = LicenceCatalogue.commercialUse(of: expression)
        let choices = LicenceBook.catalogue.alternatives(ofStated: expression)
        precondition(
            !choices.isEmpty && choices.count <= LicenceBook.alternativesMax, "no or many choices")
    }

    private static let modelCard = FuzzTarget(
        "FuzzModelCard",
        seeds: bytes("---\nlicense: mit\ntags:\n- a\n- \"b\"\nlanguage: [en, de]\n---\n# T\n")
    ) { input in _ = ModelCard(markdown: input)?.licence }

    private static let layerReference = FuzzTarget(
        "FuzzLayerReference",
        seeds: bytes(
            "lab.k7x2m4qa/notes@1.0.0-rc.1+b", "abcdef0123", "00000000-0000-8000-8000-000000000000")
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        _ = try? LayerReference.parse(text)
        if let path = LayerPath(text) {
            precondition(!path.text.hasPrefix("/") && !path.folders.contains(".."))
        }
        if let name = LayerName.made(from: text) { precondition(LayerName.isValid(name)) }
        if let version = SemanticVersion(text) { precondition(version == version) }
    }

    private static let manifest = FuzzTarget("FuzzManifest", seeds: [Samples.manifest]) { input in
        guard let manifest = try? Manifest.decode(input) else { return }
        precondition(CanonicalJSON.write(manifest.json) == input, "a manifest changes when read")
        _ = (manifest.weights, manifest.base, manifest.licence, manifest.blobs, manifest.size)
    }

    private static let statement = FuzzTarget(
        "FuzzStatement", seeds: Samples.statements
    ) { input in
        guard let statement = try? Statement.decode(input) else { return }
        precondition(statement.bytes == input)
        _ = (statement.visibility, statement.isInForce(at: 0))
    }

    private static let envelope = FuzzTarget("FuzzEnvelope", seeds: [Samples.envelope]) { input in
        guard let envelope = try? Envelope.decode(input, payloadMax: 1 << 16) else { return }
        let again = try? Envelope.decode(envelope.encode(), payloadMax: 1 << 16)
        precondition(again == envelope, "an envelope changes when read")
    }

    private static let tensorFile = FuzzTarget(
        "FuzzTensorFile", seeds: [Samples.tensorFile]
    ) { input in
        guard let file = try? TensorFile(header: input, fileSize: UInt64(input.count)) else {
            return
        }
        var hasher = TensorHasher(file)
        hasher.update(input.span.bytes)
        let rows = hasher.finish()
        precondition(
            rows?.count == file.tensors.count, "an accepted file does not hold its tensors")
    }

    private static let tensorTable = FuzzTarget(
        "FuzzTensorTable", seeds: [Samples.tensorTable]
    ) { input in
        guard let table = try? TensorTable.decode(input) else { return }
        precondition(table.encode() == input, "a tensor table changes when read")
        _ = (WeightsIdentifier.identifier(of: table), table.elementCount)
    }

    private static let adapterConfig = FuzzTarget(
        "FuzzAdapterConfig",
        seeds: bytes(
            #"{"peft_type":"LORA","r":4,"lora_alpha":8.5,"target_modules":["q_proj"]}"#,
            #"{"peft_type":"LORA","target_modules":"a\\.(b|c)+[0-9]{1,3}?"}"#,
            #"{"peft_type":"LORA","rank_pattern":{"b$":2}}"#,
            #"{"peft_type":"LORA","target_modules":"((((((){1000}){1000}){1000}){1000}){9}"}"#,
            #"{"peft_type":"LORA","target_modules":".*(?=.*(?=.*(?=.*(?=.*(?=.*z))))).*"}"#,
            #"{"peft_type":"LORA","rank_pattern":{"(?=(.*)*(?!(a|.)*x).*).*":2}}"#,
            #"{"peft_type":"LORA","layers_to_transform":[0],"target_modules":["q_proj"]}"#)
    ) { input in
        guard let config = try? AdapterConfig(input),
            let file = try? TensorFile(
                header: Samples.tensorFile, fileSize: UInt64(Samples.tensorFile.count))
        else { return }
        _ = try? AdapterFacts.check(config, file.tensors)
        _ = config.alpha(of: "model.layers.0.self_attn.q_proj")
    }

    private static let modelConfig = FuzzTarget(
        "FuzzModelConfig",
        seeds: bytes(
            #"{"model_type":"llama","hidden_size":8,"num_attention_heads":2,"rope_theta":1e4}"#,
            #"{"model_type":"x","rope_scaling":{"type":"yarn","factor":2},"sliding_window":1}"#)
    ) { input in
        guard let config = try? ModelConfig(input) else { return }
        _ = (config.graph, config.architecture(tokenizer: nil, dataTypes: []))
    }

    private static let secrets = FuzzTarget(
        "FuzzSecrets", seeds: bytes("key = \"AGE-SECRET-KEY-1QQQQ\"\nhf_abc\n-----BEGIN KEY-----\n")
    ) { input in
        var whole = SecretScanner()
        whole.update(input)
        var pieces = SecretScanner()
        for byte in input { pieces.update([byte]) }
        precondition(whole.finish() == pieces.finish(), "a finding depends on the pieces")
        _ = FileKind.kind(of: "a", first: input)
    }
}
