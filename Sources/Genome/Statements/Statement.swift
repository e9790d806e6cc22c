import Wire

/// Something signed and sequenced that is said about a layer and may change, unlike its manifest.
///
/// Of the statements of one place (publisher, kind, layer and subject) the highest sequence
/// counts. Like a manifest, a statement is kept as the bytes that were signed.
public struct Statement: SignedDocument {
    /// DSSE payload type of a signed statement.
    public static let payloadType = "application/vnd.plasmid.statement+json"

    /// The canonical bytes.
    public let bytes: [UInt8]
    /// What it says.
    public let kind: StatementKind
    /// The layer it speaks of.
    public let layer: Digest
    /// Who says it and signs.
    public let publisher: NodeKey
    /// The publisher.
    public var signer: NodeKey { publisher }
    /// Its place among the statements of this publisher, kind and layer.
    public let sequence: UInt64
    /// Seconds since 1970 when it was said.
    public let issued: Int64
    /// Seconds since 1970 when it ends; nil for never.
    public let expires: Int64?
    /// What the kind adds.
    public let body: JSONObject

    /// A statement of these parts, checked as if it had been received.
    public static func make(
        kind: StatementKind, layer: Digest, publisher: NodeKey, sequence: UInt64, issued: Int64,
        expires: Int64? = nil, body: JSONObject
    ) throws(GenomeError) -> Statement {
        guard let number = Int64(exactly: sequence) else {
            throw .field(path: "sequence", .notAllowed("within 2^53"))
        }
        var object = JSONObject()
        object["statement"] = .integer(StatementSchema.version)
        object["kind"] = .string(kind.rawValue)
        object["layer"] = .string(layer.hexadecimal)
        object["publisher"] = .string(publisher.base32)
        object["sequence"] = .integer(number)
        object["issued"] = .integer(issued)
        object["expires"] = expires.map { .integer($0) }
        object["body"] = .object(body)
        return try decode(CanonicalJSON.write(object))
    }

    /// The statement of canonical bytes; every rule of the format is checked, the signature and
    /// the manifest's rules are not.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> Statement {
        let limits = JSONLimits(bytes: StatementSchema.bytesMax, depth: 12, values: 400_000)
        let value = try CanonicalJSON.read(bytes, limits: limits, what: "statement")
        try Schema.object(StatementSchema.common).check(value, at: "")
        guard let kind = value["kind"]?.string.flatMap({ StatementKind(rawValue: $0) }),
            let layer = value.digest("layer"), let body = value["body"],
            let publisher = value["publisher"]?.string.flatMap({ NodeKey(base32: $0) }),
            let sequence = value["sequence"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let issued = value["issued"]?.integer
        else { throw .field(path: "", .missing) }
        try Schema.object(kind.fields).check(body, at: "body")
        let expires = value["expires"]?.integer
        guard expires.map({ $0 > issued }) ?? true else {
            throw .field(path: "expires", .notAllowed("later than issued"))
        }
        return Statement(
            bytes: bytes, kind: kind, layer: layer, publisher: publisher, sequence: sequence,
            issued: issued, expires: expires, body: body.object ?? JSONObject())
    }

}

extension Statement {
    /// Refuses a statement that may not be made about this manifest. `speaksFor` says whether a
    /// key may speak for the publisher, besides the publisher itself.
    public func check(
        against manifest: Manifest, speaksFor: (NodeKey) -> Bool = { _ in false }
    ) throws(GenomeError) {
        guard layer == manifest.layer else {
            throw .field(path: "layer", .notAllowed("the id of this manifest"))
        }
        let isPublisher = publisher == manifest.publisher || speaksFor(publisher)
        guard isPublisher || !kind.isPublishersAlone else {
            throw .field(path: "publisher", .notAllowed("the layer's own publisher"))
        }
        if kind == .visibility { try checkVisibility(manifest) }
        if kind == .acceptance, let licence = manifest.licence {
            guard body["licence"]?.string == licence.description else {
                throw .field(path: "body.licence", .notAllowed("the layer's own expression"))
            }
        }
    }

    private func checkVisibility(_ manifest: Manifest) throws(GenomeError) {
        guard let visibility else {
            throw .field(path: "body.visibility", .missing)
        }
        guard visibility <= manifest.visibility else {
            throw .field(
                path: "body.visibility",
                .notAllowed("no wider than \(manifest.visibility.rawValue)"))
        }
        let names = body["organization"] != nil
        guard names == (visibility == .organization) else {
            throw .field(
                path: "body.organization", .notAllowed("given exactly if visible to one"))
        }
    }

    /// What a visibility statement sets.
    public var visibility: Visibility? {
        body["visibility"]?.string.flatMap { Visibility(rawValue: $0) }
    }

    /// Whether it is in force at a time, in seconds since 1970.
    public func isInForce(at time: Int64) -> Bool { expires.map { time < $0 } ?? true }

    /// The statement that counts among those of one place: highest sequence,
    /// then, if a publisher gave one sequence twice, the greater bytes, so that all agree.
    public static func current(of statements: [Statement]) -> Statement? {
        statements.max { left, right in
            left.sequence != right.sequence
                ? left.sequence < right.sequence
                : left.bytes.lexicographicallyPrecedes(right.bytes)
        }
    }
}
