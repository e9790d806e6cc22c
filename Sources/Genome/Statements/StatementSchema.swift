import Wire

/// The members of a statement, version 1: the table that is checked and printed.
public enum StatementSchema {
    /// The version this program writes and understands.
    public static let version: Int64 = 1

    /// Longest statement in bytes.
    public static let bytesMax = 1 << 20

    /// Most mirrors that a grant names: each costs a line of it, and one is enough to fetch from.
    public static let copiesMax = 16

    /// The members that every statement has.
    public static let common: [Schema.Field] = [
        .required("statement", .integer(1...1), "version of this format"),
        .required(
            "kind", .choice(StatementKind.allCases.map(\.rawValue), open: false), "what it says"),
        .required("layer", .digest, "layer id it speaks of"),
        .required("publisher", .key, "key that says it and signs"),
        .required(
            "sequence", .count,
            "grows with every statement of this publisher, kind, layer and subject; the highest "
                + "counts"
        ),
        .required("issued", .time, "when it was said"),
        .optional("expires", .time, "when it ends; absent = never"),
        .required("body", .free, "an object, by kind"),
    ]

    /// The bodies by which a publisher or a licensee changes what may be done with a layer.
    static func controlFields(of kind: StatementKind) -> [Schema.Field] {
        switch kind {
        case .visibility:
            [
                .required(
                    "visibility",
                    .choice(["public", "private", "organization", "whitelist"], open: false),
                    "who may know of the layer from now on"),
                .optional("organization", .key, "root key of the organisation"),
            ]
        case .grant: grant
        case .mirror: mirror
        case .propagation:
            [
                .required(
                    "policy", .choice(LayerSpread.Pace.allCases.map(\.name), open: false),
                    "whether those who follow take it at once, several at a time, or by hand"),
                .optional("successor", .digest, "layer id of the version that follows"),
                .optional(
                    "replicas", .integer(1...Int64(LayerSpread.copiesMax)),
                    "copies that should live, the publisher's own among them"),
                .optional(
                    "mirrors", .list(.key, max: LayerSpread.mirrorsMax, distinct: true),
                    "nodes that take it at once, whatever the policy"),
            ]
        case .withdrawal, .deprecation:
            [
                .required("reason", .plain(1_024), "why"),
                .optional("replacement", .digest, "layer id to use instead"),
                .optional("effective", .time, "from when; absent = from now"),
            ]
        default:
            [
                .required("licence", .text(.licence), "the expression that is accepted"),
                .optional(
                    "texts", .list(.digest, max: 32, distinct: true),
                    "BLAKE3-256 of the texts that were shown"),
                .optional("purpose", .plain(512), "what for"),
                .optional("nonce", .text(.hexadecimal(bytes: 16)), "the serving node's challenge"),
            ]
        }
    }

    private static let grant: [Schema.Field] = [
        .required("grantee", .key, "who may"),
        .required(
            "commands",
            .list(
                .choice(["read", "mirror", "derive", "serve", "train", "run"], open: false),
                max: 8, distinct: true), "what"),
        .optional("purpose", .plain(512), "only for this"),
        .optional("excludedDomains", .texts(128, max: 64), "not in these fields"),
        .optional("bytesMax", .count, "no more than so many bytes"),
        .optional("header", .plain(4_096), "age header for the grantee's sealing key, base64"),
        .optional(
            "sealed",
            .object([
                .required(
                    "index", .object(ManifestSchema.blob), "ciphertext that tells the others"),
                .required(
                    "copies",
                    .list(
                        .object([
                            .required("mirror", .key, "node that keeps the ciphertext"),
                            .required("contract", .digest, "hold contract under which it does"),
                        ]), max: copiesMax, distinct: true), "who keeps it"),
            ]), "where it lies sealed, for when its publisher is away"),
        .optional("isRevoked", .truth, "true takes the grant back"),
    ]

    private static let mirror: [Schema.Field] = [
        .required("mirror", .key, "node that keeps the copy"),
        .required(
            "blobs",
            .list(.object(ManifestSchema.blob), max: ManifestSchema.filesMax, distinct: true),
            "what it keeps: plain or sealed blobs"),
        .required("until", .time, "how long"),
        .optional("isSealed", .truth, "whether the blobs are sealed"),
        .optional("isRevoked", .truth, "true ends the contract"),
    ]

    /// The bodies that report something about a layer.
    static func reportFields(of kind: StatementKind) -> [Schema.Field] {
        switch kind {
        case .measurement: measurement
        case .attestation: attestation
        case .review:
            [
                .required(
                    "verdict", .choice(["approved", "changes-wanted", "rejected"], open: false),
                    "judgement"),
                .optional("scope", .plain(256), "what was looked at"),
                .optional("text", .plain(4_096), "why"),
            ]
        case .feedback:
            [
                .required("rating", .integer(1...5), "5 is best"),
                .optional("task", .plain(256), "what it was used for"),
                .optional("text", .plain(4_096), "in words"),
            ]
        case .contribution:
            [
                .required("contributor", .plain(256), "who, a name or a key"),
                .required("role", .plain(128), "what they did"),
                .optional("share", .decimal, "share of the work, 0 to 1"),
            ]
        case .evolution:
            [
                .required("event", .plain(128), "what happened"),
                .optional("from", .digest, "layer id it came from"),
                .optional("confidence", .decimal, "0 to 1"),
                .optional("improvements", .list(.object(figure), max: 64, distinct: true), "gains"),
                .optional("text", .plain(4_096), "in words"),
            ]
        default: economicModel
        }
    }

    private static let figure: [Schema.Field] = [
        .required("metric", .plain(128), "what is measured"),
        .required("value", .decimal, "the figure"),
        .optional("unit", .plain(32), "its unit"),
    ]

    private static let examples: [Schema.Field] = [
        .required("examples", .digest, "digest of the examples, as token ids"),
        .required(
            "files", .list(.object(ManifestSchema.blob), max: 4_096, distinct: false),
            "their files, in order"),
        .optional("template", .digest, "BLAKE3-256 of the chat template, if one was used"),
    ]

    private static let measurement: [Schema.Field] = [
        .required("task", .plain(256), "what was done"),
        .required("figures", .list(.object(figure), max: 256, distinct: true), "what was measured"),
        .optional("dataset", .object(ManifestSchema.dataset), "on what"),
        .optional("data", .object(examples), "the records, so that it can be done again"),
        .optional("retention", .object(examples), "the general text, likewise"),
        .optional("settings", .free, "how examples are made of records, as in a recipe"),
        .optional("base", .digest, "layer id of the base it ran on"),
        .optional(
            "beside", .digest,
            "layer id of another that acted too; `synergy` is what both gain over the better one"),
        .optional("hardware", .plain(256), "on which machine"),
        .optional("evidence", .object(ManifestSchema.blob), "report with the details"),
    ]

    private static let attestation: [Schema.Field] = [
        .required(
            "claim",
            .choice(
                [
                    "replayed", "tested", "safe", "compatible", "held", "verified", "certified",
                    "not-derived",
                ], open: true), "what was checked"),
        .required("result", .choice(["passed", "warned", "failed"], open: false), "how it ended"),
        .optional(
            "procedure", .plain(1_024), "how it was checked; of `certified` the capability"),
        .optional("other", .digest, "layer id or weights id that the claim is about besides"),
        .optional("figures", .list(.object(figure), max: 256, distinct: true), "what was measured"),
        .optional("evidence", .object(ManifestSchema.blob), "report with the details"),
    ]

    private static let economicModel: [Schema.Field] = [
        .required(
            "pricing", .choice(["free", "one-time", "per-use", "subscription"], open: true), "how"),
        .optional("amount", .decimal, "how much"),
        .optional("currency", .plain(16), "of what"),
        .optional(
            "revenueSharing",
            .list(
                .object([
                    .required("party", .plain(256), "who, a name or a key"),
                    .required("share", .decimal, "0 to 1"),
                ]), max: 64, distinct: true), "who is paid"),
        .optional("contributorRewards", .plain(1_024), "how contributors are rewarded"),
    ]
}
