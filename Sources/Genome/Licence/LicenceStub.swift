import Wire

/// What a publisher says about the terms of a layer that others may not see, so that they can
/// check its children all the same: terms and the widest visibility of a child, nothing else.
public struct LicenceStub: SignedDocument {
    /// DSSE payload type of a signed stub.
    public static let payloadType = "application/vnd.plasmid.licence-stub+json"

    /// The version this program writes and understands.
    public static let version: Int64 = 1

    /// Longest stub in bytes: terms with every list full stay below it.
    public static let bytesMax = 262_144

    /// The canonical bytes.
    public let bytes: [UInt8]
    /// The parent's publisher, who signs.
    public let publisher: NodeKey
    /// The parent's layer id.
    public let layer: Digest
    /// What the parent asks, with all its own parents.
    public let stated: LicenceSource.Stated
    /// Widest visibility that a child may have.
    public let widestChild: Visibility
    /// Seconds since 1970 when it was written.
    public let issued: Int64

    /// The members, for the check and the format's page.
    public static let fields: [Schema.Field] = [
        .required("stub", .integer(1...1), "version of this format"),
        .required("publisher", .key, "publisher of the layer, who signs"),
        .required("layer", .digest, "layer id of the parent"),
        .optional("expression", .text(.licence), "its terms, its own parents' included"),
        .optional(
            "terms", .object(LicenceTermsSchema.fields),
            "its terms where no expression says them; exactly one of the two"),
        .required(
            "widestChild",
            .choice(["public", "private", "organization", "whitelist"], open: false),
            "widest visibility that a layer made from it may have"),
        .required("issued", .time, "when it was written"),
    ]

    /// The stub of canonical bytes; every rule is checked but the signature.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> LicenceStub {
        let limits = JSONLimits(bytes: bytesMax, depth: 6, values: 4_096)
        let value = try CanonicalJSON.read(bytes, limits: limits, what: "licence stub")
        try Schema.object(fields).check(value, at: "")
        guard let publisher = value["publisher"]?.string.flatMap({ NodeKey(base32: $0) }),
            let layer = value.digest("layer"), let issued = value["issued"]?.integer,
            let widest = value["widestChild"]?.string.flatMap({ Visibility(rawValue: $0) })
        else { throw .field(path: "", .missing) }
        let stated: LicenceSource.Stated
        switch (value["expression"]?.string, value["terms"]) {
        case (let text?, nil): stated = .expression(try LicenceExpression(parsing: text))
        case (nil, let terms?):
            try LicenceTermsSchema.check(terms, at: "terms")
            stated = .terms(LicenceTerms(terms))
        default:
            throw .field(path: "terms", .notAllowed("given exactly if no expression is"))
        }
        return LicenceStub(
            bytes: bytes, publisher: publisher, layer: layer, stated: stated, widestChild: widest,
            issued: issued)
    }

    /// A stub of these parts, checked as if it had been received.
    public static func make(
        publisher: NodeKey, layer: Digest, stated: LicenceSource.Stated, widestChild: Visibility,
        issued: Int64
    ) throws(GenomeError) -> LicenceStub {
        var object = JSONObject()
        object["stub"] = .integer(version)
        object["publisher"] = .string(publisher.base32)
        object["layer"] = .string(layer.hexadecimal)
        switch stated {
        case .expression(let expression): object["expression"] = .string(expression.description)
        case .terms(let terms): object["terms"] = terms.json
        case .nothing: object["terms"] = LicenceTerms.unknown.json
        }
        object["widestChild"] = .string(widestChild.rawValue)
        object["issued"] = .integer(issued)
        return try decode(CanonicalJSON.write(object))
    }

    /// The publisher.
    public var signer: NodeKey { publisher }

    /// The stub as a source of terms, named `label` in answers.
    public func source(label: String) -> LicenceSource {
        LicenceSource(label: label, stated: stated, widestChild: widestChild, links: [])
    }
}
