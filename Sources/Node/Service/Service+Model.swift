import Genome
import Host
import Store
import Wire

extension Service {
    /// What a command needs to run a layer that is here: its files and where their bytes are, its
    /// type, what it changes, and what it offers as a base. Named by `layer`, or by `weights`: then
    /// any layer that is here with those weights. With `action` (`run`, `train` or `derive`) and
    /// `purpose` (words) it is refused where this machine may not do that.
    func model(
        _ request: ServiceRequest, _ progress: (JSONObject) -> Void = { _ in }
    ) throws(Failure) -> JSONObject {
        let manifest: Manifest
        if let weights = request.text("weights") {
            let isAdapter = request.arguments["adapter"]?.bool ?? false
            manifest = try held(weights: weights, isAdapter: isAdapter)
        } else {
            let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
            manifest = try heldManifest(layer)
        }
        if let use = try LayerUse(request) {
            try rights.require(use.action, manifest, purpose: use.purpose)
        }
        try requireUnderstood(manifest)
        let reason: LeaseReason = request.text("action") == "train" ? .training : .running
        try inStore { () throws(StoreError) in
            try library.makeReady(manifest.layer, for: reason) { done, total in
                var step = JSONObject()
                step["done"] = .integer(Int64(clamping: done))
                step["total"] = .integer(Int64(clamping: total))
                progress(step)
            }
        }
        var object = try described(manifest)
        object["home"] = .string(library.layout.home)
        object["type"] = .string(manifest.type.name)
        object["name"] = .string(manifest.reference.description)
        object["base"] = manifest.base?.json ?? .null
        object["offers"] = offered(manifest)?.json ?? .null
        object["publisher"] = .string(manifest.publisher.base32)
        object["weights"] = manifest.weights.map { .string($0.id.hexadecimal) } ?? .null
        object["run"] = manifest.run?.json ?? .null
        object["created"] = .integer(manifest.createdAt)
        var sections = JSONObject()
        for name in LayerSections.names + ["assembly", "loraConfig"] {
            sections[name] = manifest.json[name]
        }
        object["sections"] = .object(sections)
        return object
    }

    /// Refuses a layer that says something which this version does not know and must.
    func requireUnderstood(_ manifest: Manifest) throws(Failure) {
        guard !manifest.isRunnable else { return }
        throw Failure(
            .unsupported, "\(manifest.reference) needs a newer node to run",
            why: manifest.notUnderstood.joined(separator: ", ") + " is not understood here",
            remedy: "use a newer version of plasmid")
    }

    /// What a layer offers as a base; nil for one that is no model.
    func offered(_ manifest: Manifest) -> BaseFacts? {
        let architecture = manifest.json["architecture"]
        guard let weights = manifest.weights,
            let graph = architecture?["graph"]?.string.flatMap({ Digest(hexadecimal: $0) })
        else { return nil }
        let tokenizer = architecture?["tokenizer"]?.string.flatMap { Digest(hexadecimal: $0) }
        return BaseFacts(
            layer: manifest.layer, weights: weights.id, graph: graph, tokenizer: tokenizer)
    }

    private func held(weights: String, isAdapter: Bool) throws(Failure) -> Manifest {
        let layers = try inStore { () throws(StoreError) in
            try library.index.layers().map(\.id)
        }
        for layer in layers {
            let manifest = try heldManifest(layer)
            if manifest.weights?.id.hexadecimal == weights,
                isAdapter == (manifest.base != nil)
            {
                return manifest
            }
        }
        guard !isAdapter else {
            throw Failure(.notFound, "no layer here has the weights id \(weights)")
        }
        throw Failure(
            .notFound, "the base of this layer is not here", why: "its weights id is \(weights)",
            remedy: "find it with: plasmid find --type foundation, then fetch it; or name a base "
                + "with --base")
    }
}
