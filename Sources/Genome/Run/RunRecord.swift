import Wire

/// What a training run was and what came of it, signed by the node that did it: the recipe by its
/// id, what was observed, the chain of checkpoints, the result. Whoever holds recipe, data and
/// checkpoints can do a part of it again and compare.
public struct RunRecord: SignedDocument {
    /// DSSE payload type of a signed record.
    public static let payloadType = "application/vnd.plasmid.run+json"

    /// The canonical bytes.
    public let bytes: [UInt8]
    /// Every member.
    public let json: JSONObject
    /// Who did it and signs.
    public let publisher: NodeKey
    /// Run id.
    public let run: Digest
    /// The recipe's bytes.
    public let recipe: BlobReference
    /// The observations, one JSON object a line.
    public let observations: BlobReference
    /// The checkpoints that were kept, in order.
    public let checkpoints: [CheckpointLink]
    /// The checkpoint that is the result.
    public let resultStep: Int
    /// Steps that were done.
    public let steps: Int
    /// Whether patience ended it.
    public let endedEarly: Bool
    /// The result's tensors.
    public let adapter: BlobReference
    /// Weights id of the result.
    public let weights: Digest

    /// The record of canonical bytes; every rule of the format is checked, the signature is not.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> RunRecord {
        let limits = JSONLimits(bytes: RunRecordSchema.bytesMax, depth: 8, values: 200_000)
        let value = try CanonicalJSON.read(bytes, limits: limits, what: "run record")
        try Schema.object(RunRecordSchema.fields).check(value, at: "")
        let links = (value["checkpoints"]?.array ?? []).compactMap { CheckpointLink($0) }
        try CheckpointLink.check(links)
        let outputs = value["outputs"]
        guard let object = value.object, let run = value.digest("run"),
            let publisher = value["publisher"]?.string.flatMap({ NodeKey(base32: $0) }),
            let recipe = value["recipe"].flatMap({ BlobReference($0) }),
            let observations = value["observations"].flatMap({ BlobReference($0) }),
            let step = outputs?["step"]?.integer, let weights = outputs?.digest("weights"),
            let adapter = outputs?["adapter"].flatMap({ BlobReference($0) }),
            let steps = outputs?["steps"]?.integer, let endedEarly = outputs?["endedEarly"]?.bool
        else { throw .field(path: "", .missing) }
        guard links.contains(where: { $0.step == Int(step) && $0.adapter == adapter.blob }) else {
            throw .field(path: "outputs", .notAllowed("the adapter of one of the checkpoints"))
        }
        return RunRecord(
            bytes: bytes, json: object, publisher: publisher, run: run, recipe: recipe,
            observations: observations, checkpoints: links, resultStep: Int(step),
            steps: Int(steps), endedEarly: endedEarly, adapter: adapter, weights: weights)
    }

    /// The record of members, written canonically and checked as if it had been received.
    public static func make(_ object: JSONObject) throws(GenomeError) -> RunRecord {
        try decode(CanonicalJSON.write(object))
    }

    /// The record of an envelope's bytes, once the signature of the key it names is checked.
    public static func verified(_ envelope: [UInt8]) throws(GenomeError) -> RunRecord {
        try verified(in: Envelope.decode(envelope, payloadMax: RunRecordSchema.bytesMax))
    }

    /// The publisher.
    public var signer: NodeKey { publisher }
}

/// One checkpoint in the chain of a run: its files by hash, and the one before it.
public struct CheckpointLink: Hashable, Sendable {
    /// Steps that were done.
    public let step: Int
    /// BLAKE3-256 of `adapter_model.safetensors`.
    public let adapter: Digest
    /// BLAKE3-256 of `optimizer.safetensors`.
    public let optimiser: Digest
    /// BLAKE3-256 of `state.json`, which names the other two and the checkpoint before.
    public let state: Digest
    /// `state` of the checkpoint before; nil in the first.
    public let previous: Digest?

    /// A link.
    public init(
        step: Int, adapter: Digest, optimiser: Digest, state: Digest, previous: Digest?
    ) {
        self.step = step
        self.adapter = adapter
        self.optimiser = optimiser
        self.state = state
        self.previous = previous
    }

    /// A link as a record states it; nil if a member is missing or malformed.
    public init?(_ json: JSONValue) {
        guard let step = json["step"]?.integer, let adapter = json.digest("adapter"),
            let optimiser = json.digest("optimiser"), let state = json.digest("state")
        else { return nil }
        self.init(
            step: Int(step), adapter: adapter, optimiser: optimiser, state: state,
            previous: json.digest("previous"))
    }

    /// The entry in a record.
    public var json: JSONValue {
        var object = JSONObject()
        object["step"] = .integer(Int64(step))
        object["adapter"] = .string(adapter.hexadecimal)
        object["optimiser"] = .string(optimiser.hexadecimal)
        object["state"] = .string(state.hexadecimal)
        object["previous"] = previous.map { .string($0.hexadecimal) }
        return .object(object)
    }

    /// Refuses links that are no chain: steps ascend, only the first has none before it, and each
    /// other one names a checkpoint that stands before it.
    public static func check(_ links: [CheckpointLink]) throws(GenomeError) {
        var known = Set<Digest>()
        for (index, link) in links.enumerated() {
            let path = "checkpoints[\(index)]"
            guard index == 0 || links[index - 1].step < link.step else {
                throw .field(path: path + ".step", .notAllowed("above the one before it"))
            }
            let isLinked = link.previous.map { known.contains($0) } ?? (index == 0)
            guard isLinked else {
                throw .field(path: path + ".previous", .notAllowed("a checkpoint before it"))
            }
            known.insert(link.state)
        }
        guard !links.isEmpty else {
            throw .field(path: "checkpoints", .notAllowed("at least one"))
        }
    }
}
