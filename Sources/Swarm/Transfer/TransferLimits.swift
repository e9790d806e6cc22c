import Wire

/// How much of its line a node may use for layers. Gossip does not count: it needs next to nothing.
public struct TransferLimits: Equatable, Sendable {
    /// Bytes a second that are fetched, over all peers; nil for no limit.
    public var download: UInt64?
    /// Bytes a second that are given out, over all peers; nil for no limit.
    public var upload: UInt64?
    /// Bytes a second that one peer is given; nil for no limit.
    public var uploadPerPeer: UInt64?
    /// Whether they hold for peers of the own network too: a laboratory's own cables are not what
    /// people limit.
    public var countsLocal: Bool

    /// Limits; none by default.
    public init(
        download: UInt64? = nil, upload: UInt64? = nil, uploadPerPeer: UInt64? = nil,
        countsLocal: Bool = false
    ) {
        self.download = download
        self.upload = upload
        self.uploadPerPeer = uploadPerPeer
        self.countsLocal = countsLocal
    }

    /// Whether they hold for a peer at an address.
    public func hold(for endpoint: Endpoint) -> Bool { countsLocal || endpoint.reach == .global }
}
