import Wire

/// What a layer is: its publisher, files, terms and origin, everything about it that never
/// changes. Its BLAKE3 hash is the layer's id.
///
/// A manifest is kept as the bytes that were signed and is never written anew. Read `Manifest`
/// for the members that the program acts on; `json` holds them all.
public struct Manifest: Sendable {
    /// DSSE payload type of a signed manifest.
    public static let payloadType = "application/vnd.plasmid.manifest+json"

    /// The canonical bytes.
    public let bytes: [UInt8]
    /// Every member.
    public let json: JSONObject
    /// BLAKE3-256 of the bytes: the layer's id.
    public let layer: Digest
    /// The key whose signature the manifest needs.
    public let publisher: NodeKey
    /// What the layer is.
    public let type: LayerType
    /// The publisher's name for it.
    public let name: String
    /// The publisher's version.
    public let version: SemanticVersion
    /// The files in path order.
    public let files: [LayerFile]
    /// Widest visibility ever allowed.
    public let visibility: Visibility
    /// How it may travel.
    public let distribution: Distribution
    /// Seconds since 1970 when it was made.
    public let createdAt: Int64
    /// What a reader would have to understand and does not: empty for a layer that this program
    /// may run; otherwise the layer may be stored, mirrored and shown only.
    public let notUnderstood: [String]

    /// Whether this program may run the layer, train on it or derive from it.
    public var isRunnable: Bool { notUnderstood.isEmpty }

    /// The manifest of canonical bytes. Every rule of the format is checked; a member that is
    /// named in `critical` and unknown, or a higher version, is no error but `notUnderstood`.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> Manifest {
        guard bytes.count <= ManifestSchema.bytesMax else {
            throw .tooLarge(what: "manifest", limit: ManifestSchema.bytesMax)
        }
        let limits = JSONLimits(bytes: ManifestSchema.bytesMax, depth: 16, values: 2_000_000)
        let value = try CanonicalJSON.read(bytes, limits: limits, what: "manifest")
        guard let object = value.object else {
            throw .field(path: "", .wrongType(expected: "an object"))
        }
        let notUnderstood = try ManifestRules.check(object)
        return try Manifest(bytes: bytes, json: object, notUnderstood: notUnderstood)
    }

    /// The manifest of members, written canonically and checked as if it had been received.
    public static func make(_ object: JSONObject) throws(GenomeError) -> Manifest {
        try decode(CanonicalJSON.write(object))
    }

    private init(
        bytes: [UInt8], json: JSONObject, notUnderstood: [String]
    ) throws(GenomeError) {
        let whole = JSONValue.object(json)
        guard let publisher = whole["publisher"]?.string.flatMap({ NodeKey(base32: $0) }),
            let type = whole["type"]?.string.flatMap({ LayerType($0) }),
            let name = whole["name"]?.string,
            let version = whole["version"]?.string.flatMap({ SemanticVersion($0) }),
            let visibility = whole["visibility"]?.string.flatMap({ Visibility(rawValue: $0) }),
            let distribution = whole["distribution"].flatMap({ Distribution($0) }),
            let createdAt = whole["provenance"]?["createdAt"]?.integer
        else { throw .field(path: "", .missing) }
        self.bytes = bytes
        self.json = json
        layer = Blake3.hash(bytes)
        self.publisher = publisher
        self.type = type
        self.name = name
        self.version = version
        files = (whole["files"]?.array ?? []).compactMap { LayerFile($0) }
        self.visibility = visibility
        self.distribution = distribution
        self.createdAt = createdAt
        self.notUnderstood = notUnderstood
    }
}

extension Manifest: SignedDocument {
    /// The publisher.
    public var signer: NodeKey { publisher }

    /// The layer's handle.
    public var uuid: LayerUUID { LayerUUID(of: layer) }

    /// The publisher's label, empty when there is none.
    public var label: String { json["label"]?.string ?? "" }

    /// `label.k7x2m4qa/name@version`.
    public var reference: PublishedName {
        PublishedName(label: label, publisher: publisher, name: name, version: version.text)
    }

    /// One paragraph for people.
    public var summary: String { json["summary"]?.string ?? "" }

    /// Words to find it by.
    public var tags: [String] { texts(json["tags"]) }

    /// Natural languages.
    public var languages: [String] { texts(json["languages"]) }

    /// What the tensors are; nil for a layer without tensors.
    public var weights: WeightsFacts? { json["weights"].flatMap { WeightsFacts($0) } }

    /// The base model that the layer changes.
    public var base: BaseFacts? { json["base"].flatMap { BaseFacts($0) } }

    /// SPDX expression of the terms; nil means unknown terms.
    public var licence: LicenceExpression? {
        json["licence"]?["expression"]?.string.flatMap { try? LicenceExpression(parsing: $0) }
    }

    /// Full texts of the terms.
    public var licenceTexts: [BlobReference] {
        (json["licence"]?["texts"]?.array ?? []).compactMap { BlobReference($0) }
    }

    /// Root key of the organisation that it is visible to.
    public var organization: NodeKey? {
        json["organization"]?.string.flatMap { NodeKey(base32: $0) }
    }

    /// Fields of use that the publisher excludes.
    public var restrictedDomains: Set<String> { Set(texts(json["restrictedDomains"])) }

    /// The layers it descends from.
    public var parents: [ParentLayer] {
        (json["provenance"]?["parentLayers"]?.array ?? []).compactMap { ParentLayer($0) }
    }

    /// Signed record of the training run.
    public var run: BlobReference? {
        json["provenance"]?["run"].flatMap { BlobReference($0) }
    }

    /// Largest inner dimension of a low-rank adapter.
    public var rank: Int64? { json["loraConfig"]?["rank"]?.integer }

    /// Bytes of all files together.
    public var size: UInt64 { files.reduce(0) { $0 + $1.size } }

    /// Every blob that belongs to the layer: files, tensor table, licence texts and run record,
    /// each once, in ascending order of id.
    public var blobs: [BlobReference] {
        let listed = files.map { BlobReference(blob: $0.blob, size: $0.size) }
        let beside = licenceTexts + [weights?.table, run].compactMap { $0 }
        return Set(listed + beside).sorted { $0.blob < $1.blob }
    }

    /// The blobs a fetch takes unasked: all but evidence.
    public var blobsToFetch: [BlobReference] {
        let wanted = files.filter { !$0.isEvidence }
        let listed = wanted.map { BlobReference(blob: $0.blob, size: $0.size) }
        let beside = licenceTexts + [weights?.table].compactMap { $0 }
        return Set(listed + beside).sorted { $0.blob < $1.blob }
    }

    private func texts(_ value: JSONValue?) -> [String] {
        (value?.array ?? []).compactMap(\.string)
    }
}
