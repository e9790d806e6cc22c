import Wire

/// Everything that determines the bits of a training run, and nothing else: no time, no host, no
/// kind of processor, no number of threads, no limit of memory. Two nodes that follow one recipe
/// get one adapter, byte for byte.
///
/// Kept as the canonical bytes (RFC 8785); numbers that are not whole are decimal text, so that no
/// reader can round them.
public struct Recipe: Sendable {
    /// What stands before the bytes when the run id is computed.
    public static let prefix = Array("plasmid-run-v1".utf8)

    /// The canonical bytes.
    public let bytes: [UInt8]
    /// Every member.
    public let json: JSONObject
    /// BLAKE3-256 of `plasmid-run-v1` and the bytes: the run id, known before the first step.
    public let run: Digest

    /// The recipe of canonical bytes; every rule of the format is checked.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> Recipe {
        let limits = JSONLimits(bytes: RecipeSchema.bytesMax, depth: 12, values: 200_000)
        let value = try CanonicalJSON.read(bytes, limits: limits, what: "recipe")
        try Schema.object(RecipeSchema.fields).check(value, at: "")
        guard let object = value.object else {
            throw .field(path: "", .wrongType(expected: "an object"))
        }
        guard value["seed"]?.string.flatMap({ UInt64($0) }) != nil else {
            throw .field(path: "seed", .notAllowed("a whole number below 2^64"))
        }
        let targets = value["adapter"]?["targets"]
        for member in ["names", "pattern"]
        where (targets?["kind"]?.string == member) != (targets?[member] != nil) {
            throw .field(
                path: "adapter.targets.\(member)", .notAllowed("there if the kind is \(member)"))
        }
        return Recipe(bytes: bytes, json: object)
    }

    /// The recipe of members, written canonically and checked as if it had been received.
    public static func make(_ object: JSONObject) throws(GenomeError) -> Recipe {
        try decode(CanonicalJSON.write(object))
    }

    private init(bytes: [UInt8], json: JSONObject) {
        self.bytes = bytes
        self.json = json
        run = Blake3.hash(Self.prefix + bytes)
    }
}

extension Recipe {
    /// The base by content; no layer id, because a copy under another name is the same base.
    public var base: BaseFacts? { json["base"].flatMap { BaseFacts($0) } }

    /// BLAKE3-256 of the adapter file that it starts from.
    public var start: Digest? { json["start"]?.digest("adapter") }

    /// Steps that it takes unless it ends early.
    public var steps: Int { Int(json["optimiser"]?["steps"]?.integer ?? 0) }

    /// Micro-batches of a step.
    public var accumulate: Int { Int(json["optimiser"]?["accumulate"]?.integer ?? 1) }

    /// Largest learning rate, as decimal text.
    public var learningRate: String { json["optimiser"]?["learningRate"]?.string ?? "0" }

    /// The files of data, in order.
    public var dataFiles: [BlobReference] { references("files") }

    /// The files that are only judged, in order.
    public var evaluationFiles: [BlobReference] { references("evaluationFiles") }

    /// Digest of the examples that are learned.
    public var examples: Digest? { json["data"]?.digest("examples") }

    /// Digest of the examples that are judged.
    public var judged: Digest? { json["data"]?.digest("judged") }

    /// Steps between two evaluations; 0 for one at the end.
    public var evaluationEvery: Int { Int(json["evaluation"]?["every"]?.integer ?? 0) }

    /// Evaluations without progress before it ends; 0 for no limit.
    public var patience: Int { Int(json["evaluation"]?["patience"]?.integer ?? 0) }

    /// Whether the best state is the result, and not the last.
    public var keepsBest: Bool { json["evaluation"]?["keep"]?.string == "best" }

    private func references(_ name: String) -> [BlobReference] {
        (json["data"]?[name]?.array ?? []).compactMap { BlobReference($0) }
    }

    /// Paths of the members in which two recipes differ, in order; empty for one recipe.
    public static func differences(_ one: Recipe, _ other: Recipe) -> [String] {
        differences(.object(one.json), .object(other.json), at: "")
    }

    private static func differences(
        _ one: JSONValue?, _ other: JSONValue?, at path: String
    ) -> [String] {
        guard one != other else { return [] }
        guard let left = one?.object, let right = other?.object else { return [path] }
        return Set(left.names + right.names).sorted().flatMap { name in
            differences(left[name], right[name], at: path.isEmpty ? name : "\(path).\(name)")
        }
    }
}
