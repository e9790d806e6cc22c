/// The members of a manifest, version 1: the table that is checked and printed.
public enum ManifestSchema {
    /// The version this program writes and understands.
    public static let version: Int64 = 1

    /// Longest manifest in bytes.
    public static let bytesMax = 16 << 20

    /// Most files of a layer.
    public static let filesMax = 100_000

    /// Every member at the top.
    public static let fields: [Schema.Field] = core + sections + closing

    /// The members a node must understand even where the rest needs a newer one: enough to store,
    /// mirror and show a layer.
    static let core: [Schema.Field] = [
        .required("manifest", .integer(1...Schema.integerMax), "version of this format"),
        .required("publisher", .key, "Ed25519 key whose signature the manifest needs"),
        .optional("label", .text(.label), "the publisher's own label, shown beside the key"),
        .required("type", .choice(LayerType.names, open: true), "what the layer is"),
        .required("name", .text(.name), "the publisher's name for it"),
        .required("version", .text(.version), "the publisher's version"),
        .optional("summary", .plain(1_024), "one paragraph for people"),
        .optional("tags", .texts(24, max: 32), "words to find it by"),
        .optional(
            "languages", .list(.text(.language), max: 64, distinct: true), "natural languages"),
        .required("files", .list(.object(file), max: filesMax, distinct: false), "in path order"),
        .optional("weights", .object(weights), "what the tensors are, whatever file holds them"),
        .optional("base", .object(base), "the base model that the layer changes"),
        .required("licence", .object(licence), "terms"),
        .required(
            "visibility", .choice(["public", "private", "organization", "whitelist"], open: false),
            "widest visibility the publisher will ever allow"),
        .optional("organization", .key, "root key of the organisation, if visible to one"),
        .required("distribution", .object(distribution), "how it may travel"),
        .optional(
            "classification",
            .choice(["public", "internal", "confidential", "restricted"], open: false),
            "the publisher's own grade; anything but `public` forbids public visibility"),
        .optional("restrictedDomains", .texts(128, max: 64), "fields of use that are excluded"),
        .required("provenance", .object(provenance), "where it came from"),
    ]

    /// Checks the sections of a document that is no manifest yet.
    public static func check(sections: JSONObject) throws(GenomeError) {
        try Schema.checkKnown(sections, fields.map { $0.asOptional }, at: "")
    }

    private static let closing: [Schema.Field] = [
        .optional(
            "salt", .text(.hexadecimal(bytes: 16)),
            "random, required unless public, so that the id cannot be guessed from the content"),
        .optional(
            "critical", .list(.plain(64), max: 64, distinct: true),
            "names that a reader must understand before it runs the layer"),
        .optional("extensions", .free, "an object: members of others, carried untouched"),
    ]

    static let file: [Schema.Field] = [
        .required("path", .text(.path), "where it stands in the layer"),
        .required("blob", .digest, "BLAKE3-256 of its bytes"),
        .required("size", .count, "bytes"),
        .required("sha256", .digest, "SHA-256 of its bytes"),
        .optional("evidence", .truth, "run record, checkpoint or data: not fetched by default"),
    ]

    static let blob: [Schema.Field] = [
        .required("blob", .digest, "BLAKE3-256 of its bytes"),
        .required("size", .count, "bytes"),
    ]

    private static let weights: [Schema.Field] = [
        .required("id", .digest, "weights id"),
        .required("table", .object(blob), "the tensor table, a blob of its own"),
        .required(
            "files", .list(.text(.path), max: 10_000, distinct: true),
            "the files that hold the tensors"),
    ]

    private static let base: [Schema.Field] = [
        .optional("layer", .digest, "layer id, if it is published"),
        .required("weights", .digest, "weights id"),
        .required("graph", .digest, "digest of the config's graph keys"),
        .optional("tokenizer", .digest, "digest of the tokenizer"),
    ]

    private static let licence: [Schema.Field] = [
        .optional(
            "expression", .text(.licence), "SPDX expression; absent = unknown terms, private only"),
        .optional(
            "type", .choice(["open-source", "commercial", "research-only", "custom"], open: false),
            "kind of terms, in one word"),
        .optional("commercialUse", .truth, "whether commercial use is allowed"),
        .optional("attribution", .plain(1_024), "what must be said when it is used"),
        .optional(
            "texts",
            .list(
                .object([
                    .required("name", .plain(128), "the LicenseRef- it defines, or the SPDX id"),
                    .required("blob", .digest, "BLAKE3-256 of the text"),
                    .required("size", .count, "bytes"),
                ]), max: 32, distinct: true), "full texts, each a blob"),
    ]

    private static let distribution: [Schema.Field] = [
        .required("globallyAvailable", .truth, "whether it may leave the publisher's region"),
        .required(
            "scope", .choice(Scope.allCases.map(\.rawValue), open: false),
            "how far it is announced"),
        .required("p2pEnabled", .truth, "whether others may hold and serve it"),
    ]

    private static let provenance: [Schema.Field] = [
        .optional("creator", .plain(256), "person, lab or `automated-system`"),
        .required("createdAt", .time, "when the manifest was made"),
        .optional(
            "creationMethod",
            .choice(["training", "evolution", "composition", "transfer"], open: true), "how"),
        .optional(
            "parentLayers",
            .list(
                .object([
                    .required("layer", .digest, "layer id"),
                    .optional(
                        "relation",
                        .choice(
                            [
                                "fine-tuned-from", "merged-from", "quantised-from",
                                "converted-from", "evolved-from", "assembled-from",
                            ], open: true), "what became of it"),
                    .optional("weight", .decimal, "its share in a merge"),
                ]), max: 64, distinct: true), "layers it descends from"),
        .optional(
            "trainingData", .list(.object(dataset), max: 256, distinct: true),
            "what it learned from"),
        .optional("run", .object(blob), "signed record of the training run"),
    ]

    static let dataset: [Schema.Field] = [
        .required("name", .plain(256), "name of the dataset"),
        .optional("layer", .digest, "layer id, if it is published here"),
        .optional("blob", .digest, "BLAKE3-256 of its file"),
        .optional("size", .count, "bytes"),
        .optional("records", .count, "number of records"),
        .optional("licence", .text(.licence), "its terms"),
        .optional("source", .plain(1_024), "where it can be had"),
    ]
}
