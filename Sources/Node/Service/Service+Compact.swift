import Genome
import Host
import Store
import Wire

extension Service {
    /// The owner's setting: milliseconds after which a running node compacts what is not used.
    static let compactPolicy = "compact-idle"

    /// Codes the blobs of some layers, or of all that were not used for `idle` milliseconds (0
    /// unless said); with `raw` makes them plain again, with `trial` only tells what it would
    /// save, with `auto` sets what a running node does by itself.
    func compact(
        _ request: ServiceRequest, _ progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        if let auto = request.arguments["auto"] {
            let text = auto.integer.map { "\($0)" } ?? ""
            try inStore { () throws(StoreError) in
                try library.setPolicy(Self.compactPolicy, text)
            }
            var object = JSONObject()
            object["auto"] = auto
            return object
        }
        let words = request.texts("layers")
        var layers: [Digest] = []
        for word in words { layers.append(try LayerResolver(service: self).resolve(word)) }
        if request.arguments["raw"]?.bool == true { return try makeRaw(layers, progress) }
        var work: [Digest: [BlobEntry]] = [:]
        var order: [Digest] = []
        var inUse = 0
        let now = Clock.wallMilliseconds()
        try inStore { () throws(StoreError) in
            if words.isEmpty {
                let idle = UInt64(clamping: request.arguments["idle"]?.integer ?? 0)
                for entry in try library.codable(idle: idle, now: now) {
                    guard let layer = try library.index.layers(listing: entry.id).first else {
                        continue
                    }
                    if work[layer] == nil { order.append(layer) }
                    work[layer, default: []].append(entry)
                }
            }
            for layer in layers {
                let found = try library.codable(of: layer, now: now)
                inUse += found.leased
                if !found.able.isEmpty { order.append(layer) }
                work[layer] = found.able
            }
        }
        return try code(
            order.map { ($0, work[$0] ?? []) }, inUse: inUse,
            isTrial: request.arguments["trial"]?.bool ?? false, progress)
    }

    private func code(
        _ work: [(layer: Digest, blobs: [BlobEntry])], inUse: Int, isTrial: Bool,
        _ progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        let total = work.reduce(UInt64(0)) { $0 + $1.blobs.reduce(0) { $0 + $1.size } }
        var done: UInt64 = 0
        var rows: [JSONValue] = []
        var (before, after): (UInt64, UInt64) = (0, 0)
        for (layer, blobs) in work {
            var row = (blobs: 0, plain: UInt64(0), before: UInt64(0), after: UInt64(0))
            var parents: Set<Digest> = []
            for blob in blobs {
                let start = done
                let outcome = try inStore { () throws(StoreError) in
                    try library.code(blob.id, isTrial: isTrial) { bytes in
                        var step = JSONObject()
                        step["done"] = .integer(Int64(clamping: start + bytes))
                        step["total"] = .integer(Int64(clamping: total))
                        progress(step)
                    }
                }
                done += blob.size
                guard let outcome else { continue }
                row.blobs += 1
                row.plain += outcome.plain
                row.before += outcome.before
                row.after += outcome.after
                parents.formUnion(outcome.parents)
            }
            guard row.blobs > 0 else { continue }
            before += row.before
            after += row.after
            rows.append([
                "layer": .string(layer.hexadecimal),
                "ref": .string(try heldManifest(layer).reference.description),
                "blobs": .integer(Int64(row.blobs)),
                "plain": .integer(Int64(clamping: row.plain)),
                "before": .integer(Int64(clamping: row.before)),
                "after": .integer(Int64(clamping: row.after)),
                "parents": .array(parents.sorted().map { .string($0.hexadecimal) }),
            ])
        }
        var object = JSONObject()
        object["layers"] = .array(rows)
        object["inUse"] = .integer(Int64(inUse))
        object["trial"] = .bool(isTrial)
        object["before"] = .integer(Int64(clamping: before))
        object["after"] = .integer(Int64(clamping: after))
        return object
    }

    private func makeRaw(
        _ layers: [Digest], _ progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        var rows: [JSONValue] = []
        var (before, after): (UInt64, UInt64) = (0, 0)
        for layer in layers {
            let (old, new) = try inStore { () throws(StoreError) in
                let old = try library.index.stored(of: layer)
                try library.makeReady(layer, for: .reading) { done, total in
                    var step = JSONObject()
                    step["done"] = .integer(Int64(clamping: done))
                    step["total"] = .integer(Int64(clamping: total))
                    progress(step)
                }
                try library.index.endLeases(layer: layer, .reading)
                return (old, try library.index.stored(of: layer))
            }
            before += old.stored
            after += new.stored
            rows.append([
                "layer": .string(layer.hexadecimal),
                "ref": .string(try heldManifest(layer).reference.description),
                "blobs": .integer(Int64(new.blobs)),
                "plain": .integer(Int64(clamping: new.plain)),
                "before": .integer(Int64(clamping: old.stored)),
                "after": .integer(Int64(clamping: new.stored)), "parents": .array([]),
            ])
        }
        var object = JSONObject()
        object["layers"] = .array(rows)
        object["inUse"] = 0
        object["trial"] = false
        object["before"] = .integer(Int64(clamping: before))
        object["after"] = .integer(Int64(clamping: after))
        return object
    }
}
