import Genome
import Host
import Store
import Swarm
import Wire

extension Service {
    /// Takes the command's open files in, signs the manifest and announces the layer.
    ///
    /// Arguments: `paths` (one for each file, in order), `folder`, `visibility`, and the optional
    /// `name`, `version`, `type`, `licence`, `summary`, `tags`, `parents`, `base`; for a trained
    /// one `evidence` (paths), `run` (the record but for publisher and weights), `adaptation`,
    /// `trainingData`, `parentRelation`; `organization` and `allow` (keys) for layers that only
    /// its members, or they, may know of.
    func share(
        _ request: ServiceRequest, _ progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        var object = try shared(request, progress)
        guard let layer = object["layer"]?.string.flatMap({ Digest(hexadecimal: $0) }) else {
            return object
        }
        let said = try spread(try heldManifest(layer), request)
        object["propagation"] = said.map { .object($0.body) }
        return object
    }

    private func shared(
        _ request: ServiceRequest, _ progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        let paths = request.texts("paths")
        guard paths.count == request.files.count, !paths.isEmpty else {
            throw Failure(.usage, "the files do not fit their paths")
        }
        var choices = try choices(request)
        let allowed = try allowed(request)
        let folder = try takeIn(
            paths, request.files, places: request.texts("inPlace"), progress
        ).folder()
        if let record = request.arguments["run"]?.object {
            choices.run = try takeIn(record, folder)
        }
        let built: ManifestBuilder.Result
        switch try build(request, folder, choices) {
        case .new(let result): built = result
        case .before(let manifest):
            try allow(allowed, manifest, agent: request.text("agent"))
            return try described(manifest)
        }
        return try keep(built, for: allowed, agent: request.text("agent"))
    }

    /// Signs what was built, if this machine may publish it, keeps and announces it, and lets the
    /// named keys have it. `agent` is the socket of the caller's SSH agent.
    func keep(
        _ built: ManifestBuilder.Result, for allowed: [NodeKey], agent: String? = nil
    ) throws(Failure) -> JSONObject {
        let warnings = try requireTerms(built.manifest)
        let traces = try requireOrigin(built.manifest)
        try rights.require(.publish, built.manifest)
        let envelope = try signed(
            built.manifest.bytes, Manifest.payloadType, by: built.manifest.publisher,
            agent: agent)
        let manifest = try inStore { () throws(StoreError) in
            let manifest = try library.add(envelope, origin: .own)
            try origins.remember(traces, of: manifest)
            return manifest
        }
        try announce(manifest, envelope)
        try allow(allowed, manifest, agent: agent)
        var object = try described(manifest)
        object["termsWarned"] = .array(warnings.map { .string($0.description) })
        return object
    }

    /// Grants a layer to those of the named keys that have no grant that counts: also when the
    /// same is shared again, since a signer may have failed between two of them.
    func allow(
        _ named: [NodeKey], _ manifest: Manifest, agent: String?
    ) throws(Failure) {
        guard !named.isEmpty else { return }
        let (policy, now) = (
            try inStore { () throws(StoreError) in try rights.policy(of: manifest) }, seconds
        )
        var granted = Set(policy.grants.filter { $0.isInForce(at: now) }.map(\.grantee))
        for key in named where granted.insert(key).inserted {
            var body = JSONObject()
            body["grantee"] = .string(key.base32)
            body["commands"] = ["read", "run"]
            _ = try say(.grant, manifest, body, agent: agent)
        }
    }

    /// The keys that may have a layer from the beginning.
    func allowed(_ request: ServiceRequest) throws(Failure) -> [NodeKey] {
        var keys: [NodeKey] = []
        for text in request.texts("allow") { keys.append(try key(text)) }
        guard keys.isEmpty || request.text("visibility") == "whitelist" else {
            throw Failure(
                .usage, "--allow goes with --visibility whitelist",
                why: "other layers are not for named keys")
        }
        return keys
    }

    private enum Built {
        case new(ManifestBuilder.Result)
        case before(Manifest)
    }

    /// The manifest; a trained layer without a version gets the next free one.
    private func build(
        _ request: ServiceRequest, _ folder: LayerFolder, _ choices: ShareChoices
    ) throws(Failure) -> Built {
        var choices = choices
        let mayCount = request.text("version") == nil && choices.run != nil
        for minor in 0... {
            if mayCount { choices.version = "1.\(minor).0" }
            let decided = choices
            let built = try inGenome("describing the layer") { () throws(GenomeError) in
                try ManifestBuilder.build(
                    folder, folderName: request.text("folder") ?? "", decided)
            }
            if let table = built.tensorTable {
                _ = try inStore { () throws(StoreError) in try library.importBytes(table) }
            }
            do throws(Failure) {
                if let same = try sharedBefore(built.manifest) { return .before(same) }
                return .new(built)
            } catch {
                guard mayCount, error.code == .refused else { throw error }
            }
        }
        throw Failure(.internal, "no version is left")
    }

    /// Completes and signs the record of a run, and keeps it.
    private func takeIn(
        _ record: JSONObject, _ folder: LayerFolder
    ) throws(Failure) -> BlobReference {
        var object = record
        object["publisher"] = .string(keys.node.publicKey.base32)
        var outputs = record["outputs"]?.object ?? JSONObject()
        outputs["weights"] = folder.weights.map { .string($0.facts.id.hexadecimal) }
        object["outputs"] = .object(outputs)
        let whole = object
        let signed = try inGenome("signing the run record") { () throws(GenomeError) in
            try RunRecord.make(whole)
        }.signed(by: keys.node).encode()
        let blob = try inStore { () throws(StoreError) in try library.importBytes(signed) }
        return BlobReference(blob: blob.id, size: blob.size)
    }

    private func takeIn(
        _ paths: [String], _ files: [File], places: [String],
        _ progress: (JSONObject) -> Void
    ) throws(Failure) -> FolderReader {
        guard places.isEmpty || places.count == files.count else {
            throw Failure(.usage, "the places do not fit the files")
        }
        var named: [(path: LayerPath, file: File)] = []
        var total: UInt64 = 0
        for (text, file) in zip(paths, files) {
            guard let path = LayerPath(text) else {
                throw Failure(.refused, "\(text) cannot be a path in a layer")
            }
            named.append((path, File(file.descriptor, path: text)))
            total += (try? file.facts().size) ?? 0
        }
        let blobs = try inStore { () throws(StoreError) in
            try library.importFiles(named.map(\.file), inPlace: places) { bytes in
                var object = JSONObject()
                object["done"] = .integer(Int64(clamping: bytes))
                object["total"] = .integer(Int64(clamping: total))
                progress(object)
            }
        }
        var reader = FolderReader()
        for (name, blob) in zip(named, blobs) {
            let stored = try inStore { () throws(StoreError) in
                try BlobReader(blob.id, layout: library.layout)
            }
            // What is kept coded was just read from the owner's file, which has the same bytes.
            try reader.add(
                name.path, stored.rawFile ?? name.file, blob: blob.id, size: blob.size,
                sha256: blob.sha256)
        }
        return reader
    }

    /// The layer that was shared under this name and version before, if it says the same but for
    /// the time it was made. One name and version means one layer: another one under it would be
    /// a conflict that everybody sees, and is refused.
    func sharedBefore(_ manifest: Manifest) throws(Failure) -> Manifest? {
        let same = try inStore { () throws(StoreError) in
            try library.index.layers(named: manifest.name, by: manifest.publisher)
        }
        let version = manifest.version.text
        guard
            let other = same.first(where: { $0.version == version && $0.id != manifest.layer })
        else { return nil }
        let standing = try heldManifest(other.id)
        if Self.withoutOccasion(standing) == Self.withoutOccasion(manifest) { return standing }
        throw Failure(
            .refused, "you have shared \(manifest.name)@\(version) before",
            why: "it is layer \(other.id.hexadecimal), and a version never changes",
            remedy: "add --version with a higher one")
    }

    /// What a manifest says but for time and salt, which differ each time.
    private static func withoutOccasion(_ manifest: Manifest) -> JSONObject {
        var object = manifest.json
        object["salt"] = nil
        if var provenance = object["provenance"]?.object {
            provenance["createdAt"] = nil
            object["provenance"] = .object(provenance)
        }
        return object
    }

    /// The key that the layer is published under: the node's, or that of an identity which lets
    /// this node publish for it.
    private func publisher(_ request: ServiceRequest) throws(Failure) -> NodeKey {
        guard let name = request.text("as") else { return keys.node.publicKey }
        let identity = try identity(named: name)
        guard rights.myself().publishes(for: identity.key) else {
            throw Failure(
                .refused, "\(identity.name) does not let this node publish for it",
                remedy: "let it with: plasmid delegate \(identity.name)")
        }
        return identity.key
    }

    func choices(_ request: ServiceRequest) throws(Failure) -> ShareChoices {
        guard let visibility = Visibility(rawValue: try request.required("visibility")) else {
            throw Failure(
                .usage, "unknown visibility",
                remedy: "use public, private, organization or whitelist")
        }
        var choices = ShareChoices(
            publisher: try publisher(request), visibility: visibility,
            createdAt: Int64(Clock.wallMilliseconds() / 1000), salt: Sodium.random(count: 16))
        choices.label = try inStore { () throws(StoreError) in
            try library.home.label() ?? ""
        }
        if visibility == .organization {
            choices.organization = try organization(
                named: try request.required("organization")
            ).id
        }
        choices.name = request.text("name")
        choices.version = request.text("version") ?? "1.0.0"
        choices.summary = request.text("summary") ?? ""
        choices.tags = request.texts("tags")
        if let type = request.text("type") {
            guard let known = LayerType(type) else {
                throw Failure(
                    .usage, "unknown type \(type)",
                    remedy: "use one of \(LayerType.names.joined(separator: ", ")) or x-…")
            }
            choices.type = known
        }
        if let licence = request.text("licence") {
            choices.licence = try inGenome("reading the licence") { () throws(GenomeError) in
                try LicenceExpression(parsing: licence)
            }
        }
        for parent in request.texts("parents") {
            let layer = try LayerResolver(service: self).resolve(parent)
            choices.parents.append(
                ParentLayer(layer: layer, relation: request.text("parentRelation")))
        }
        for (name, kind, isRequired) in [
            ("requires", "requires", true), ("suggests", "requires", false),
            ("conflicts", "conflicts-with", true),
        ] {
            for text in request.texts(name) {
                choices.dependencies.append(
                    try LayerResolver(service: self).dependency(
                        text, kind: kind, isRequired: isRequired))
            }
        }
        choices.evidence = Set(request.texts("evidence").compactMap { LayerPath($0) })
        choices.adaptation = request.arguments["adaptation"]
        choices.trainingData = request.arguments["trainingData"]?.array ?? []
        if let base = request.arguments["base"] { choices.base = try BaseFacts.read(base) }
        return choices
    }

    /// Tells the core of a layer that is here now.
    private func announce(_ manifest: Manifest, _ envelope: Envelope) throws(Failure) {
        guard let daemon else { return }
        let held = try inStore { () throws(StoreError) in
            try daemon.port.heldLayer(manifest, envelope: envelope.detached)
        }
        daemon.loop.post(.input(.layerHeld(held)))
        daemon.port.rejudge(madeFrom: manifest.layer)
    }

    func described(_ manifest: Manifest) throws(Failure) -> JSONObject {
        var object = JSONObject()
        object["layer"] = .string(manifest.layer.hexadecimal)
        object["uuid"] = .string(manifest.uuid.description)
        object["ref"] = .string(manifest.reference.description)
        object["size"] = .integer(Int64(manifest.size))
        object["files"] = .array(manifest.files.map(Self.fileJSON))
        object["visibility"] = .string(manifest.visibility.rawValue)
        return object
    }

    static func fileJSON(_ file: LayerFile) -> JSONValue {
        [
            "path": .string(file.path.text), "blob": .string(file.blob.hexadecimal),
            "size": .integer(Int64(file.size)), "sha256": .string(file.sha256.hexadecimal),
        ]
    }

    /// What a layer that is here offers as a base: weights, graph and tokenizer by digest.
    func baseFacts(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let manifest = try heldManifest(layer)
        guard let facts = offered(manifest) else {
            throw Failure(
                .refused, "\(manifest.reference) is not a base model",
                why: "it is of type \(manifest.type.name)")
        }
        return facts.json.object ?? JSONObject()
    }

    /// The manifest of a layer that is here.
    func heldManifest(_ layer: Digest) throws(Failure) -> Manifest {
        let bytes = try inStore { () throws(StoreError) in
            try library.index.envelope(of: layer)
        }
        guard let bytes else {
            throw Failure(
                .notFound, "layer \(layer.hexadecimal) is not here",
                remedy: "fetch it first: plasmid fetch \(layer.hexadecimal.prefix(16))")
        }
        return try inGenome("reading the manifest") { () throws(GenomeError) in
            try library.decoded.verified(
                in: try Envelope.decode(bytes, payloadMax: Limits.manifestBytesMax))
        }
    }
}

extension BaseFacts {
    /// Facts that the command computed from a folder or asked for.
    static func read(_ json: JSONValue) throws(Failure) -> BaseFacts {
        func digest(_ name: String) -> Digest? {
            json[name]?.string.flatMap { Digest(hexadecimal: $0) }
        }
        guard let weights = digest("weights"), let graph = digest("graph") else {
            throw Failure(.usage, "the base is not described")
        }
        return BaseFacts(
            layer: digest("layer"), weights: weights, graph: graph,
            tokenizer: digest("tokenizer"))
    }
}
