import Genome
import Wire

/// How a layer came here.
public enum LayerOrigin: Int64, Sendable {
    /// Shared by this node's owner.
    case own = 0
    /// Fetched from peers.
    case fetched = 1
}

/// A layer as the index knows it: what lists and look-ups need, taken from its manifest.
public struct LayerEntry: Equatable, Sendable {
    /// Blob id of the manifest.
    public let id: Digest
    /// Who signed it.
    public let publisher: NodeKey
    /// The publisher's name for it.
    public let name: String
    /// The publisher's version.
    public let version: String
    /// `foundation`, `lora` and so on.
    public let type: String
    /// SPDX expression; nil for unknown terms.
    public let licence: String?
    /// Widest visibility ever allowed.
    public let visibility: String
    /// Bytes of all files.
    public let size: UInt64
    /// Bytes of the manifest.
    public let manifestSize: UInt64
    /// Name of its tensors.
    public let weights: Digest?
    /// Name of the tensors it adapts.
    public let baseWeights: Digest?
    /// Seconds since 1970 when it was made.
    public let created: Int64
    /// Milliseconds since 1970 when it came here.
    public let added: UInt64
    /// How it came here.
    public let origin: LayerOrigin

    /// The entry of a manifest.
    public init(_ manifest: Manifest, added: UInt64, origin: LayerOrigin) {
        id = manifest.layer
        publisher = manifest.publisher
        name = manifest.name
        version = manifest.version.text
        type = manifest.type.name
        licence = manifest.licence?.description
        visibility = manifest.visibility.rawValue
        size = manifest.size
        manifestSize = UInt64(manifest.bytes.count)
        weights = manifest.weights?.id
        baseWeights = manifest.base?.weights
        created = manifest.createdAt
        self.added = added
        self.origin = origin
    }

    static let columns = """
        id, publisher, name, version, type, licence, visibility, size, manifest_size, weights,
        base_weights, created, added, origin
        """

    init(_ row: SQLiteRow) throws(StoreError) {
        id = try row.digest(0)
        publisher = try row.nodeKey(1)
        name = row.text(2)
        version = row.text(3)
        type = row.text(4)
        licence = row.isNull(5) ? nil : row.text(5)
        visibility = row.text(6)
        size = row.number(7)
        manifestSize = row.number(8)
        weights = row.isNull(9) ? nil : try row.digest(9)
        baseWeights = row.isNull(10) ? nil : try row.digest(10)
        created = row.integer(11)
        added = row.number(12)
        origin = LayerOrigin(rawValue: row.integer(13)) ?? .fetched
    }
}
