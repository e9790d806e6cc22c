import Wire

/// One file of a layer, as its manifest lists it.
public struct LayerFile: Hashable, Sendable {
    /// Where it stands in the layer.
    public let path: LayerPath
    /// BLAKE3-256 of its bytes: the blob's id.
    public let blob: Digest
    /// Number of bytes.
    public let size: UInt64
    /// SHA-256 of its bytes.
    public let sha256: Digest
    /// Whether it is a run record, checkpoint or data, which is served but not fetched unasked.
    public let isEvidence: Bool

    /// A file.
    public init(
        path: LayerPath, blob: Digest, size: UInt64, sha256: Digest, isEvidence: Bool = false
    ) {
        precondition(size <= UInt64(Schema.integerMax))
        self.path = path
        self.blob = blob
        self.size = size
        self.sha256 = sha256
        self.isEvidence = isEvidence
    }

    init?(_ json: JSONValue) {
        guard let path = json["path"]?.string.flatMap({ LayerPath($0) }),
            let blob = json["blob"]?.string.flatMap({ Digest(hexadecimal: $0) }),
            let size = json["size"]?.integer, let sizeBytes = UInt64(exactly: size),
            let sha256 = json["sha256"]?.string.flatMap({ Digest(hexadecimal: $0) })
        else { return nil }
        self.init(
            path: path, blob: blob, size: sizeBytes, sha256: sha256,
            isEvidence: json["evidence"]?.bool ?? false)
    }

    /// The same file, as evidence or not.
    func asEvidence(_ isEvidence: Bool) -> LayerFile {
        LayerFile(
            path: path, blob: blob, size: size, sha256: sha256,
            isEvidence: isEvidence || self.isEvidence)
    }

    /// The entry in the manifest.
    public var json: JSONValue {
        var object = JSONObject()
        object["path"] = .string(path.text)
        object["blob"] = .string(blob.hexadecimal)
        object["size"] = .integer(Int64(size))
        object["sha256"] = .string(sha256.hexadecimal)
        object["evidence"] = isEvidence ? true : nil
        return .object(object)
    }
}

/// A blob with its size, as every reference to one is written.
public struct BlobReference: Hashable, Sendable {
    /// BLAKE3-256 of the bytes.
    public let blob: Digest
    /// Number of bytes.
    public let size: UInt64

    /// A reference.
    public init(blob: Digest, size: UInt64) {
        precondition(size <= UInt64(Schema.integerMax))
        self.blob = blob
        self.size = size
    }

    /// A reference as a document states it; nil if a member is missing or malformed.
    public init?(_ json: JSONValue) {
        guard let blob = json["blob"]?.string.flatMap({ Digest(hexadecimal: $0) }),
            let size = json["size"]?.integer.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        self.init(blob: blob, size: size)
    }

    /// The object in a document.
    public var json: JSONValue {
        ["blob": .string(blob.hexadecimal), "size": .integer(Int64(size))]
    }
}
