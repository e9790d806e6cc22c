import Wire

/// What a grantee needs to make a layer out of sealed blobs: which ciphertext holds which file. It
/// is sealed itself, with the manifest's bytes in it, so that a mirror learns neither.
public struct SealedLayer: Equatable, Sendable {
    /// Longest document in bytes: the largest manifest in base64, and a line for each of its blobs.
    public static let bytesMax = 64 << 20

    /// The members: the table that is checked and printed.
    public static let fields: [Schema.Field] = [
        .required("sealed", .integer(1...1), "version of this format"),
        .required("manifest", .free, "the manifest's canonical bytes, base64"),
        .required("envelope", .free, "its signatures: a DSSE envelope without payload, as text"),
        .required(
            "blobs",
            .list(
                .object([
                    .required("blob", .digest, "blob of the layer, in plain form"),
                    .required(
                        "sealed", .object(ManifestSchema.blob), "the blob with its ciphertext"),
                ]), max: ManifestSchema.filesMax, distinct: true),
            "files, tensor table, texts of the terms"),
    ]

    /// One blob in both forms.
    public struct Part: Hashable, Sendable {
        /// Its id in plain form.
        public let blob: Digest
        /// Its ciphertext.
        public let sealed: BlobReference

        /// A part.
        public init(blob: Digest, sealed: BlobReference) {
            self.blob = blob
            self.sealed = sealed
        }
    }

    /// The manifest's bytes.
    public let manifest: [UInt8]
    /// The detached envelope.
    public let envelope: [UInt8]
    /// The parts in ascending order of plain id.
    public let parts: [Part]

    /// A sealed layer of these parts.
    public init(manifest: [UInt8], envelope: [UInt8], parts: [Part]) {
        self.manifest = manifest
        self.envelope = envelope
        self.parts = parts.sorted { $0.blob < $1.blob }
    }

    /// The canonical JSON.
    public var bytes: [UInt8] {
        CanonicalJSON.write([
            "sealed": 1, "manifest": .string(Base64.encode(manifest)),
            "envelope": .string(String(decoding: envelope, as: UTF8.self)),
            "blobs": .array(
                parts.map { part in
                    ["blob": .string(part.blob.hexadecimal), "sealed": part.sealed.json]
                }),
        ])
    }

    /// The document of canonical bytes, checked against the manifest in it: signed by its
    /// publisher, and each blob of it there once, with the size that its plain form has sealed.
    public static func decode(_ bytes: [UInt8]) throws(GenomeError) -> SealedLayer {
        let limits = JSONLimits(bytes: bytesMax, depth: 5, values: 1_000_000)
        let value = try CanonicalJSON.read(bytes, limits: limits, what: "sealed layer")
        try Schema.object(fields).check(value, at: "")
        guard let manifest = value["manifest"]?.string.flatMap({ Base64.decode($0) }),
            let envelope = value["envelope"]?.string.map({ Array($0.utf8) })
        else { throw .field(path: "manifest", .notAllowed("base64")) }
        let parts = (value["blobs"]?.array ?? []).compactMap { entry -> Part? in
            guard let blob = entry["blob"]?.string.flatMap({ Digest(hexadecimal: $0) }),
                let sealed = entry["sealed"].flatMap({ BlobReference($0) })
            else { return nil }
            return Part(blob: blob, sealed: sealed)
        }
        let layer = SealedLayer(manifest: manifest, envelope: envelope, parts: parts)
        guard layer.bytes == bytes else {
            throw .field(path: "blobs", .notAllowed("in ascending order of id"))
        }
        let verified = try Manifest.verified(manifest, envelope: envelope)
        let sizes = Dictionary(
            verified.blobsToFetch.map { ($0.blob, $0.size) }, uniquingKeysWith: { one, _ in one })
        guard Set(parts.map(\.blob)) == Set(sizes.keys), parts.count == sizes.count else {
            throw .field(path: "blobs", .notAllowed("those of the manifest"))
        }
        for part in parts {
            let plain = SealedStream.plainSize(sealed: part.sealed.size)
            guard plain == sizes[part.blob] else {
                throw .field(path: "blobs", .notAllowed("of the size of their plain form"))
            }
        }
        return layer
    }
}
