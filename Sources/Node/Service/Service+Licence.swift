import Genome
import Host
import Store
import Wire

/// Documents about terms: made, signed, taken in.
extension Service {
    /// Arguments: `action` (map, stub, waive, import, data, list) and what each needs.
    func licence(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        switch try request.required("action") {
        case "map": return try map(request)
        case "stub": return try stub(request)
        case "waive": return try waive(request)
        case "import": return try takeIn(request)
        case "data": return try setDataPolicy(request)
        case "list": return try licences()
        default: throw Failure(.usage, "this node does not know that about licences")
        }
    }

    private var now: Int64 { Int64(Clock.wallMilliseconds() / 1_000) }

    /// Adds an entry to this node's own mapping, in place of an older one of that name. Arguments:
    /// `id`, `terms`, and the optional `words`, `text` (BLAKE3-256).
    private func map(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let id = try request.required("id")
        guard id.contains("LicenseRef-"), LicenceCatalogue.entry(of: id) == nil else {
            throw Failure(
                .usage, "\(PlainText.shown(id)) is not for a steward to read",
                why: "only a LicenseRef- that the catalogue lacks is",
                remedy: "plasmid show tells what a known licence asks")
        }
        let key = keys.node
        let own = try documents().compactMap { document -> LicenceMapping? in
            guard case .mapping(let mapping) = document else { return nil }
            return mapping.steward == key.publicKey ? mapping : nil
        }.first
        var entries = (own?.entries ?? []).filter { $0.id != id }
            .map { (id: $0.id, terms: $0.terms, text: $0.text, words: $0.words) }
        let terms = try inGenome("reading what \(id) asks") { () throws(GenomeError) in
            try LicenceTermsSchema.terms(request.arguments["terms"] ?? [:])
        }
        entries.append(
            (
                id: id, terms: terms,
                text: request.text("text").flatMap { Digest(hexadecimal: $0) },
                words: request.text("words") ?? ""
            ))
        let licences = entries
        let mapping = try inGenome("mapping \(id)") { () throws(GenomeError) in
            try LicenceMapping.make(
                steward: key.publicKey, sequence: (own?.sequence ?? 0) + 1, issued: now,
                licences: licences)
        }
        return try keep(mapping.signed(by: key))
    }

    /// The terms of an own layer for others. Arguments: `layer`, `widest`.
    private func stub(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let manifest = try heldManifest(layer)
        guard manifest.publisher == keys.node.publicKey else {
            throw Failure(
                .refused, "\(manifest.reference) is not this node's own",
                why: "only its publisher says what others may make of it",
                remedy: "ask \(manifest.publisher.base32) for a stub")
        }
        guard let widest = request.text("widest").flatMap({ Visibility(rawValue: $0) }) else {
            throw Failure(
                .usage, "--widest is missing",
                why: "a child that was published cannot be called back, so there is no default",
                remedy: "say --widest public, organization, whitelist or private")
        }
        let answer = KnownTerms(library: library).answer(manifest)
        var stated = LicenceSource.Stated.nothing
        if let licence = manifest.licence, manifest.licenceLinks.isEmpty {
            stated = .expression(licence)
        } else if let first = answer.effective.first {
            // Of several ways to satisfy its parents none is chosen for the reader.
            stated = .terms(answer.effective.dropFirst().reduce(first) { $0.joined($1) })
        }
        let said = stated
        let stub = try inGenome("signing a stub") { () throws(GenomeError) in
            try LicenceStub.make(
                publisher: keys.node.publicKey, layer: layer, stated: said, widestChild: widest,
                issued: now)
        }
        return try keep(stub.signed(by: keys.node))
    }

    /// A steward's word that something was not made from a layer that is here. Arguments: `layer`,
    /// `for` (layer id or weights id).
    private func waive(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        guard let other = request.text("for"), Digest(hexadecimal: other) != nil else {
            throw Failure(
                .usage, "--for is missing",
                why: "it is the layer id or weights id, in 64 digits, of what was not made from it",
                remedy: "the refusal names the weights id; plasmid show names both")
        }
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        _ = try heldManifest(layer)
        var body = JSONObject()
        body["claim"] = .string(OriginCheck.claim)
        body["result"] = "passed"
        body["other"] = .string(other)
        let stated = try state(
            .attestation,
            ServiceRequest(
                verb: "attest",
                arguments: JSONObject([
                    .init(name: "layer", value: .string(layer.hexadecimal)),
                    .init(name: "body", value: .object(body)),
                ]), files: []))
        var object = JSONObject()
        object["document"] = "waiver"
        object["layer"] = .string(layer.hexadecimal)
        object["other"] = .string(other)
        object["signer"] = .string(keys.node.publicKey.base32)
        object["envelope"] = stated["envelope"]
        return object
    }

    // MARK: Taking in

    /// Takes in a signed document of somebody else. Arguments: `envelope`.
    private func takeIn(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let text = try request.required("envelope")
        let envelope = try inGenome("reading the document") { () throws(GenomeError) in
            try Envelope.decode(Array(text.utf8), payloadMax: LicenceDocument.bytesMax)
        }
        if envelope.payloadType == Statement.payloadType { return try takeIn(waiver: envelope) }
        let document = try inGenome("reading the document") { () throws(GenomeError) in
            try LicenceDocument.verified(in: envelope)
        }
        let signer = document.signer
        switch document {
        case .mapping: try requireSteward(signer, "mapping")
        case .stub(let stub):
            let contact = try inStore { () throws(StoreError) in
                try library.index.contact(signer)
            }
            let isTrusted = signer == keys.node.publicKey || contact?.isTrusted == true
            guard isTrusted else {
                throw Failure(
                    .refused, "the stub is by a key that you do not trust",
                    why: "anyone could say so of layer \(stub.layer.hexadecimal.prefix(16)); "
                        + "its signer is \(signer.base32)",
                    remedy: "if that is its publisher: plasmid trust \(signer.base32)")
            }
        }
        return try keep(envelope)
    }

    private func takeIn(waiver envelope: Envelope) throws(Failure) -> JSONObject {
        let statement = try inGenome("reading the waiver") { () throws(GenomeError) in
            try Statement.verified(in: envelope)
        }
        guard statement.kind == .attestation,
            statement.body["claim"]?.string == OriginCheck.claim
        else {
            throw Failure(
                .refused, "this is a statement and no waiver",
                why: "it is of kind \(statement.kind.rawValue)")
        }
        try requireSteward(statement.publisher, "waiver")
        _ = try inStore { () throws(StoreError) in try library.add(statement: envelope) }
        var object = JSONObject()
        object["document"] = "waiver"
        object["layer"] = .string(statement.layer.hexadecimal)
        object["other"] = statement.body["other"]
        object["signer"] = .string(statement.publisher.base32)
        return object
    }

    private func requireSteward(_ key: NodeKey, _ what: String) throws(Failure) {
        let stewards = try inStore { () throws(StoreError) in try library.index.stewards() }
        guard !stewards.contains(key) else { return }
        throw Failure(
            .refused, "the \(what) is by nobody whom you made a steward",
            why: "its signer is \(key.base32)",
            remedy: "if you believe that key: plasmid trust \(key.base32) --steward")
    }

    private func keep(_ envelope: Envelope) throws(Failure) -> JSONObject {
        let document = try inStore { () throws(StoreError) in
            try library.add(licenceDocument: envelope)
        }
        daemon?.port.rejudge(madeFrom: nil)
        var object = JSONObject()
        Self.describe(document, &object)
        object["envelope"] = .string(String(decoding: envelope.encode(), as: UTF8.self))
        return object
    }

    // MARK: Looking

    private func documents() throws(Failure) -> [LicenceDocument] {
        try inStore { () throws(StoreError) in
            try library.index.licenceDocuments().map(\.document)
        }
    }

    private static func describe(_ document: LicenceDocument, _ object: inout JSONObject) {
        object["document"] = .string(document.kind)
        object["signer"] = .string(document.signer.base32)
        switch document {
        case .mapping(let mapping):
            object["sequence"] = .integer(Int64(clamping: mapping.sequence))
            object["licences"] = .array(mapping.entries.map { .string($0.id) })
        case .stub(let stub):
            object["layer"] = .string(stub.layer.hexadecimal)
            object["widestChild"] = .string(stub.widestChild.rawValue)
        }
    }

    private func licences() throws(Failure) -> JSONObject {
        let stewards = try inStore { () throws(StoreError) in try library.index.stewards() }
        var object = JSONObject()
        object["data"] = .string(KnownTerms(library: library).dataPolicy.rawValue)
        object["stewards"] = .array(stewards.map { .string($0.base32) })
        object["documents"] = .array(
            try documents().map { document in
                var entry = JSONObject()
                Self.describe(document, &entry)
                if case .mapping = document {
                    entry["counts"] = .bool(stewards.contains(document.signer))
                }
                return .object(entry)
            })
        return object
    }

    /// Says how much the terms of training data count. Arguments: `value`.
    private func setDataPolicy(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let value = try request.required("value")
        guard let policy = DataPolicy(rawValue: value) else {
            throw Failure(
                .usage, "the terms of data cannot count \(PlainText.shown(value))",
                remedy: "say strict, warn or off")
        }
        try inStore { () throws(StoreError) in
            try library.setPolicy(KnownTerms.dataPolicyName, policy.rawValue)
        }
        daemon?.port.rejudge(madeFrom: nil)
        var object = JSONObject()
        object["data"] = .string(policy.rawValue)
        return object
    }
}
