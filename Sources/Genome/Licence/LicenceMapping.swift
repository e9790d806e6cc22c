import Wire

/// What licences outside the catalogue ask, as read by a steward: a signed, sequenced document.
///
/// It says nothing about licences that the catalogue holds, and counts only on nodes whose owner
/// or organisation trusts its steward. Kept as the bytes that were signed.
public struct LicenceMapping: SignedDocument {
    /// DSSE payload type of a signed mapping.
    public static let payloadType = "application/vnd.plasmid.licence-mapping+json"

    /// The version this program writes and understands.
    public static let version: Int64 = 1

    /// Longest mapping in bytes.
    ///
    /// A mapping is kept as an entry of the journal, which has at most 65,535 bytes: in base64,
    /// with a signature, behind its number. A steward reads dozens of licences, each of a few hundred
    /// bytes.
    public static let bytesMax = 48_000

    /// Most licences of one mapping.
    public static let entriesMax = 1_024

    /// One licence.
    public struct Entry: Sendable {
        /// A `LicenseRef-`, perhaps behind a `DocumentRef-`.
        public let id: String
        /// What it asks.
        public let terms: LicenceTerms
        /// BLAKE3-256 of the text that the steward read.
        public let text: Digest?
        /// The steward's own words for people.
        public let words: String
    }

    /// The canonical bytes.
    public let bytes: [UInt8]
    /// Who says so and signs.
    public let steward: NodeKey
    /// Its place among this steward's mappings; the highest counts.
    public let sequence: UInt64
    /// Seconds since 1970 when it was written.
    public let issued: Int64
    /// Seconds since 1970 when it ends; nil for never.
    public let expires: Int64?
    /// The licences.
    public let entries: [Entry]

    /// The members, for the check and the format's page.
    public static let fields: [Schema.Field] = [
        .required("mapping", .integer(1...1), "version of this format"),
        .required("steward", .key, "key that says it and signs"),
        .required("sequence", .count, "grows with every mapping of this steward"),
        .required("issued", .time, "when it was written"),
        .optional("expires", .time, "when it ends; absent = never"),
        .required(
            "licences",
            .list(
                .object([
                    .required("id", .text(.licence), "a `LicenseRef-` that the catalogue lacks"),
                    .required("terms", .object(LicenceTermsSchema.fields), "what it asks"),
                    .optional("text", .digest, "BLAKE3-256 of the text that was read"),
                    .optional("words", .plain(512), "in plain words"),
                ]), max: entriesMax, distinct: true), "the licences, in order of their ids"),
    ]

    /// The mapping of canonical bytes; every rule is checked but the signature.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> LicenceMapping {
        let limits = JSONLimits(bytes: bytesMax, depth: 8, values: 200_000)
        let value = try CanonicalJSON.read(bytes, limits: limits, what: "licence mapping")
        try Schema.object(fields).check(value, at: "")
        guard let steward = value["steward"]?.string.flatMap({ NodeKey(base32: $0) }),
            let sequence = value["sequence"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let issued = value["issued"]?.integer, let licences = value["licences"]?.array
        else { throw .field(path: "", .missing) }
        let expires = value["expires"]?.integer
        guard expires.map({ $0 > issued }) ?? true else {
            throw .field(path: "expires", .notAllowed("later than issued"))
        }
        return LicenceMapping(
            bytes: bytes, steward: steward, sequence: sequence, issued: issued, expires: expires,
            entries: try entries(of: licences))
    }

    private static func entries(of licences: [JSONValue]) throws(GenomeError) -> [Entry] {
        var entries: [Entry] = []
        for (index, json) in licences.enumerated() {
            let path = "licences[\(index)]"
            guard let id = json["id"]?.string, let terms = json["terms"] else {
                throw .field(path: path, .missing)
            }
            let expression = try LicenceExpression(parsing: id)
            guard case .licence(_, false) = expression, id.contains("LicenseRef-"),
                LicenceCatalogue.entry(of: id) == nil
            else {
                throw .field(
                    path: path + ".id", .notAllowed("one LicenseRef- outside the catalogue"))
            }
            guard entries.last.map({ $0.id.utf8.lexicographicallyPrecedes(id.utf8) }) ?? true
            else { throw .field(path: path, .notAllowed("behind the id before it")) }
            try LicenceTermsSchema.check(terms, at: path + ".terms")
            entries.append(
                Entry(
                    id: id, terms: LicenceTerms(terms), text: json.digest("text"),
                    words: json["words"]?.string ?? ""))
        }
        return entries
    }

    /// A mapping of these parts, checked as if it had been received. Entries may stand in any
    /// order.
    public static func make(
        steward: NodeKey, sequence: UInt64, issued: Int64, expires: Int64? = nil,
        licences: [(id: String, terms: LicenceTerms, text: Digest?, words: String)]
    ) throws(GenomeError) -> LicenceMapping {
        var object = JSONObject()
        object["mapping"] = .integer(version)
        object["steward"] = .string(steward.base32)
        object["sequence"] = .integer(Int64(clamping: sequence))
        object["issued"] = .integer(issued)
        object["expires"] = expires.map { .integer($0) }
        let sorted = licences.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
        object["licences"] = .array(
            sorted.map { licence in
                var entry = JSONObject()
                entry["id"] = .string(licence.id)
                entry["terms"] = licence.terms.json
                entry["text"] = licence.text.map { .string($0.hexadecimal) }
                entry["words"] = licence.words.isEmpty ? nil : .string(licence.words)
                return .object(entry)
            })
        return try decode(CanonicalJSON.write(object))
    }

    /// The steward.
    public var signer: NodeKey { steward }
}
