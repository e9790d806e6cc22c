import Genome
import Store
import Swarm
import Wire

extension Service {
    /// Modules that more than one adapter changes are named up to this number.
    private static let overlapsMax = 64

    /// Makes a layer of layers, checks that they can act together, signs and announces it.
    ///
    /// Arguments: `members` (each `layer` and the optional `weight` and `role`), `connections`
    /// (`from` and `to` as places in that list, `kind`, the optional `strength`), the optional
    /// `persona` and `decoding`; what else a layer has, as for `share`. Refused where a member may
    /// not be made into another layer here.
    func assemble(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        var manifests: [Manifest] = []
        var layers: [JSONValue] = []
        for entry in request.arguments["members"]?.array ?? [] {
            let manifest = try heldManifest(
                try LayerResolver(service: self).resolve(entry["layer"]?.string ?? ""))
            try rights.require(.derive, manifest)
            try requireUnderstood(manifest)
            var member = JSONObject()
            member["layer"] = .string(manifest.layer.hexadecimal)
            member["weight"] = entry["weight"]
            layers.append(.object(member))
            manifests.append(manifest)
        }
        var section = JSONObject()
        section["layers"] = .array(layers)
        let connections = try connections(request, layers)
        if !connections.isEmpty { section["connections"] = .array(connections) }
        section["persona"] = request.arguments["persona"]
        let whole = JSONValue.object(section)
        let parts = manifests.map { LayerPart($0) }
        let plan = try inGenome("assembling") { () throws(GenomeError) in
            try AssemblyPlan(Assembly(whole), parts)
        }
        let allowed = try allowed(request)
        var choices = try choices(request)
        choices.type = .assembly
        choices.base = try base(of: manifests)
        choices.parents = manifests.map {
            ParentLayer(layer: $0.layer, relation: "assembled-from")
        }
        choices.sections["assembly"] = whole
        choices.sections["decoding"] = request.arguments["decoding"]
        let decided = choices
        let built = try inGenome("describing the assembly") { () throws(GenomeError) in
            try ManifestBuilder.build(
                LayerFolder(entries: [], documents: [:]), folderName: "", decided)
        }
        var object: JSONObject
        if let before = try sharedBefore(built.manifest) {
            try allow(allowed, before, agent: request.text("agent"))
            object = try described(before)
        } else {
            object = try keep(built, for: allowed, agent: request.text("agent"))
        }
        object["plan"] = Self.words(plan)
        object["conflicts"] = .array(try conflicts(among: manifests))
        object["overlaps"] = .array(try overlaps(manifests.filter { $0.weights != nil }))
        return object
    }

    private func connections(
        _ request: ServiceRequest, _ layers: [JSONValue]
    ) throws(Failure) -> [JSONValue] {
        var connections: [JSONValue] = []
        for entry in request.arguments["connections"]?.array ?? [] {
            var connection = JSONObject()
            for (name, place) in [("fromLayer", "from"), ("toLayer", "to")] {
                guard let index = entry[place]?.integer.flatMap({ Int(exactly: $0) }),
                    layers.indices.contains(index)
                else { throw Failure(.usage, "a connection names no member") }
                connection[name] = layers[index]["layer"]
            }
            connection["connectionType"] = entry["kind"]
            connection["strength"] = entry["strength"]
            connections.append(.object(connection))
        }
        return connections
    }

    /// What all adapters were made for, or the model among the members.
    private func base(of manifests: [Manifest]) throws(Failure) -> BaseFacts? {
        let model = manifests.first { $0.type == .foundation }.flatMap { offered($0) }
        let adapters = manifests.filter { $0.type != .foundation && $0.base != nil }
        let facts = model ?? adapters.compactMap(\.base).first
        for adapter in adapters {
            guard adapter.base?.graph == facts?.graph else {
                throw Failure(
                    .refused, "\(adapter.reference) was made for another graph",
                    why: "the same weights are read otherwise there",
                    remedy: "assemble layers of one base")
            }
        }
        return facts
    }

    private static func words(_ plan: AssemblyPlan) -> JSONValue {
        var object = JSONObject()
        object["adapters"] = .array(
            plan.adapters.map { group in
                .array(
                    group.map { part in
                        [
                            "layer": .string(part.layer.hexadecimal),
                            "weight": .double(part.weight),
                        ]
                    })
            })
        object["texts"] = .array(plan.texts.map { .string($0.hexadecimal) })
        object["base"] = plan.base.map { .string($0.hexadecimal) } ?? .null
        object["leftOut"] = .array(plan.leftOut.map { .string($0.hexadecimal) })
        return .object(object)
    }

    /// What is known to stand between members. A warning and no refusal: whether two directions
    /// that overlap do harm is for the person who weighs them.
    private func conflicts(among manifests: [Manifest]) throws(Failure) -> [JSONValue] {
        let members = Set(manifests.map(\.layer))
        var found: [JSONValue] = []
        for member in manifests.map(\.layer) {
            let edges = try inStore { () throws(StoreError) in
                try library.index.edges(.conflictsWith, of: member, own: keys.node.publicKey)
            }
            found += edges.filter { $0.source == member && members.contains($0.target) }
                .map(\.json)
        }
        return found
    }

    /// Modules that more than one adapter changes, with these adapters: no fault, since what they
    /// add is summed, but what a person should know.
    private func overlaps(_ manifests: [Manifest]) throws(Failure) -> [JSONValue] {
        var owners: [String: [Manifest]] = [:]
        for manifest in manifests where manifest.json["loraConfig"] != nil {
            guard let table = manifest.weights?.table.blob else { continue }
            let bytes = try inStore { () throws(StoreError) in
                try BlobReader(table, layout: library.layout).readAll(limit: TensorTable.bytesMax)
            }
            let rows = try inGenome("reading the tensors of \(manifest.name)") {
                () throws(GenomeError) in try TensorTable.decode(bytes)
            }.rows
            for module in Set(rows.map { TensorRole.role(of: $0.name).module }) {
                owners[module, default: []].append(manifest)
            }
        }
        let shared = owners.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
        return shared.prefix(Self.overlapsMax).map { module, manifests in
            [
                "module": .string(module),
                "layers": .array(manifests.map { .string($0.reference.description) }),
            ]
        }
    }
}
