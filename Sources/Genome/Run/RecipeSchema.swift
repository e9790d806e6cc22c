/// The members of a recipe, version 1: the table that is checked and printed.
public enum RecipeSchema {
    /// The version this program writes and understands.
    public static let version: Int64 = 1

    /// Longest recipe in bytes: patterns and targets of a large model take some hundred kilobytes.
    public static let bytesMax = 1 << 20

    /// Most steps, 2^31 - 1: random numbers are drawn by the step's number in 32 bits.
    public static let stepsMax: Int64 = 2_147_483_647

    /// Most rows of a micro-batch, and most micro-batches of a step.
    public static let batchMax: Int64 = 65_536

    /// Most files of data.
    public static let filesMax = 4_096

    /// Every member at the top.
    public static let fields: [Schema.Field] = [
        .required("recipe", .integer(1...1), "version of this format"),
        .required("arithmetic", .plain(64), "rules by which a step is computed"),
        .required("profile", .plain(64), "rules by which products are computed"),
        .required("seed", .decimal, "whole number below 2^64: of all that is drawn"),
        .required("base", .object(base), "the model, which is not changed"),
        .optional("start", .object(start), "the adapter it starts from; absent = drawn"),
        .required("adapter", .object(adapter), "which modules get factors, and of what size"),
        .required("optimiser", .object(optimiser), "how the factors are changed"),
        .required("data", .object(data), "what is learned"),
        .required("evaluation", .object(evaluation), "when it is judged and what is kept"),
    ]

    private static let base: [Schema.Field] = [
        .required("weights", .digest, "weights id"),
        .required("graph", .digest, "digest of the config's graph keys"),
        .optional("tokenizer", .digest, "digest of the tokenizer"),
    ]

    private static let start: [Schema.Field] = [
        .required("adapter", .digest, "BLAKE3-256 of its adapter_model.safetensors")
    ]

    private static let adapter: [Schema.Field] = [
        .required("rank", .integer(1...65_536), "inner dimension, unless a pattern says otherwise"),
        .required("alpha", .decimal, "scaling numerator, unless a pattern says otherwise"),
        .required(
            "targets",
            .object([
                .required(
                    "kind",
                    .choice(["names", "pattern", "all-linear", "standard"], open: false),
                    "how the modules are meant"),
                .optional(
                    "names", .list(.plain(256), max: 4_096, distinct: true),
                    "names: ends of their paths"),
                .optional("pattern", .plain(4_096), "pattern: regular expression of whole paths"),
            ]), "which modules get factors"),
        .required(
            "rankPattern",
            .list(
                .object([
                    .required("key", .plain(1_024), "regular expression of the path's end"),
                    .required("rank", .integer(1...65_536), "inner dimension"),
                ]), max: 4_096, distinct: false), "keys ascend, each once; first hit counts"),
        .required(
            "alphaPattern",
            .list(
                .object([
                    .required("key", .plain(1_024), "regular expression of the path's end"),
                    .required("alpha", .decimal, "scaling numerator"),
                ]), max: 4_096, distinct: false), "keys ascend, each once; first hit counts"),
        .required("rankStabilised", .truth, "scale is alpha over the root of the rank"),
        .required("dropout", .decimal, "share of a pair's input that is left out in a step"),
    ]

    private static let optimiser: [Schema.Field] = [
        .required("steps", .integer(1...stepsMax), "steps, unless it ends early"),
        .required("batch", .integer(1...batchMax), "rows of a micro-batch"),
        .required("accumulate", .integer(1...batchMax), "micro-batches of a step"),
        .required("learningRate", .decimal, "largest learning rate"),
        .required(
            "schedule",
            .choice(["constant", "linear", "cosine", "wsd", "inverse-sqrt"], open: false),
            "how it goes"),
        .required("warmup", .count, "steps over which it rises"),
        .required("weightDecay", .decimal, "decoupled weight decay"),
        .required("clip", .decimal, "largest norm of the gradient; 0 leaves it"),
        .required("beta1", .decimal, "decay of the first mean"),
        .required("beta2", .decimal, "decay of the second mean"),
        .required("epsilon", .decimal, "keeps the quotient finite"),
    ]

    private static let files = Schema.list(
        .object(ManifestSchema.blob), max: filesMax, distinct: false)

    private static let data: [Schema.Field] = [
        .required("files", files, "the files as they were read, in order"),
        .required("evaluationFiles", files, "files read only to judge"),
        .required("examples", .digest, "digest of the examples that are learned, as token ids"),
        .required("judged", .digest, "digest of the examples that are judged, as token ids"),
        .required("settings", .free, "how examples are made of records, and their order"),
        .optional("template", .digest, "BLAKE3-256 of the chat template, if one was used"),
        .required("unicode", .plain(64), "version of the tables that text was cut by"),
    ]

    private static let evaluation: [Schema.Field] = [
        .required("every", .count, "steps between two; 0 = at the end alone"),
        .required("patience", .count, "evaluations without progress before it ends; 0 = no limit"),
        .required("keep", .choice(["best", "last"], open: false), "which state is the result"),
    ]
}
