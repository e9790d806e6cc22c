import Genome
import Wire

/// What a checkpoint says beside its tensors: `state.json`.
public struct CheckpointState: Equatable, Sendable {
    /// The best evaluation before the checkpoint.
    public struct Best: Equatable, Sendable {
        /// Steps that were done then.
        public let step: Int
        /// Mean loss in nats.
        public let loss: Double
        /// Evaluations since then that were not better.
        public let since: Int

        /// An evaluation.
        public init(step: Int, loss: Double, since: Int) {
            self.step = step
            self.loss = loss
            self.since = since
        }
    }

    /// Longest state in bytes.
    static let bytesMax = 4_096

    /// Run id.
    public let run: Digest
    /// Steps that were done.
    public let step: Int
    /// Micro-batches that were read.
    public let cursor: Int
    /// The best evaluation before; nil without any.
    public let best: Best?
    /// Hash of the state of the milestone before; nil in the first.
    public let previous: Digest?
    /// Hash of the adapter's file.
    public let adapter: Digest
    /// Hash of the optimiser's file.
    public let optimiser: Digest

    /// A state.
    public init(
        run: Digest, step: Int, cursor: Int, best: Best?, previous: Digest?, adapter: Digest,
        optimiser: Digest
    ) {
        self.run = run
        self.step = step
        self.cursor = cursor
        self.best = best
        self.previous = previous
        self.adapter = adapter
        self.optimiser = optimiser
    }

    private static let version: Int64 = 1
    private static let sealPrefix = Array("plasmid-checkpoint-v1".utf8)

    private static let fields: [Schema.Field] = [
        .required("checkpoint", .integer(1...1), "version of this format"),
        .required("run", .digest, "run id"),
        .required("step", .integer(0...RecipeSchema.stepsMax), "steps that were done"),
        .required("cursor", .count, "micro-batches that were read"),
        .optional(
            "best",
            .object([
                .required("step", .count, "steps that were done"),
                .required("loss", .decimal, "mean loss in nats"),
                .required("since", .count, "evaluations since"),
            ]), "best evaluation before"),
        .optional("previous", .digest, "state of the milestone before"),
        .required("adapter", .digest, "hash of adapter_model.safetensors"),
        .required("optimiser", .digest, "hash of optimizer.safetensors"),
        .required("seal", .digest, "hash of all other members"),
    ]

    /// The canonical bytes.
    public var bytes: [UInt8] {
        var object = members
        object["seal"] = .string(Self.seal(object).hexadecimal)
        return CanonicalJSON.write(object)
    }

    private var members: JSONObject {
        var object = JSONObject()
        object["checkpoint"] = .integer(Self.version)
        object["run"] = .string(run.hexadecimal)
        object["step"] = .integer(Int64(step))
        object["cursor"] = .integer(Int64(cursor))
        object["best"] = best.map { best in
            [
                "step": .integer(Int64(best.step)), "since": .integer(Int64(best.since)),
                // A loss too small for decimal text is nothing.
                "loss": .string(NumberText.decimal(of: best.loss) ?? "0"),
            ]
        }
        object["previous"] = previous.map { .string($0.hexadecimal) }
        object["adapter"] = .string(adapter.hexadecimal)
        object["optimiser"] = .string(optimiser.hexadecimal)
        return object
    }

    private static func seal(_ members: JSONObject) -> Digest {
        Blake3.hash(sealPrefix + CanonicalJSON.write(members))
    }

    /// The state of canonical bytes whose seal is right.
    public init(_ bytes: [UInt8]) throws(GenomeError) {
        let limits = JSONLimits(bytes: Self.bytesMax, depth: 4, values: 64)
        let value = try CanonicalJSON.read(bytes, limits: limits, what: "checkpoint")
        try Schema.object(Self.fields).check(value, at: "")
        func digest(_ name: String) -> Digest? {
            value[name]?.string.flatMap { Digest(hexadecimal: $0) }
        }
        guard var object = value.object, let run = digest("run"), let adapter = digest("adapter"),
            let optimiser = digest("optimiser"), let step = value["step"]?.integer,
            let cursor = value["cursor"]?.integer
        else { throw .field(path: "", .missing) }
        object["seal"] = nil
        guard digest("seal") == Self.seal(object) else {
            throw .field(path: "seal", .notAllowed("the hash of all other members"))
        }
        let best = value["best"].map { best in
            Best(
                step: Int(best["step"]?.integer ?? 0),
                loss: best["loss"]?.string.flatMap { Double($0) } ?? 0,
                since: Int(best["since"]?.integer ?? 0))
        }
        self.init(
            run: run, step: Int(step), cursor: Int(cursor), best: best,
            previous: digest("previous"), adapter: adapter, optimiser: optimiser)
    }

    /// The checkpoint as a link of its chain.
    public var link: CheckpointLink {
        CheckpointLink(
            step: step, adapter: adapter, optimiser: optimiser, state: Blake3.hash(bytes),
            previous: previous)
    }
}
