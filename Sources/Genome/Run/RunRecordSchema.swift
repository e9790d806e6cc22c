/// The members of a run record, version 1: the table that is checked and printed.
public enum RunRecordSchema {
    /// The version this program writes and understands.
    public static let version: Int64 = 1

    /// Longest record in bytes.
    public static let bytesMax = 4 << 20

    /// Most checkpoints that a record lists.
    public static let checkpointsMax = 4_096

    /// Most events: a run that was begun again more often than that has other problems.
    public static let eventsMax = 10_000

    private static let steps = Schema.integer(0...RecipeSchema.stepsMax)

    /// Every member at the top.
    public static let fields: [Schema.Field] = [
        .required("record", .integer(1...1), "version of this format"),
        .required("publisher", .key, "key that says it and signs"),
        .required("run", .digest, "run id: hash of the recipe"),
        .required("recipe", .object(ManifestSchema.blob), "the recipe's bytes"),
        .required("observations", .object(ManifestSchema.blob), "one JSON object a line"),
        .required("machine", .object(machine), "what it ran on; determines no bit"),
        .required("cost", .object(cost), "what it took"),
        .required(
            "checkpoints", .list(.object(checkpoint), max: checkpointsMax, distinct: true),
            "those that were kept, in order"),
        .required("outputs", .object(outputs), "what came of it"),
        .required(
            "events", .list(.object(event), max: eventsMax, distinct: false),
            "what happened besides steps, in order"),
    ]

    private static let machine: [Schema.Field] = [
        .required("software", .plain(64), "name and version of the program"),
        .optional("processor", .plain(256), "as the system names it"),
        .required("kernels", .plain(32), "instructions that were used"),
        .required("threads", .integer(1...65_536), "threads that computed"),
    ]

    private static let cost: [Schema.Field] = [
        .required("wallSeconds", .decimal, "time it ran, all sessions together"),
        .required("processorSeconds", .decimal, "time of all processors in it"),
        .required("peakMemory", .count, "most bytes of memory that it held"),
        .required("tokens", .count, "tokens that were read in steps"),
    ]

    /// One link of the chain, here and in the index of a job's checkpoints.
    static let checkpoint: [Schema.Field] = [
        .required("step", steps, "steps that were done"),
        .required("adapter", .digest, "BLAKE3-256 of adapter_model.safetensors"),
        .required("optimiser", .digest, "BLAKE3-256 of optimizer.safetensors"),
        .required("state", .digest, "BLAKE3-256 of state.json, which names the other two"),
        .optional("previous", .digest, "`state` of the checkpoint before; absent in the first"),
    ]

    private static let outputs: [Schema.Field] = [
        .required("step", steps, "checkpoint that is the result"),
        .required("adapter", .object(ManifestSchema.blob), "adapter_model.safetensors"),
        .required("weights", .digest, "weights id of the adapter"),
        .required("steps", steps, "steps that were done"),
        .required("endedEarly", .truth, "whether patience ended it"),
    ]

    private static let event: [Schema.Field] = [
        .required(
            "kind", .choice(["resumed", "rolledBack", "stopped", "remark"], open: true),
            "what it was"),
        .required("step", steps, "steps that were done then"),
        .optional("detail", .plain(1_024), "more about it"),
    ]
}
