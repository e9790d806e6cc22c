import Genome
import Wire

/// A layer of which this node has every blob it should have.
public struct HeldLayer: Sendable {
    /// Facts for records.
    public let content: LayerContent
    /// The key that signed the manifest.
    public let publisher: NodeKey
    /// Who may know of it.
    public let visibility: Visibility
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
        content: LayerContent, publisher: NodeKey, visibility: Visibility, envelope: [UInt8],
        blobs: [BlobReference], announced: Announced?
    ) {
        self.content = content
        self.publisher = publisher
        self.visibility = visibility
        self.envelope = envelope
        self.blobs = blobs.sorted { $0.blob < $1.blob }
        self.announced = announced
    }

    /// The layer id.
    public var layer: Digest { content.layer }

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

    /// What records say of the layer. Anybody can sign a record about any layer, so there may be
    /// several of which only one agrees with the manifest.
    public struct Description: Equatable, Sendable {
        /// The facts, without the summary, which only the publisher's record carries.
        public let content: LayerContent
        /// The publisher that the record names.
        public let publisher: NodeKey
        /// Who says so.
        public internal(set) var announcers: [NodeKey]

        /// What `announcers` say.
        public init(content: LayerContent, publisher: NodeKey, announcers: [NodeKey]) {
            var content = content
            content.summary = nil
            self.content = content
            self.publisher = publisher
            self.announcers = announcers
        }

        /// Whether both say the same of the layer.
        public func agrees(with other: Description) -> Bool {
            content == other.content && publisher == other.publisher
        }

        /// Adds this description to a list, or its announcers to one that says the same.
        public func merge(into list: inout [Description]) {
            guard let index = list.firstIndex(where: { agrees(with: $0) }) else {
                list.append(self)
                return
            }
            for announcer in announcers where !list[index].announcers.contains(announcer) {
                list[index].announcers.append(announcer)
            }
        }
    }

    /// What records say of the layer; empty when none speaks of it.
    public let descriptions: [Description]
    /// Who has it.
    public let holders: [Holder]

    /// What is known.
    public init(descriptions: [Description], holders: [Holder]) {
        self.descriptions = descriptions
        self.holders = holders
    }
}
