import Genome
import Wire

/// A layer that is followed, or kept, with who says that they have it.
public struct WatchedLayer: Sendable {
    /// What a record or the manifest says of it.
    public var layer: DescribedLayer
    /// Nodes whose own records say that they publish it.
    public var sources: Set<NodeKey>
    /// Nodes whose records say that they hold it besides; not this one.
    public var holders: Set<NodeKey>
    /// Whether it is among what this node keeps as a mirror.
    public var isKept: Bool
    /// By what records tell that somebody follows it.
    let marks: Set<UInt64>

    /// A layer as catalogue and store know it.
    public init(
        _ layer: DescribedLayer, sources: Set<NodeKey> = [], holders: Set<NodeKey> = [],
        isKept: Bool = false
    ) {
        self.layer = layer
        self.sources = sources
        self.holders = holders
        self.isKept = isKept
        marks = Follow.marks(of: layer)
    }

    /// The layer id.
    public var id: Digest { layer.content.layer }
    /// Bytes of its files and its manifest.
    public var size: UInt64 { layer.content.size + layer.content.manifestSize }
}

/// A node that says of itself that it mirrors, or holds what is looked after.
public struct MirrorNode: Sendable {
    /// Its key.
    public let node: NodeKey
    /// What its record says.
    public let content: NodeContent
    /// Milliseconds since 1970 when it said so.
    public let issued: UInt64

    /// A node as its record has it.
    public init(_ node: NodeKey, _ content: NodeContent, issued: UInt64) {
        (self.node, self.content, self.issued) = (node, content, issued)
    }

    /// Whether its own word that it is there is over.
    func isStale(at seconds: Int64) -> Bool {
        let life = RecordType.node.lifeMaxMilliseconds ?? 0
        return Int64(clamping: (issued.addingReportingOverflow(life).partialValue) / 1_000)
            < seconds
    }

    /// Whether it says that it keeps what has one of these marks.
    func follows(_ marks: Set<UInt64>) -> Bool {
        content.mirror?.marks.contains { marks.contains($0) } ?? false
    }

    /// The network of the first global address that it names.
    public var network: Subnet? { content.endpoints.lazy.compactMap { Subnet($0) }.first }

    func candidate(_ standing: MirrorStanding) -> MirrorCandidate {
        MirrorCandidate(
            node: node, region: content.region, network: network,
            room: content.mirror?.room ?? 0, standing: standing)
    }
}

/// A restricted layer of this node of which other nodes should keep sealed copies.
public struct ConfidedLayer: Equatable, Sendable {
    /// A request to one mirror.
    public struct Contract: Equatable, Sendable {
        /// The mirror.
        public let mirror: NodeKey
        /// Whether it has all.
        public let isComplete: Bool
        /// Seconds since 1970 when it was asked.
        public let issued: Int64
        /// Seconds since 1970 when it ends.
        public let until: Int64

        /// A request.
        public init(mirror: NodeKey, isComplete: Bool, issued: Int64, until: Int64) {
            self.mirror = mirror
            self.isComplete = isComplete
            self.issued = issued
            self.until = until
        }
    }

    /// The layer id.
    public let layer: Digest
    /// Who published it: the key that mirrors' owners name.
    public let publisher: NodeKey
    /// Bytes of its files.
    public let size: UInt64
    /// Copies that should live, this node's own among them.
    public let copies: Int
    /// Requests that stand.
    public var contracts: [Contract]

    /// A layer.
    public init(
        layer: Digest, publisher: NodeKey, size: UInt64, copies: Int, contracts: [Contract]
    ) {
        self.layer = layer
        self.publisher = publisher
        self.size = size
        self.copies = copies
        self.contracts = contracts
    }
}

/// What catalogue and store know of all that a mirror looks after.
public struct CopySurvey: Sendable {
    /// Layers that are followed or kept.
    public var layers: [WatchedLayer]
    /// Nodes that mirror, and holders.
    public var nodes: [MirrorNode]
    /// Own restricted layers with a target.
    public var confided: [ConfidedLayer]
    /// Bytes for which there is room as a mirror.
    public var room: UInt64

    /// What is known.
    public init(
        layers: [WatchedLayer] = [], nodes: [MirrorNode] = [], confided: [ConfidedLayer] = [],
        room: UInt64
    ) {
        self.layers = layers
        self.nodes = nodes
        self.confided = confided
        self.room = room
    }
}
