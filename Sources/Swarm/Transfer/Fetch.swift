import Genome
import Wire

/// What the owner asks for.
public struct FetchRequest: Equatable, Sendable {
    /// The layer.
    public let layer: Digest
    /// Whether evidence (run records, checkpoints, data) is fetched too.
    public let withEvidence: Bool
    /// The owner's signed statement that the terms are accepted, in its envelope; nil where the
    /// terms ask for none. Each source is told before it is asked for bytes.
    public let acceptance: [UInt8]?
    /// Sealed blobs under the contract `layer`, from these holders; nil for a layer.
    public let sealed: Sealed?
    /// Whether the layer counts as here although it lacks something that is to be brought.
    public let isRepair: Bool
    /// Whether files come from their beginning, for someone who reads them meanwhile.
    public let isSequential: Bool
    /// Which of several fetches goes first.
    public let priority: FetchPriority
    /// Whether it is to be kept as a mirror, which needs a right of its own.
    public var isMirroring = false
    /// Monotonic nanoseconds that it waits for a holder while none can be reached.
    public var patience = SwarmLimits.holderPatience

    /// Blobs that are fetched by themselves, without manifest.
    public struct Sealed: Equatable, Sendable {
        /// What is wanted.
        public let blobs: [BlobReference]
        /// Who has it.
        public let holders: [LayerHolders.Holder]

        /// A wish.
        public init(blobs: [BlobReference], holders: [LayerHolders.Holder]) {
            self.blobs = blobs
            self.holders = holders
        }
    }

    /// A request for a layer.
    public init(
        layer: Digest, withEvidence: Bool = false, acceptance: [UInt8]? = nil,
        isSequential: Bool = false, priority: FetchPriority = .normal
    ) {
        self.layer = layer
        self.withEvidence = withEvidence
        self.acceptance = acceptance
        self.isSequential = isSequential
        self.priority = priority
        sealed = nil
        isRepair = false
    }

    /// A request for what a layer that is here lacks.
    public init(repairing layer: Digest) {
        self.layer = layer
        withEvidence = false
        acceptance = nil
        sealed = nil
        isRepair = true
        isSequential = false
        priority = .normal
    }

    /// A request for sealed blobs under a contract.
    public init(contract: Digest, _ sealed: Sealed) {
        layer = contract
        withEvidence = false
        acceptance = nil
        self.sealed = sealed
        isRepair = false
        isSequential = false
        priority = .normal
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
    /// Its terms, its publisher or the owner of this node do not allow it.
    case refused(Refusal)
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

        /// Whether nothing comes after it.
        public var isEnd: Bool {
            switch self {
            case .done, .failed, .cancelled: true
            case .locating, .describing, .transferring: false
            }
        }
    }

    /// Where it is.
    public var phase: Phase
    /// Bytes of all blobs that the layer needs here; 0 while unknown.
    public var size: UInt64
    /// Bytes that arrived by this fetch.
    public var received: UInt64
    /// Bytes in which they came over lines: fewer where groups came coded.
    public var wire: UInt64 = 0
    /// Bytes that were here before.
    public var reused: UInt64
    /// Bytes by peer, in key order.
    public var sources: [Source]
    /// Why it waits, such as for a full disk; nil while it goes on.
    public var pause: String?
    /// Whether its owner has it wait.
    public var isPaused = false
    /// What keeps it from going faster; nil while it does not wait for bytes.
    public var slow: FetchSlowness?
    /// Which of several fetches goes first.
    public var priority = FetchPriority.normal

    /// A status.
    public init(
        phase: Phase, size: UInt64, received: UInt64, reused: UInt64, sources: [Source]
    ) {
        self.phase = phase
        self.size = size
        self.received = received
        self.reused = reused
        self.sources = sources
    }

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
    /// What the catalogue said; the first is the one that is believed until something speaks
    /// against it.
    var descriptions: [LayerHolders.Description] = []
    /// Peers whose manifest did not have the size that a description gave.
    var mismatches: [(peer: NodeKey, size: UInt64)] = []
    /// Who should have it, in the order they became known.
    var holders: [LayerHolders.Holder] = []
    /// With how many of them it wants sessions.
    var plan = SourcePlan()
    /// Those of them that only fetch it too, as others told.
    var sharers: Set<NodeKey> = []
    /// Monotonic nanoseconds when holders were asked who else fetches it; nil before.
    var sought: UInt64?
    /// Whether one of them has answered.
    var isSeekAnswered = false
    /// Peers that said they do not have it, and until when they are not asked again.
    var absent = OrderedTable<NodeKey, UInt64>()
    /// The DSSE envelope, once one arrived.
    var envelope: [UInt8]?
    /// The peer that sent it.
    var envelopeSource: NodeKey?
    /// The peers that were asked for it, and when.
    var envelopeAsked = OrderedTable<NodeKey, UInt64>()
    /// The manifest, once read and checked.
    var manifest: Manifest?
    /// The paths of its files of tensors, by blob.
    var tensorFiles: [Digest: String] = [:]
    /// Whether the shell is reading it.
    var isReadingManifest = false
    /// Whether the manifest's bytes came, perhaps before its signature.
    var isManifestHere = false
    /// Sessions whose peer was told that the terms are accepted.
    var accepted: Set<SessionNumber> = []
    /// Blobs not complete yet, in fetching order.
    var missing: [BlobReference] = []
    /// Blobs being downloaded for it.
    var open: [Digest] = []
    /// Whether the shell is taking the layer in.
    var isAdopting = false
    /// Set while there is no room to take the layer in.
    var shortage: Shortage?
    /// What peers did wrong.
    var faults: [PeerFault] = []
    /// Monotonic nanoseconds of the last step ahead.
    var progressed: UInt64
    /// Monotonic nanoseconds since when nobody can be asked; nil while somebody can.
    var strandedSince: UInt64?
    /// Monotonic nanoseconds before which the catalogue is not asked again.
    var nextLookup: UInt64 = 0
    /// Whether something happened that makes another question worth while.
    var isLookupWanted = true
    /// Monotonic nanoseconds of the last report.
    var reported: UInt64 = 0

    init(request: FetchRequest, at monotonic: UInt64) {
        self.request = request
        status.priority = request.priority
        progressed = monotonic
        guard let sealed = request.sealed else { return }
        holders = sealed.holders
        missing = sealed.blobs.sorted { $0.size < $1.size }
        isLookupWanted = false
        status.phase = .transferring
        status.size = sealed.blobs.reduce(0) { $0 + $1.size }
    }

    /// Whether its owner has it wait.
    var isPaused: Bool { status.isPaused }

    /// Which of several fetches goes first.
    var priority: FetchPriority { status.priority }

    /// The size of the manifest as far as it is known.
    var manifestSize: UInt64? { descriptions.first?.content.manifestSize }

    mutating func note(_ fault: PeerFault) {
        if faults.count < SwarmLimits.faultsKeptMax { faults.append(fault) }
    }

    mutating func credit(_ node: NodeKey, _ byteCount: UInt64, wire: UInt64) {
        status.received += byteCount
        status.wire += wire
        if let index = status.sources.firstIndex(where: { $0.node == node }) {
            status.sources[index].bytes += byteCount
        } else {
            status.sources.append(.init(node: node, bytes: byteCount))
            status.sources.sort { $0.node < $1.node }
        }
    }
}

/// Want of room on the disk.
struct Shortage: Equatable, Sendable {
    /// In words.
    let reason: String
    /// Monotonic nanoseconds of the next try.
    var until: UInt64
}

/// A blob on its way here, for one or more fetches.
struct Download: Sendable {
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
    /// Groups of which parts are here or asked for; they are not among the wanted ones.
    var parts = OrderedTable<UInt64, GroupParts>()
    /// Groups and parts asked for, those that were asked twice counted twice.
    var asked = 0
    /// Groups that are here and proven; nil before the store has opened it.
    var here: GroupSet?
    /// Groups that came coded and could not be read: they are asked for as they are.
    var plainGroups: Set<UInt64> = []
    /// Bytes that were asked of a second peer.
    var hedged: UInt64 = 0
    /// Groups that came since those who watch were told.
    var news: [UInt64] = []
    /// What peers have of it: those that answered `open`.
    var holdings = OrderedTable<SessionNumber, Holding>()
    /// Peers that were asked and have not answered: through which layer, and when they are
    /// asked again.
    var opening = OrderedTable<SessionNumber, Opening>()
    /// Whether the store is finishing it.
    var isCompleting = false
    /// Whether this machine is examined because of it, or was; nil while nothing speaks for that.
    var examination: Examination?

    /// A look whether this machine errs.
    enum Examination: Sendable {
        /// Under way: nobody is believed to have lied before it ends.
        case running
        /// It is sound.
        case passed
    }
    /// Set while the disk has no room for it.
    var shortage: Shortage?
    /// Set while this machine may hold parts of it that were not looked for yet.
    var search: Search?

    /// A look for parts of the blob on this machine.
    struct Search: Equatable, Sendable {
        /// So many first groups must be here before.
        let firstGroups: UInt64
        /// Set while it runs.
        var token: UInt64?
    }

    /// A question what a peer has.
    struct Opening: Equatable, Sendable {
        let layer: Digest
        let until: UInt64
    }

    /// Whether it can go on only by what peers send.
    var isWaitingForPeers: Bool {
        isOpen && !isCompleting && !isComplete && search?.token == nil
    }

    /// Whether a group is here and proven.
    func has(_ group: UInt64) -> Bool {
        guard let here, group < UInt64(here.count) else { return false }
        return here.contains(Int(group))
    }

    /// Whether others fetch the blob too and give out what they have of it.
    var isShared: Bool { holdings.values.contains(where: \.isPart) }

    var isComplete: Bool {
        isOpen && groups != nil && wanted.isEmpty && parts.isEmpty && asked == 0
    }

    /// Whether groups or leaves are left to ask for.
    var isWanting: Bool {
        !wanted.isEmpty || parts.entries.contains { !$0.value.free.isEmpty }
    }
}

/// A group, or a part of it, asked of a peer.
struct PendingGroup: Sendable {
    let session: SessionNumber
    /// The stripe that it was asked over; nil for the session's own connection.
    let stripe: SessionNumber?
    /// The peer of the session.
    let peer: NodeKey?
    let layer: Digest
    let blob: Digest
    let group: UInt64
    /// The leaves that were asked for; nil for the whole group.
    var leaves: Range<Int>?
    /// Bytes of the group, or of the part without its path.
    let byteCount: UInt64
    let asked: UInt64
    /// Whether it could come coded.
    var isCoded = false

    /// The leaves that were asked for.
    var leafSet: LeafSet { LeafSet(leaves ?? 0..<HashTree.leavesPerGroup) }

    /// Whether another request is for one of the same leaves.
    func overlaps(_ other: PendingGroup) -> Bool {
        group == other.group && blob == other.blob && leafSet.overlaps(other.leafSet)
    }
}
