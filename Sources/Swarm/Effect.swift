import Genome
import Wire

/// All that the core can ask of the shell. Effects are carried out in order; answers come back
/// as inputs.
public enum Effect: Sendable {
    // Sessions
    /// Connect and shake hands; answered by `sessionOpened` or `dialFailed`.
    case dial(UInt64, endpoints: [Endpoint], expected: NodeKey?)
    /// The same from the port that this node listens on, or from any where that port cannot be
    /// used.
    case dialFromPort(UInt64, endpoints: [Endpoint], expected: NodeKey?)
    /// Connect and shake hands for a connection that carries groups for the session with that
    /// peer; answered by `stripeOpened` or `dialFailed`.
    case dialStripe(UInt64, endpoints: [Endpoint], expected: NodeKey)
    /// Connect and see whether the expected key answers, without a session; answered by `probed`.
    case probe(UInt64, Endpoint, expected: NodeKey)
    /// Shake hands over a circuit; answered as `dial` is, and at the end by `circuitEnded`.
    case dialThrough(UInt64, CircuitEnd, expected: NodeKey)
    /// Let a node shake hands over a circuit that it opened; ends with `circuitEnded`.
    case answerThrough(CircuitEnd, from: NodeKey)
    /// A circuit that ends here is over.
    case endCircuit(CircuitEnd, reason: String)
    /// Call from the port that this node listens on while the peer does the same, after a wait of
    /// so many nanoseconds; answered as `dial` is. One side of the handshake is decided beforehand.
    case punch(UInt64, endpoints: [Endpoint], expected: NodeKey, isInitiator: Bool, after: UInt64)
    /// Find nodes that relay for others; answered by `relaysFound`.
    case findRelays
    /// Send a message.
    case send(SessionNumber, Message)
    /// Say goodbye with a reason and close.
    case close(SessionNumber, reason: String)

    /// This node's key was met elsewhere, in a session, in a record or in the words of peers: to be
    /// remembered.
    case keyMetElsewhere(Twin)

    /// Keep the address book for the next start, in place of the last one. Not answered.
    case keepAddresses([UInt8])

    // The local network
    /// Look at the interfaces; answered by `lanSurveyed`.
    case surveyLan
    /// Send a datagram to all machines behind an interface, from its address; answered by
    /// `beaconSent`.
    case sendBeacon([UInt8], over: LanInterface)
    /// Send a datagram to one machine by the interface of that number. Not answered.
    case answerBeacon([UInt8], to: Endpoint, interface: UInt32)

    // Datagrams
    /// Choose a key at random by which a session's peer is heard, and hear by it; answered by
    /// `datagramsOffered`.
    case offerDatagrams(SessionNumber)
    /// Seal for a session's peer by what it offered, from now on. Not answered.
    case useDatagrams(SessionNumber, DatagramOffer)
    /// Forget the keys of a session. Not answered.
    case endDatagrams(SessionNumber)
    /// Send a message of a session in a datagram; it may be lost. Not answered.
    case sendDatagram(SessionNumber, Message, to: Endpoint)

    /// Ask the node there, as a stranger, at which address it sees this one; answered by `seen`
    /// where it does.
    case askSeen(Endpoint)

    // Records
    /// Check signatures; answered by `recordsVerified`.
    case verifyRecords(batch: UInt64, [Record])
    /// Put records in their places; answered by `recordsStored`.
    case storeRecords(batch: UInt64, [Record])
    /// List ids above one for a peer; answered by `identifiersListed`.
    case listIdentifiers(SessionNumber, after: Digest?)
    /// Make a question of so many symbols that tells the own first symbol under the peer's salt;
    /// answered by `sketchPrepared`.
    case prepareSketch(SessionNumber, salt: SketchSalt, count: Int)
    /// Make the catalogue's sketch for a peer; answered by `sketchMade`.
    case makeSketch(SessionNumber, SketchRequest)
    /// Hold a peer's sketch against the own catalogue; answered by `sketchCompared`.
    case compareSketch(SessionNumber, SketchFrame)
    /// Find records by the first bytes of their ids; answered by `recordsFound`.
    case findItems(SessionNumber, [UInt64])
    /// Which of these ids the catalogue lacks; answered by `identifiersMissing`.
    case filterMissing(SessionNumber, [Digest])
    /// Find records for a peer; answered by `recordsFound`.
    case findRecords(SessionNumber, [Digest])
    /// Search the records for everyone for a peer; answered by `recordsSearched`.
    case searchRecords(SessionNumber, search: SearchNumber, LayerQuery)
    /// What others answered to a search of the owner.
    case searched(SearchNumber, SearchResult)
    /// Sign an own record; answered by `recordSigned`.
    case signRecord(UnsignedRecord)
    /// Remove what has expired.
    case expireRecords(wall: UInt64)

    // Transfer
    /// Who has a layer; answered by `holdersFound`.
    case findHolders(FetchNumber, layer: Digest)
    /// Open or make room for a blob; answered by `blobOpened`.
    case openBlob(blob: Digest, size: UInt64)
    /// Keep a proven group layer beside the partial blob.
    case saveGroupLayer(GroupLayer)
    /// Look for parts of a blob on this machine; answered by `groupsFound` with the same token.
    case searchBlob(blob: Digest, token: UInt64)
    /// Hash what is known, in much memory: two peers' bytes for one group of a blob did not match.
    /// Answer with `selfExamined`.
    case examineSelf(blob: Digest)
    /// Ask for a group, or a part of one, and check it against its layer on arrival; answered by
    /// `groupStored`, `groupRefuted`, `groupUnwritable` or a `reject` message, for a part also by
    /// `partKept` or `partLost`.
    case requestGroup(SessionNumber, GroupRequest, GroupLayer)
    /// Forget the parts of a group that are in memory: it is wanted whole, or was found. Those of
    /// one that is written, or of a blob that is let go, are forgotten without a word. Not
    /// answered.
    case dropParts(blob: Digest, group: UInt64)
    /// Finish a blob whose groups are all here; answered by `blobCompleted` or `blobFailed`.
    case completeBlob(blob: Digest)
    /// Read a completed manifest and see that there is room for its blobs; answered by
    /// `manifestRead`.
    case readManifest(FetchNumber, layer: Digest, withEvidence: Bool)
    /// Take a layer in whose blobs are all here; answered by `layerAdopted`.
    case adoptLayer(FetchNumber, layer: Digest, manifest: [UInt8], envelope: [UInt8])
    /// Let go of a partial blob that no fetch wants any more; its bytes stay.
    case releaseBlob(blob: Digest)
    /// Answer a peer's `get` with data; answered by `served`.
    case serveGroup(SessionNumber, GroupRequest)
    /// Keep what a peer said about a layer that is here: a statement in its envelope, whose
    /// signature was checked. Not answered.
    case keepStatement([UInt8])
    /// A publisher that the owner allows it asks this node to keep sealed blobs: the request in
    /// its envelope, whose signature was checked. Answered by `holdDecided`.
    case considerHold([UInt8])
    /// A peer says that a contract is over. Of contracts that are its own nothing is to be kept;
    /// answered by `holdOver` in any case.
    case considerHoldEnd(Digest, by: NodeKey)
    /// A mirror answered this node's request. Not answered.
    case holdAnswered(Digest, HoldAnswer)
    /// Read what catalogue and store say of layers that are followed or kept, and of who mirrors;
    /// answered by `copiesSurveyed`.
    case surveyCopies(MirrorSettings)
    /// Fetch a layer as a mirror, or keep as a mirror what is here; answered by `copyTaken`.
    case takeCopy(Digest)
    /// Let a mirrored layer be one that is only cached. Not answered.
    case releaseCopy(Digest)
    /// Ask a mirror to keep a sealed copy of an own layer, or end the contracts with it; answered
    /// by `mirrorAsked`.
    case askMirror(Digest, NodeKey)
    case endMirror(Digest, NodeKey)
    /// Keep a document of an organisation that this node belongs to. Not answered.
    case keepCredential([UInt8])
    /// Find which of these keys let a peer act for them; answered by `delegationsFound`.
    case findDelegations(SessionNumber, NodeKey, of: Set<NodeKey>)
    /// Find this node's own record about a layer, or its end, at its place; answered by
    /// `offerFound` when there is one that is not for everyone.
    case findOffer(SessionNumber, layer: Digest, at: SlotKey)
    /// Find the layers of which a peer's own records for named keys are here, at most
    /// `Message.grantsMax`; answered by `grantedFound`.
    case findGranted(SessionNumber, NodeKey)
    /// Remove a peer's own records for named keys about these layers. Not answered.
    case forgetGranted([Digest], by: NodeKey)
    /// Find the newest records of a circle, `CircleLimits.foundMax` at most; answered by
    /// `circleFound`.
    case findCircle(CircleDomain, limit: Int)
    /// Write down how a request of a peer was decided. Not answered.
    case noteDecision(PermissionRequest, layer: Digest, Decision)
    /// Prove to a trusted peer what came to the journal since it had `known` entries; answered by
    /// `journalProved` where there is something to show.
    case proveJournal(SessionNumber, NodeKey, known: UInt64)
    /// Bear witness of a peer's journal; answered by `witnessed` unless it is not honest.
    case witness(SessionNumber, NodeKey, CheckpointOffer)
    /// Keep a witness's word on the own journal, if it is one. Not answered.
    case keepCosignature(String)
    /// Drop the answer to a peer's `get` if it has not begun to leave.
    case cancelServing(SessionNumber, request: UInt64)
    /// Answer a peer's `groupsRequest` with a page; answered by `pageServed`.
    case serveGroupPage(SessionNumber, blob: Digest, page: UInt64)

    // Storage challenges
    /// Read a chain of leaves; answered by `storageProved`.
    case proveStorage(UInt64, ChallengeWork)
    /// Who says that it holds a public layer, or where these nodes are; answered by
    /// `mirrorsFound`.
    case findMirrors(UInt64, layer: Digest?, [NodeKey])
    /// Sign a verdict and keep the receipt in the journal; answered by `receiptSigned`.
    case signReceipt(StorageReceipt.Draft, isPublic: Bool)
    /// Keep a receipt about this node, whose signatures were checked. Not answered.
    case keepReceipt(StorageReceipt, isPublic: Bool)
    /// How a round of challenges ended that somebody waits for.
    case challengesEnded(RoundNumber, ChallengeReport)

    // People
    /// How a fetch stands.
    case fetchChanged(FetchNumber, FetchStatus)
    /// Something the owner should find in the log.
    case log(String)
}
