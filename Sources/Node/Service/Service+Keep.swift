import Genome
import Host
import Store
import Wire

extension Service {
    /// Checks signature, manifest and every byte of a layer.
    func verify(
        _ request: ServiceRequest, _ progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let total = try inStore { () throws(StoreError) in
            try library.index.layer(layer)?.size ?? 0
        }
        let checks = try inStore { () throws(StoreError) in
            try library.verify(layer) { done in
                var object = JSONObject()
                object["done"] = .integer(Int64(clamping: done))
                object["total"] = .integer(Int64(clamping: total))
                progress(object)
            }
        }
        var object = JSONObject()
        object["layer"] = .string(layer.hexadecimal)
        object["ok"] = .bool(checks.allSatisfy(\.isSound))
        object["checks"] = Self.json(checks)
        return object
    }

    /// Believes the bare names of a key, or with `steward` its readings of licences, or no longer.
    func trust(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let text = try request.required("key")
        guard let key = NodeKey(base32: text) ?? (try? Ticket(text: text))?.key else {
            throw Failure(
                .usage, "\(text) is not a key",
                remedy: "a key has 52 letters and digits; plasmid status shows a node's own")
        }
        let isTrusted = request.arguments["trusted"]?.bool ?? true
        let isSteward = request.arguments["steward"]?.bool ?? false
        try inStore { () throws(StoreError) in
            if isSteward {
                try library.setSteward(key, isTrusted: isTrusted)
            } else {
                try library.setTrust(key, isTrusted: isTrusted)
            }
        }
        daemon?.port.rejudgeDelegations()
        var object = JSONObject()
        object["steward"] = .bool(isSteward)
        object["key"] = .string(key.base32)
        object["fingerprint"] = .string(key.fingerprint)
        object["trusted"] = .bool(isTrusted)
        return object
    }

    /// Notes that a command is done with the files of a layer.
    func release(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        try inStore { () throws(StoreError) in
            try library.index.endLeases(layer: layer, .reading)
        }
        return JSONObject()
    }

    /// The files of a layer that are here with the places of their bytes, which the command reads
    /// itself: a node never writes where a command tells it to. Evidence that was not fetched is
    /// left out. With them the signed manifest, and the proof that the journal has the layer.
    func files(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let manifest = try heldManifest(layer)
        var object = try described(manifest)
        try inStore { () throws(StoreError) in
            try library.index.lease(layer: layer, .reading, now: Clock.wallMilliseconds())
        }
        let present = try inStore { () throws(StoreError) in
            try library.presentFiles(of: layer)
        }
        object["files"] = .array(present.map(Self.fileJSON))
        object["size"] = .integer(Int64(present.reduce(0) { $0 + $1.size }))
        object["home"] = .string(library.layout.home)
        try inStore { () throws(StoreError) in
            let envelope = try library.index.envelope(of: layer)
            object["envelope"] = envelope.map { .string(String(decoding: $0, as: UTF8.self)) }
            let proof = try library.journal.proof(ofLayer: layer)
            object["proof"] = proof.map { .string($0.text) }
        }
        return object
    }
}
