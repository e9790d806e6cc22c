import Genome
import Wire

/// What the owner asks for.
public struct FetchRequest: Equatable, Sendable {
    /// The layer.
    public let layer: Digest
    /// Whether evidence (run records, checkpoints, data) is fetched too.
    public let withEvidence: Bool

    /// A request for a layer.
    public init(layer: Digest, withEvidence: Bool = false) {
        self.layer = layer
        self.withEvidence = withEvidence
    }
}

/// Why a fetch ended without the layer.
public enum FetchFailure: Error, Equatable, Sendable {
    /// No record speaks of the layer, or nobody who has it can be reached.
    case unreachable(String)
    /// Every holder sent something that is not what the ids say.
    case corrupt([PeerFault])
    /// The layer's own documents are wrong.
    case invalid(String)
    /// The store refused.
    case store(StoreProblem)
}

/// Bytes of a peer that did not match.
public struct PeerFault: Equatable, Sendable {
    /// The peer.
    public let node: NodeKey
    /// The blob.
    public let blob: Digest
    /// The group; nil when it was something other than a group.
    public let group: UInt64?
    /// What was wrong.
    public let reason: String
}

/// How a fetch stands.
public struct FetchStatus: Equatable, Sendable {
    /// Where a fetch is.
    public enum Phase: Equatable, Sendable {
        /// Looking for holders.
        case locating
        /// Reading signature and manifest.
        case describing
        /// Blobs are on their way.
        case transferring
        /// All is here.
        case done
        /// It ended without the layer.
        case failed(FetchFailure)
        /// The owner stopped it.
        case cancelled
    }

    /// Where it is.
    public var phase: Phase
    /// Bytes of all blobs that the layer needs here; 0 while unknown.
    public var size: UInt64
    /// Bytes that arrived by this fetch.
    public var received: UInt64
    /// Bytes that were here before.
    public var reused: UInt64
    /// Bytes by peer, in key order.
    public var sources: [Source]

    /// A peer's share.
    public struct Source: Equatable, Sendable {
        /// The peer.
        public let node: NodeKey
        /// Payload bytes from it.
        public var bytes: UInt64
    }

    /// Whether nothing more will happen.
    public var isOver: Bool {
        switch phase {
        case .done, .failed, .cancelled: true
        case .locating, .describing, .transferring: false
        }
    }
}

/// A layer on its way here.
struct Fetch: Sendable {
    let request: FetchRequest
    var status = FetchStatus(phase: .locating, size: 0, received: 0, reused: 0, sources: [])
    /// What records say of the layer, the one that is believed first. Anyone can sign a record
    /// about any layer; only the manifest tells which is true.
    var descriptions: [LayerHolders.Description] = []
    /// Who should have it, in the order they became known.
    var holders: [LayerHolders.Holder] = []
    /// The DSSE envelopes that arrived; the manifest tells which is good.
    var envelopes: [[UInt8]] = []
    /// The bytes of the manifest, once all are here.
    var manifestBytes: [UInt8]?
    /// The envelope with the publisher's signature.
    var envelope: [UInt8]?
    /// The peers that were asked for it, and when.
    var envelopeAsked = OrderedTable<NodeKey, UInt64>()
    /// Monotonic nanoseconds of the last step forward.
    var progressed: UInt64 = 0
    /// The manifest, once read and checked.
    var manifest: Manifest?
    /// Blobs not complete yet, in fetching order.
    var missing: [BlobReference] = []
    /// Blobs being downloaded for it.
    var open: [Digest] = []
    /// What peers did wrong.
    var faults: [PeerFault] = []
    /// Monotonic nanoseconds since when nobody can be asked; nil while somebody can.
    var strandedSince: UInt64?
    /// Monotonic nanoseconds of the next question to the catalogue.
    var nextLookup: UInt64 = 0
    /// Monotonic nanoseconds of the last report.
    var reported: UInt64 = 0

    mutating func credit(_ node: NodeKey, _ byteCount: UInt64) {
        status.received += byteCount
        if let index = status.sources.firstIndex(where: { $0.node == node }) {
            status.sources[index].bytes += byteCount
        } else {
            status.sources.append(.init(node: node, bytes: byteCount))
            status.sources.sort { $0.node < $1.node }
        }
    }
}

/// A blob on its way here, for one or more fetches.
struct Download: Sendable {
    /// The layer through which peers are asked.
    let layer: Digest
    let blob: Digest
    let size: UInt64
    /// The fetches that want it.
    var fetches: [FetchNumber]
    /// Whether the store has opened it.
    var isOpen = false
    /// The proven group layer; nil until it arrived.
    var groups: GroupLayer?
    /// Its pages so far.
    var pages: [GroupPage] = []
    /// The session asked for the next page, and when.
    var pageAsked: (session: SessionNumber, at: UInt64)?
    /// Groups neither here nor asked for, last one first.
    var wanted: [UInt64] = []
    /// Groups asked for.
    var asked = 0
    /// What peers have of it: those that answered `open`.
    var holdings = OrderedTable<SessionNumber, Holding>()
    /// Peers that were asked and have not answered, and when.
    var opening = OrderedTable<SessionNumber, UInt64>()
    /// Whether the store is finishing it.
    var isCompleting = false

    var isComplete: Bool { isOpen && groups != nil && wanted.isEmpty && asked == 0 }
}

/// A group asked of a peer.
struct PendingGroup: Sendable {
    let session: SessionNumber
    let blob: Digest
    let group: UInt64
    let asked: UInt64
}
