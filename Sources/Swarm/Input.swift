import Genome
import Wire

/// Number of a session, never used twice while the node runs.
public typealias SessionNumber = UInt64
/// Number of a fetch, chosen by the shell.
public typealias FetchNumber = UInt64

/// All that can happen to the core.
public enum Input: Sendable {
    /// The time that `Swarm.deadline` named has come.
    case wake

    // Sessions
    /// A channel stands and its two ends have proven their keys.
    case sessionOpened(SessionNumber, SessionFacts)
    /// The same of a connection that is to carry groups for the session with its peer.
    case stripeOpened(SessionNumber, SessionFacts)
    /// A dial came to nothing.
    case dialFailed(dial: UInt64, reason: String)
    /// A session or a stripe ended.
    case sessionClosed(SessionNumber, reason: String)
    /// A message arrived.
    case message(SessionNumber, Message)
    /// Answers `probe`: whether the expected key answered.
    case probed(dial: UInt64, isReached: Bool)
    /// The channel over a circuit that ends here is over, or never stood.
    case circuitEnded(CircuitEnd)
    /// Answers `findRelays`: nodes that relay for others, as their records say.
    case relaysFound([PeerAddress])

    // The local network
    /// The addresses of all interfaces that are up.
    case lanSurveyed([LanInterface])
    /// A datagram came in at the beacons' port, by the interface of that number.
    case beaconHeard([UInt8], from: Endpoint, interface: UInt32)
    /// A beacon left, or did not and why, in the system's words.
    case beaconSent(over: LanInterface, failure: String?)

    // Datagrams
    /// Answers `offerDatagrams`: the key is ready.
    case datagramsOffered(SessionNumber, DatagramOffer)
    /// A datagram that a session's peer sealed, and where it came from.
    case datagram(SessionNumber, Message, from: Endpoint)

    /// Answers `askSeen`: where the asked node sees this one.
    case seen(Endpoint, by: Endpoint)

    // Records: answers to effects
    /// Which of a batch have a good signature.
    case recordsVerified(batch: UInt64, isValid: [Bool])
    /// What became of a batch in the catalogue.
    case recordsStored(batch: UInt64, outcomes: [StoreOutcome])
    /// A page of the catalogue's ids for a peer that asked.
    case identifiersListed(SessionNumber, IdentifierPage)
    /// Those of a peer's ids that the catalogue lacks.
    case identifiersMissing(SessionNumber, [Digest])
    /// Answers `prepareSketch`.
    case sketchPrepared(SessionNumber, SketchRequest)
    /// Answers `makeSketch`; nil where it cannot be made.
    case sketchMade(SessionNumber, SketchFrame?)
    /// Answers `compareSketch`.
    case sketchCompared(SessionNumber, SketchComparison)
    /// Records that a peer asked for.
    case recordsFound(SessionNumber, [RecordFor<Everyone>])
    /// Answers `searchRecords`; nil where the catalogue cannot be searched.
    case recordsSearched(SessionNumber, search: SearchNumber, FoundRecords?)
    /// An own record was signed.
    case recordSigned(Record)

    // Commands of the owner
    /// Keep a session with whoever answers there, or with the node of the key over its relays.
    case join(endpoints: [Endpoint], key: NodeKey?, relays: [PeerAddress] = [])
    /// Ask others for layers; answered by the effect `searched`.
    case search(SearchNumber, LayerQuery)
    /// Nodes that a list names which the owner trusts, in place of those its signer named before.
    case bootstrap([PeerAddress], by: NodeKey)
    /// A layer is here, with all its blobs.
    case layerHeld(HeldLayer)
    /// A layer is here no more.
    case layerRemoved(Digest)
    /// The organisations that this node belongs to or issues for, as they are now.
    case organizations([KnownOrganization])
    /// What the owner lets this machine do, as it is now.
    case owner(OwnerPolicy)
    /// The keys that let this node act for them, as they are now.
    case delegations([Delegation])
    /// The keys that let a peer act for them.
    case delegationsFound(SessionNumber, [Delegation])
    /// Answers `findGranted`.
    case grantedFound(SessionNumber, [Digest])
    /// Answers `findCircle`: the newest records of a circle, newest first.
    case circleFound(CircleDomain, [Record])
    /// Sealed blobs are here and may be given out under a contract.
    case contractHeld(HeldContract)
    /// A contract is over, or not kept any more.
    case contractEnded(Digest)
    /// Ask a node to keep sealed blobs: the contract, the node, the signed request.
    case askHold(Digest, mirror: NodeKey, envelope: [UInt8])
    /// How this node answers a request to keep sealed blobs.
    case holdDecided(HoldRequest, HoldAnswer)
    /// Tell a mirror that a contract of this node is over: the contract, the node.
    case retractHold(Digest, mirror: NodeKey)
    /// A peer said that a contract of its own is over; nothing of it is here now.
    case holdOver(Digest, publisher: NodeKey)
    /// What the owner wants mirrored, as it is now, and the bytes for which there is room.
    case mirroring(MirrorSettings, room: UInt64)
    /// Answers `surveyCopies`.
    case copiesSurveyed(CopySurvey)
    /// Answers `takeCopy`: it is kept as a mirror's now, or why it is not.
    case copyTaken(Digest, failure: String?)
    /// Answers `askMirror` and `endMirror`.
    case mirrorAsked(Digest, failure: String?)
    /// This node's own record about a layer, to be offered to a peer.
    case offerFound(SessionNumber, layer: Digest, record: [UInt8])
    /// The end of the own journal with the proof that it follows from what a peer has seen.
    case journalProved(SessionNumber, CheckpointOffer)
    /// What this node says to a peer's journal.
    case witnessed(SessionNumber, WitnessWord)
    /// A peer's journal is not an honest one, and why.
    case witnessRefused(SessionNumber, String)
    /// A witness has seen more entries of the own journal than there are.
    case witnessAhead(SessionNumber, known: UInt64)
    /// Fetch a layer.
    case fetch(FetchNumber, FetchRequest)
    /// Stop a fetch; what arrived stays.
    case cancelFetch(FetchNumber)
    /// Pause a fetch, resume it, or put it before others.
    case changeFetch(FetchNumber, FetchChange)
    /// Ask a peer again that was banned.
    case forgive(NodeKey)
    /// How much of its line this node may use for layers, as it is now.
    case limits(TransferLimits)
    /// See now that all holders have a layer; answered by the effect `challengesEnded`.
    case challengeHolders(RoundNumber, ChallengeWish)
    /// The node goes down: say goodbye.
    case stop

    // Storage challenges: answers to effects
    /// What this node's own receipts say, from before this start.
    case challengesKnown(ChallengeMemory)
    /// A chain was read.
    case storageProved(UInt64, ChallengeProof)
    /// Who holds what a round is about, with addresses.
    case mirrorsFound(UInt64, [LayerHolders.Holder])
    /// A receipt of this node's own.
    case receiptSigned(StorageReceipt, isPublic: Bool)

    // Transfer: answers to effects
    /// Where a layer can be had.
    case holdersFound(FetchNumber, LayerHolders)
    /// What the store has of a blob.
    case blobOpened(blob: Digest, OpenedBlob)
    /// A group arrived, was proven and written; `wire` are the bytes in which it came over the
    /// line where these were fewer.
    case groupStored(SessionNumber, request: UInt64, byteCount: UInt64, wire: UInt64? = nil)
    /// A part of a group arrived, was proven and is kept in memory: its group lacks others. The
    /// one with which a group is whole is answered by `groupStored`, once that is written. `wire`
    /// are its bytes with the path.
    case partKept(SessionNumber, request: UInt64, byteCount: UInt64, wire: UInt64)
    /// A part of a group arrived for which there was no room in memory.
    case partLost(SessionNumber, request: UInt64)
    /// A group arrived, or a part of one, and is not what the blob's tree says.
    case groupRefuted(SessionNumber, request: UInt64)
    /// A group arrived coded and cannot be read, which need not be the peer's fault.
    case groupUnreadable(SessionNumber, request: UInt64)
    /// Whether this machine hashes what is known as it must.
    case selfExamined(blob: Digest, isSound: Bool)
    /// A group arrived but could not be written.
    case groupUnwritable(SessionNumber, request: UInt64, reason: StoreProblem)
    /// A search on this machine ended: the groups that are here now, and, where another search is
    /// worth while later, how many first groups it needs.
    case groupsFound(blob: Digest, token: UInt64, bitmap: [UInt8], firstGroups: UInt64?)
    /// A blob is complete and durable.
    case blobCompleted(blob: Digest)
    /// A blob could not be completed.
    case blobFailed(blob: Digest, StoreProblem)
    /// A manifest that a fetch completed, with what is known here about the layer.
    case manifestRead(FetchNumber, ReadManifest)
    /// The layer is in the index, journaled and linked.
    case layerAdopted(FetchNumber, HeldLayer)
    /// The layer could not be taken in.
    case adoptionFailed(FetchNumber, StoreProblem)
    /// A page of group values has left for a peer.
    case pageServed(SessionNumber)
    /// An answer to a peer's request has left.
    case served(SessionNumber, request: UInt64, byteCount: UInt64)
}

/// What came of a peer's sketch beside the own catalogue.
public struct SketchComparison: Equatable, Sendable {
    /// What is on one side only; nil where the symbols were too few to tell.
    public let difference: SetSketch.Difference?
    /// The peer's records, more or fewer.
    public let gap: UInt64

    /// What came of it.
    public init(gap: UInt64, difference: SetSketch.Difference?) {
        (self.gap, self.difference) = (gap, difference)
    }
}

/// A manifest as the disk gave it, with what is known here about its layer.
public struct ReadManifest: Sendable {
    /// The document that its bytes hold, or what is wrong with them.
    public let manifest: Result<Manifest, GenomeError>
    /// What contradicts its terms, if anything that is here does.
    public let contradiction: LicenceRefusal?
    /// What was said about the layer and is kept here, checked.
    public let statements: [Statement]
    /// Why its blobs, all together, have no room here, if they have none.
    public let shortage: StoreProblem?

    /// What was found in bytes that nobody read yet; none when they could not be read.
    public init(
        bytes: [UInt8], contradiction: LicenceRefusal? = nil, statements: [Statement] = [],
        shortage: StoreProblem? = nil
    ) {
        self.init(
            Result { () throws(GenomeError) in try Manifest.decode(bytes) },
            contradiction: contradiction, statements: statements, shortage: shortage)
    }

    /// What was found.
    public init(
        _ manifest: Result<Manifest, GenomeError>, contradiction: LicenceRefusal? = nil,
        statements: [Statement] = [], shortage: StoreProblem? = nil
    ) {
        self.manifest = manifest
        self.contradiction = contradiction
        self.statements = statements
        self.shortage = shortage
    }
}

/// Who is at the other end of a session.
public struct SessionFacts: Equatable, Sendable {
    /// The proven key.
    public let peer: NodeKey
    /// The address it talks from or was dialled at.
    public let endpoint: Endpoint
    /// Whether this node dialled.
    public let isInitiator: Bool
    /// The dial that made it, when this node dialled.
    public let dial: UInt64?
    /// What it runs over.
    public let path: SessionPath
    /// Nanoseconds of a round trip, as the connection's beginning showed; nil where it is not
    /// known.
    public let roundTrip: UInt64?

    /// Nanoseconds of a round trip from which on a path is more than a local network.
    public static let farRoundTrip: UInt64 = 5_000_000

    /// Facts of a session.
    public init(
        peer: NodeKey, endpoint: Endpoint, isInitiator: Bool, dial: UInt64?,
        path: SessionPath = .direct, roundTrip: UInt64? = nil
    ) {
        self.peer = peer
        self.endpoint = endpoint
        self.isInitiator = isInitiator
        self.dial = dial
        self.path = path
        self.roundTrip = roundTrip
    }
}

/// What a session runs over.
public enum SessionPath: Equatable, Sendable {
    /// A connection that one side made to where the other listens.
    case direct
    /// The same, made from the port that this node listens on: the address that the peer sees is
    /// the one that others would call.
    case directFromPort
    /// A connection that both sides made at once, through their routers.
    case punched
    /// A circuit of a relay, of which only the relay's address is known.
    case relayed(by: NodeKey, CircuitEnd)

    /// Whether the peer's address is its own and says something of where it, or this node, is.
    public var isOwn: Bool { self == .direct || self == .directFromPort }
    /// Whether a relay passes everything on.
    public var isRelayed: Bool {
        if case .relayed = self { true } else { false }
    }
}

/// One end of a relay's circuit: the session that it runs over and its number there.
public struct CircuitEnd: Hashable, Comparable, Sendable {
    /// The session between the relay and its client.
    public let session: SessionNumber
    /// The circuit's number on it.
    public let circuit: UInt64

    /// An end.
    public init(session: SessionNumber, circuit: UInt64) {
        (self.session, self.circuit) = (session, circuit)
    }

    /// By session, then circuit.
    public static func < (left: CircuitEnd, right: CircuitEnd) -> Bool {
        (left.session, left.circuit) < (right.session, right.circuit)
    }
}

/// What became of a record in the catalogue.
public enum StoreOutcome: Equatable, Sendable {
    /// New: it took its place.
    case fresh
    /// A newer record has its place, or it is there already.
    case superseded
    /// The publisher signed two records with one sequence; the lower id stays.
    case equivocation
    /// Refused: the catalogue is full, the key is revoked, or no delegation covers the signer.
    case refused(String)
    /// It could not be kept now, as when the disk is full, and why: it may come again.
    case failed(StoreProblem)
}

/// What the store has of a blob.
public enum OpenedBlob: Sendable {
    /// All of it.
    case complete
    /// The groups whose bits are set; the group layer once it is known; whether a search on this
    /// machine may find more, once it is.
    case partial(bitmap: [UInt8], layer: GroupLayer?, isWorthSearch: Bool = false)
    /// It cannot be taken in.
    case failed(StoreProblem)
}

/// Why the store cannot do something, with what a person needs to act.
public struct StoreProblem: Equatable, Sendable {
    /// The kind, as the command's error code names it.
    public enum Kind: String, Sendable {
        /// No room, or none allowed.
        case quota
        /// The disk or a file failed.
        case `internal`
        /// Stored bytes are not what they were.
        case corrupt
        /// It seems to be made from another publisher's layer and does not say so.
        case licence
    }

    /// The kind.
    public let kind: Kind
    /// In words.
    public let reason: String
    /// Whether it may be over in a while without anybody asking anew, as a full disk may.
    public let mayPass: Bool

    /// A problem.
    public init(_ kind: Kind, _ reason: String, mayPass: Bool = false) {
        self.kind = kind
        self.reason = reason
        self.mayPass = mayPass
    }
}
