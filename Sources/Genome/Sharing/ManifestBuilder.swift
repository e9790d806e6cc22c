import Wire

/// What a person decides about a layer; everything else is read from its files.
public struct ShareChoices: Sendable {
    /// The key that will sign.
    public var publisher: NodeKey
    /// The publisher's label; empty for none.
    public var label = ""
    /// The layer's name; nil takes the folder's.
    public var name: String?
    /// The layer's version.
    public var version = "1.0.0"
    /// The type, where the files do not show it.
    public var type: LayerType?
    /// Widest visibility ever allowed.
    public var visibility: Visibility
    /// Root key of the organisation, for visibility to one.
    public var organization: NodeKey?
    /// The terms; nil takes the model card's.
    public var licence: LicenceExpression?
    /// One paragraph for people.
    public var summary = ""
    /// Words to find it by.
    public var tags: [String] = []
    /// The base model of an adapter.
    public var base: BaseFacts?
    /// The layers it descends from.
    public var parents: [ParentLayer] = []
    /// How it may travel.
    public var distribution = Distribution(
        isGloballyAvailable: true, scope: .global, isPeerToPeer: true)
    /// Person or lab that made it.
    public var creator = ""
    /// Seconds since 1970.
    public var createdAt: Int64
    /// Files that show how the layer came about: served, not fetched unasked.
    public var evidence: Set<LayerPath> = []
    /// The signed record of the run that made it.
    public var run: BlobReference?
    /// How an adapter was trained: the `adaptation` section.
    public var adaptation: JSONValue?
    /// What it learned from: `provenance.trainingData`.
    public var trainingData: [JSONValue] = []
    /// What it needs, fits or fights, besides what its own document says.
    public var dependencies: [LayerDependency] = []
    /// Sections that were put together elsewhere, such as an assembly's.
    public var sections = JSONObject()
    /// 16 random bytes for a layer that is not public.
    public var salt: [UInt8]

    /// Choices with nothing optional decided.
    public init(publisher: NodeKey, visibility: Visibility, createdAt: Int64, salt: [UInt8]) {
        precondition(salt.count == 16)
        self.publisher = publisher
        self.visibility = visibility
        self.createdAt = createdAt
        self.salt = salt
    }
}

/// Makes the manifest of a folder from what was read of it and what a person decided.
public enum ManifestBuilder {
    /// A manifest ready to be signed, with the tensor table that must be stored beside it.
    public struct Result: Sendable {
        /// The manifest.
        public let manifest: Manifest
        /// The bytes of the tensor table; nil without tensors.
        public let tensorTable: [UInt8]?

        /// The manifest signed by the key it names.
        public func envelope(signedBy key: SigningKey) -> Envelope {
            precondition(key.publicKey == manifest.publisher)
            return Envelope.signed(manifest.bytes, type: Manifest.payloadType, by: key)
        }
    }

    /// The manifest of `folder`, which stands under `folderName`.
    public static func build(
        _ folder: LayerFolder, folderName: String, _ choices: ShareChoices
    ) throws(GenomeError) -> Result {
        let type = try decideType(folder, asked: choices.type)
        guard let name = choices.name ?? LayerName.made(from: folderName) else {
            throw .sharing(.nameMissing)
        }
        var object = JSONObject()
        object["manifest"] = .integer(ManifestSchema.version)
        object["publisher"] = .string(choices.publisher.base32)
        object["label"] = text(choices.label)
        object["type"] = .string(type.name)
        object["name"] = .string(name)
        object["version"] = .string(choices.version)
        object["summary"] = text(choices.summary)
        object["tags"] = list(choices.tags)
        object["languages"] = list(
            (folder.card?.languages ?? []).filter { language in
                TextForm.language.accepts(language)
            })
        object["files"] = .array(
            folder.entries.map { $0.file.asEvidence(choices.evidence.contains($0.file.path)).json })
        object["weights"] = folder.weights?.facts.json
        object["base"] = choices.base?.json
        object["licence"] = try licence(folder, choices)
        object["visibility"] = .string(choices.visibility.rawValue)
        object["organization"] = choices.organization.map { .string($0.base32) }
        object["distribution"] = choices.distribution.json
        object["provenance"] = provenance(folder, choices)
        if choices.visibility != .public {
            object["salt"] = .string(Hexadecimal.encode(choices.salt))
        }
        for section in folder.shownSections.members { object[section.name] = section.value }
        try addClaims(folder, to: &object)
        object["adaptation"] = choices.adaptation
        addWritten(folder, choices, type, to: &object)
        return Result(manifest: try Manifest.make(object), tensorTable: folder.weights?.table)
    }

    private static func decideType(
        _ folder: LayerFolder, asked: LayerType?
    ) throws(GenomeError) -> LayerType {
        let asked = asked ?? folder.sections?.type
        guard let shown = folder.shownType else {
            guard let asked else {
                throw .sharing(
                    .typeUnknown(
                        hint: "no adapter_config.json and no config.json beside safetensors; "
                            + "say --type memory, specialization, communication or x-…"))
            }
            guard asked != .lora, asked != .foundation else {
                throw .sharing(.typeDiffers(asked: asked.name, found: "no model"))
            }
            return asked
        }
        // An adapter may serve as memory, specialization or communication module.
        let isOtherModel = [.lora, .foundation, .assembly].contains(asked ?? shown)
        guard let asked, asked != shown else { return shown }
        guard !isOtherModel, shown == .lora else {
            throw .sharing(.typeDiffers(asked: asked.name, found: shown.name))
        }
        return asked
    }

    private static func licence(
        _ folder: LayerFolder, _ choices: ShareChoices
    ) throws(GenomeError) -> JSONValue {
        guard let expression = choices.licence ?? folder.card?.licence else {
            guard choices.visibility == .private else { throw .sharing(.licenceMissing) }
            return .object(JSONObject())
        }
        var object = JSONObject()
        object["expression"] = .string(expression.description)
        let own = expression.identifiers.filter { $0.hasPrefix("LicenseRef-") }
        if let name = own.first, !folder.licenceTexts.isEmpty {
            object["texts"] = .array(
                folder.licenceTexts.prefix(32).map { file in
                    [
                        "name": .string(name), "blob": .string(file.blob.hexadecimal),
                        "size": .integer(Int64(file.size)),
                    ]
                })
        }
        switch LicenceCatalogue.commercialUse(of: expression) {
        case .yes: object["commercialUse"] = true
        case .no: object["commercialUse"] = false
        case .conditional, nil: break
        }
        return .object(object)
    }

    private static func provenance(_ folder: LayerFolder, _ choices: ShareChoices) -> JSONValue {
        var object = JSONObject()
        object["creator"] = text(choices.creator)
        object["createdAt"] = .integer(choices.createdAt)
        object["creationMethod"] = folder.shownType == nil ? nil : "training"
        if choices.type == .assembly { object["creationMethod"] = "composition" }
        object["parentLayers"] =
            choices.parents.isEmpty ? nil : .array(choices.parents.map(\.json))
        object["trainingData"] =
            choices.trainingData.isEmpty ? nil : .array(choices.trainingData)
        object["run"] = choices.run?.json
        return .object(object)
    }

    /// What a person says of sections that files show is held against them; what only a person can
    /// say goes beside.
    private static func addClaims(
        _ folder: LayerFolder, to object: inout JSONObject
    ) throws(GenomeError) {
        guard let claims = folder.sections?.claims else { return }
        if let fact = LayerFacts.fault(of: claims, in: folder), let claimed = fact.claimed {
            let said = "not \(LayerFact.text(claimed))"
            throw .field(
                path: "\(LayerSections.fileName): \(fact.name)",
                .notAllowed(
                    fact.computed.map { "\(LayerFact.text($0)), as the files show, \(said)" }
                        ?? "absent: no file shows it"))
        }
        for claim in claims.members {
            guard var section = object[claim.name]?.object else { continue }
            for member in claim.value.object?.members ?? []
            where LayerFacts.isWord(claim.name, member.name) {
                section[member.name] = member.value
            }
            object[claim.name] = .object(section)
        }
    }

    /// The sections that a person wrote, those of the choices last; a memory whose records are not
    /// named has its JSON Lines files for them.
    private static func addWritten(
        _ folder: LayerFolder, _ choices: ShareChoices, _ type: LayerType,
        to object: inout JSONObject
    ) {
        for member in (folder.sections?.members.members ?? []) + choices.sections.members {
            object[member.name] = member.value
        }
        if !choices.dependencies.isEmpty {
            let written = object["dependencies"]?.array ?? []
            let added = choices.dependencies.map(\.json).filter { !written.contains($0) }
            object["dependencies"] = .array(written + added)
        }
        let records = folder.entries.map(\.file).filter {
            $0.path.text.hasSuffix(".jsonl") && !choices.evidence.contains($0.path)
        }
        if type == .memory, object["content"] == nil, !records.isEmpty {
            object["content"] = [
                "knowledgeBase": .array(records.map { .string($0.path.text) })
            ]
        }
    }

    private static func text(_ value: String) -> JSONValue? {
        value.isEmpty ? nil : .string(value)
    }

    private static func list(_ values: [String]) -> JSONValue? {
        var kept: [String] = []
        for value in values where !kept.contains(value) { kept.append(value) }
        return kept.isEmpty ? nil : .array(kept.map { .string($0) })
    }
}
