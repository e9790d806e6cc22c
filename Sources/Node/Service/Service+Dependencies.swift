import Genome
import Store
import Wire

extension Service {
    /// Most layers looked at for one resolution.
    private static let candidatesMax = 4_096

    /// What a layer that is here needs: the lock, or why there is none, and what of it is missing.
    func dependencies(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        var object = JSONObject()
        object["layer"] = .string(layer.hexadecimal)
        object["dependencies"] = try dependencies(of: try heldManifest(layer))
        return object
    }

    /// The same as a value of `show`; `missing` names what is not here, the base included.
    func dependencies(of manifest: Manifest) throws(Failure) -> JSONValue {
        let known = try candidates(for: manifest)
        let resolver = DependencyResolver(DependencyCandidate(manifest), candidates: known)
        var object = JSONObject()
        var missing: [JSONValue] = []
        switch resolver.resolve() {
        case .locked(let lock):
            let titles = Dictionary(known.map { ($0.layer, $0.title) }) { first, _ in first }
            var rows: [JSONValue] = []
            for layer in lock.layers {
                let isHere = try isHeld(layer)
                let row: JSONValue = [
                    "layer": .string(layer.hexadecimal),
                    "ref": .string(titles[layer] ?? ""), "held": .bool(isHere),
                    "size": try size(of: layer),
                ]
                rows.append(row)
                if !isHere { missing.append(row) }
            }
            object["lock"] = .array(rows)
            object["leftOut"] = .array(lock.leftOut.map { .string("\($0.target)") })
            object["warnings"] = .array(lock.warnings.map { .string($0) })
        case .unsatisfiable(let core):
            object["unsatisfiable"] = .array(core.lines.map { .string($0) })
            object["cycle"] = .array(core.cycle.map { .string($0) })
        case .tooHard(let why): object["tooHard"] = .string(why)
        }
        if let base = try missingBase(manifest) { missing.append(base) }
        object["missing"] = .array(missing)
        return .object(object)
    }

    private func missingBase(_ manifest: Manifest) throws(Failure) -> JSONValue? {
        guard let base = manifest.base, let layer = base.layer else { return nil }
        let isHere = try inStore { () throws(StoreError) in
            try !library.index.layers(weights: base.weights).isEmpty
        }
        guard !isHere else { return nil }
        return [
            "layer": .string(layer.hexadecimal), "ref": "base", "held": false,
            "size": try size(of: layer),
        ]
    }

    /// Bytes of a layer by what is here or announced; null where neither is known.
    private func size(of layer: Digest) throws(Failure) -> JSONValue {
        try inStore { () throws(StoreError) -> JSONValue in
            if let entry = try library.index.layer(layer) {
                return .integer(Int64(clamping: entry.size))
            }
            let size = try catalogue.announcements(of: layer).first?.layerFacts?.0.size
            return size.map { .integer(Int64(clamping: $0)) } ?? .null
        }
    }

    private func isHeld(_ layer: Digest) throws(Failure) -> Bool {
        try inStore { () throws(StoreError) in try library.index.layer(layer) != nil }
    }

    /// Every layer that could be meant, from the first outwards, each once. Of one that is not
    /// here the needs are not known until it is fetched.
    private func candidates(for root: Manifest) throws(Failure) -> [DependencyCandidate] {
        var found: [Digest: DependencyCandidate] = [:]
        var asked = Set<LayerDependency.Target>()
        var left = root.dependencies.filter { $0.kind == "requires" }
        while let dependency = left.popLast(), found.count < Self.candidatesMax {
            guard asked.insert(dependency.target).inserted else { continue }
            for candidate in try candidates(meant: dependency.target)
            where found[candidate.layer] == nil {
                found[candidate.layer] = candidate
                left += candidate.dependencies.filter { $0.kind == "requires" }
            }
        }
        return Array(found.values)
    }

    private func candidates(
        meant target: LayerDependency.Target
    ) throws(Failure) -> [DependencyCandidate] {
        var layers: [Digest] = []
        var records: [Record] = []
        try inStore { () throws(StoreError) in
            switch target {
            case .layer(let layer):
                if try library.index.layer(layer) != nil { layers = [layer] }
                records = try catalogue.announcements(of: layer)
            case .named(let place, _):
                layers = try library.index.layers(named: place.name, by: place.publisher)
                    .map(\.id)
                records = try catalogue.layers(named: place.name, limit: Self.candidatesMax)
            }
        }
        var found = try layers.map { layer throws(Failure) in
            DependencyCandidate(try heldManifest(layer))
        }
        for record in records {
            guard let (content, publisher) = record.layerFacts,
                !found.contains(where: { $0.layer == content.layer })
            else { continue }
            if case .named(let place, _) = target, place.publisher != publisher { continue }
            found.append(
                DependencyCandidate(
                    layer: content.layer,
                    place: LayerPlace(publisher: publisher, name: content.name),
                    version: SemanticVersion(content.version), dependencies: [],
                    title: content.reference(by: publisher).description))
        }
        return found
    }
}
