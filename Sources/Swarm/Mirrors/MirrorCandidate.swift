import Wire

/// A node that may be chosen to keep a layer, with all that the choice looks at.
public struct MirrorCandidate: Equatable, Sendable {
    /// Its key.
    public let node: NodeKey
    /// Where its owner says that it is; nil where she says nothing.
    public let region: String?
    /// The network of its address; nil where it has none that is global.
    public let network: Subnet?
    /// Bytes that it has room for at least, as it says.
    public let room: UInt64
    /// What this node knows of it by its own challenges.
    public let standing: MirrorStanding

    /// A candidate.
    public init(
        node: NodeKey, region: String? = nil, network: Subnet? = nil, room: UInt64,
        standing: MirrorStanding = MirrorStanding()
    ) {
        self.node = node
        self.region = region
        self.network = network
        self.room = room
        self.standing = standing
    }

    /// Highest weight: four by standing, doubled where there is much room.
    static let weightMax = 8
    /// Room is much when it holds the layer so many times.
    private static let roomyFactor: UInt64 = 16

    /// How likely it is chosen for a layer of so many bytes beside others; 0 where it cannot keep
    /// it or is not trusted to.
    func weight(for size: UInt64) -> Int {
        guard standing.isTrusted, room >= size else { return 0 }
        let merit = max(1, min(4, Int(standing.score * 4)))
        return room / Self.roomyFactor >= size ? 2 * merit : merit
    }
}
