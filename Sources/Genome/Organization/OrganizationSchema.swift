/// The members of the documents by which an organisation speaks: the tables that are checked and
/// printed.
public enum OrganizationSchema {
    /// The version this program writes and understands, of each document.
    public static let version: Int64 = 1

    /// Longest document in bytes: in its envelope (base64, sixteen signatures) it fits one frame
    /// of the channel and one entry of the journal.
    public static let bytesMax = 42_000

    /// Most keys of a root.
    public static let keysMax = 64

    /// Largest threshold: the old and the new root's keys must fit one envelope of sixteen
    /// signatures.
    public static let thresholdMax: Int64 = 8

    /// Most memberships, and most keys, in a revocation list: both together fit a document. What
    /// can have run out is left out, so this many within thirty days.
    public static let revocationsMax = 256

    /// Longest life of a root: two years, as of a record.
    public static let rootSeconds: Int64 = 2 * 366 * 86_400

    /// Longest life of a membership and of a revocation list: thirty days. What is taken back is
    /// gone after that even for a node that hears nothing.
    public static let membershipSeconds: Int64 = 30 * 86_400

    /// Life of a membership unless its issuer says otherwise: seven days.
    public static let membershipSecondsDefault: Int64 = 7 * 86_400

    /// How far clocks may differ, in seconds.
    public static let clockSkewSeconds: Int64 = 60

    /// Most epochs whose secrets a membership carries: the present and the ones whose layers are
    /// still to be read.
    public static let epochsMax = 64

    private static let threshold = Schema.integer(1...thresholdMax)

    /// The members of a root.
    public static let root: [Schema.Field] = [
        .required("root", .integer(1...1), "version of this format"),
        .required("organization", .key, "the founding key, by which the organisation is known"),
        .required("name", .plain(128), "its name, for people"),
        .required("version", .integer(1...Schema.integerMax), "number of this root, from 1"),
        .optional("previous", .digest, "BLAKE3-256 of the root before it; absent in the first"),
        .required(
            "keys",
            .list(
                .object([
                    .required("key", .key, "the key"),
                    .required(
                        "roles",
                        .list(
                            .choice(OrganizationRole.allCases.map(\.rawValue), open: false),
                            max: OrganizationRole.allCases.count, distinct: true),
                        "what it may do"),
                    .optional("label", .plain(64), "whose it is, for people"),
                ]), max: keysMax, distinct: true), "who speaks for the organisation"),
        .required(
            "thresholds",
            .object([
                .required("root", threshold, "how many root keys sign a new root"),
                .required("issuer", threshold, "how many issuers sign a membership"),
                .optional("steward", threshold, "how many stewards sign a mapping or a waiver"),
                .optional("promoter", threshold, "how many promoters sign a promotion"),
                .optional("reviewer", threshold, "how many reviewers make a review count"),
            ]), "signatures of different keys that a document needs"),
        .required("issued", .time, "when it was made"),
        .required("expires", .time, "when it runs out, at most two years later"),
    ]

    /// The members of a membership.
    public static let membership: [Schema.Field] = [
        .required("membership", .integer(1...1), "version of this format"),
        .required("organization", .key, "founding key of the organisation"),
        .required("member", .key, "who belongs to it: a node's key or a person's"),
        .required(
            "rights",
            .list(
                .choice(MembershipRight.allCases.map(\.rawValue), open: false),
                max: MembershipRight.allCases.count, distinct: true), "what the member may do"),
        .required(
            "rootVersion", .integer(1...Schema.integerMax), "number of the root it was made under"),
        .optional("label", .plain(64), "who it is, for people"),
        .required("issued", .time, "when it begins"),
        .required("expires", .time, "when it runs out, at most thirty days later"),
        .optional(
            "epochs",
            .list(
                .object([
                    .required("epoch", .integer(1...Schema.integerMax), "number of the epoch"),
                    .required(
                        "recipient", .text(.hexadecimal(bytes: 32)),
                        "public X25519 key that layers of the epoch are sealed for"),
                    .required(
                        "sealed", .plain(256),
                        "the epoch's secrets, sealed for the member, base64"),
                ]), max: epochsMax, distinct: true), "what the member needs to open layers"),
    ]

    /// The members of a revocation list.
    public static let revocations: [Schema.Field] = [
        .required("revocations", .integer(1...1), "version of this format"),
        .required("organization", .key, "founding key of the organisation"),
        .required("version", .integer(1...Schema.integerMax), "number of this list, from 1"),
        .required(
            "rootVersion", .integer(1...Schema.integerMax), "number of the root it was made under"),
        .required(
            "memberships", .list(.digest, max: revocationsMax, distinct: true),
            "BLAKE3-256 of memberships that are over"),
        .required(
            "keys", .list(.key, max: revocationsMax, distinct: true),
            "keys that are members no more, whatever membership they show"),
        .optional(
            "membershipsSince", .list(.time, max: revocationsMax, distinct: false),
            "when each of `memberships` was taken back, in their order; absent: with this list"),
        .optional(
            "keysSince", .list(.time, max: revocationsMax, distinct: false),
            "when each of `keys` was taken out, in their order; absent: with this list"),
        .required("issued", .time, "when it was made"),
        .required("expires", .time, "when it runs out, at most thirty days later"),
    ]

    /// Refuses a life that is none or longer than `longest` seconds.
    static func checkLife(
        _ value: JSONValue, longest: Int64
    ) throws(GenomeError) -> (issued: Int64, expires: Int64) {
        guard let issued = value["issued"]?.integer, let expires = value["expires"]?.integer else {
            throw .field(path: "expires", .missing)
        }
        guard issued < expires, expires - issued <= longest else {
            throw .field(
                path: "expires",
                .notAllowed("later than issued, by \(longest / 86_400) days at most"))
        }
        return (issued, expires)
    }

    /// The canonical document of `bytes`, checked against its members.
    static func read(
        _ bytes: [UInt8], _ fields: [Schema.Field], what: String
    ) throws(GenomeError) -> JSONValue {
        let limits = JSONLimits(bytes: bytesMax, depth: 6, values: 65_536)
        let value = try CanonicalJSON.read(bytes, limits: limits, what: what)
        try Schema.object(fields).check(value, at: "")
        return value
    }
}
