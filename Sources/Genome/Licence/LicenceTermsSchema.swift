/// The members by which a document states terms: the table that is checked and printed.
public enum LicenceTermsSchema {
    /// The members. All lists may be absent or empty; terms without any ask nothing.
    public static let fields: [Schema.Field] = [
        .optional(
            "asks",
            .list(
                .choice(LicenceBit.allCases.map(\.rawValue), open: false), max: 16,
                distinct: true), "what is told by yes or no"),
        .optional(
            "useRestrictions", .texts(256, max: 64),
            "policies that say what it may not be used for"),
        .optional("caps", .texts(128, max: 16), "bounds beyond which another licence is needed"),
        .optional(
            "namePrefixes", .list(.text(.name), max: 16, distinct: true),
            "what names of derived models begin with"),
        .optional(
            "derivedOnly", .texts(128, max: 512),
            "share-alike: the licences that derived works may bear"),
        .optional(
            "derivedNever", .texts(128, max: 512),
            "licences that derived works may not bear; not beside `derivedOnly`"),
    ]

    /// The terms that an object states; refused where the table has no such members.
    public static func terms(_ json: JSONValue) throws(GenomeError) -> LicenceTerms {
        try check(json, at: "terms")
        return LicenceTerms(json)
    }

    /// Refuses what the table cannot say.
    static func check(_ json: JSONValue, at path: String) throws(GenomeError) {
        try Schema.object(fields).check(json, at: path)
        guard json["derivedOnly"] == nil || json["derivedNever"] == nil else {
            throw .field(path: path + ".derivedNever", .notAllowed("absent beside derivedOnly"))
        }
    }
}

extension LicenceTerms {
    /// Terms of an object that was checked.
    init(_ json: JSONValue) {
        func texts(_ name: String) -> Set<String> {
            Set((json[name]?.array ?? []).compactMap(\.string))
        }
        self.init(
            bits: Set(texts("asks").compactMap { LicenceBit(rawValue: $0) }),
            useRestrictions: texts("useRestrictions"), caps: texts("caps"),
            namePrefixes: texts("namePrefixes"),
            derived: json["derivedOnly"] != nil
                ? .only(texts("derivedOnly")) : .anyBut(texts("derivedNever")))
    }

    /// The object of these terms, lists in ascending order, empty ones left out.
    public var json: JSONValue {
        var object = JSONObject()
        func set(_ name: String, _ texts: some Sequence<String>) {
            let sorted = texts.sorted()
            object[name] = sorted.isEmpty ? nil : .array(sorted.map { .string($0) })
        }
        set("asks", bits.map(\.rawValue))
        set("useRestrictions", useRestrictions)
        set("caps", caps)
        set("namePrefixes", namePrefixes)
        switch derived {
        case .anyBut(let refused): set("derivedNever", refused)
        // Kept although empty: nothing that is made from two families may be passed on.
        case .only(let allowed):
            object["derivedOnly"] = .array(allowed.sorted().map { .string($0) })
        }
        return .object(object)
    }
}
