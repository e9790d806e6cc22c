import Genome
import Wire

/// A layer of which this node has every blob it should have.
public struct HeldLayer: Sendable {
    /// Facts for records.
    public let content: LayerContent
    /// Who may do what with it.
    public let policy: LayerPolicy
    /// The DSSE envelope without payload.
    public let envelope: [UInt8]
    /// Blobs that are here, with sizes: manifest, files, tensor table and texts.
    public let blobs: [BlobReference]
    /// When this node's own record about it was issued and runs out (milliseconds since 1970);
    /// nil when there is none.
    public let announced: Announced?

    /// Time of an own record.
    public struct Announced: Equatable, Sendable {
        /// Milliseconds since 1970 when it was made.
        public let issued: UInt64
        /// Milliseconds since 1970 when it runs out.
        public let expires: UInt64

        /// A time.
        public init(issued: UInt64, expires: UInt64) {
            self.issued = issued
            self.expires = expires
        }
    }

    /// A layer that is here.
    public init(
        content: LayerContent, policy: LayerPolicy, envelope: [UInt8], blobs: [BlobReference],
        announced: Announced?
    ) {
        self.content = content
        self.policy = policy
        self.envelope = envelope
        self.blobs = blobs.sorted { $0.blob < $1.blob }
        self.announced = announced
    }

    /// The layer id.
    public var layer: Digest { content.layer }

    /// The key that signed the manifest.
    public var publisher: NodeKey { policy.publisher }

    /// The size of one of its blobs that are here; nil for other blobs.
    public func size(of blob: Digest) -> UInt64? {
        var low = 0
        var high = blobs.count
        while low < high {
            let middle = (low + high) / 2
            if blobs[middle].blob < blob { low = middle + 1 } else { high = middle }
        }
        return low < blobs.count && blobs[low].blob == blob ? blobs[low].size : nil
    }
}

/// What the catalogue knows about where a layer can be had.
public struct LayerHolders: Sendable {
    /// A node that says it has the layer.
    public struct Holder: Equatable, Sendable {
        /// Its key.
        public let node: NodeKey
        /// Where it may be dialled; empty when it said nowhere.
        public let endpoints: [Endpoint]

        /// A holder.
        public init(node: NodeKey, endpoints: [Endpoint]) {
            self.node = node
            self.endpoints = endpoints
        }
    }

    /// What one record says of a layer.
    public struct Description: Equatable, Sendable {
        /// The facts.
        public let content: LayerContent
        /// The publisher that it names.
        public let publisher: NodeKey
        /// Who signed the record.
        public let source: NodeKey

        /// A record's word.
        public init(content: LayerContent, publisher: NodeKey, source: NodeKey) {
            self.content = content
            self.publisher = publisher
            self.source = source
        }
    }

    /// What records say, those of publishers first; empty when none speaks of the layer.
    public let descriptions: [Description]
    /// Who has it.
    public let holders: [Holder]

    /// What is known.
    public init(descriptions: [Description], holders: [Holder]) {
        self.descriptions = descriptions
        self.holders = holders
    }
}
