import Genome
import Wire

/// One node's behaviour towards its peers: what it hears becomes state, and what it wants done
/// becomes effects. No I/O, no clock, no global randomness: the same inputs give the same
/// effects in every process.
///
/// Read `Input` and `Effect` first: they are the whole interface. The shell feeds one input
/// after the other, carries out the effects in order, and feeds `wake` when `deadline` comes.
public struct Swarm: Sendable {
    /// What the owner decided.
    public internal(set) var settings: Settings
    /// Peers with a standing channel.
    public internal(set) var sessions = OrderedTable<SessionNumber, Session>()
    /// Peers and addresses to dial.
    var contacts: [Contact] = []
    /// Addresses that are known.
    package internal(set) var addresses: AddressBook
    /// Nodes that have no address which may be dialled, oldest first.
    var outOfReach: [NodeKey] = []
    /// Nodes that the owner's lists name.
    var bootstrapping = Bootstrapping()
    /// The short call under way, and when the next is due.
    var feeling = Feeling()
    /// When the address book is written next, and what of it was.
    var keeping = AddressKeeping()
    /// Storage challenges, of others and of this node's own.
    var auditing: Auditing
    /// Peers that sent bytes which did not match, until when they are not asked.
    public internal(set) var bans = BanLedger()
    /// Who was not let in.
    var admission = AdmissionCounters()
    /// Neighbours in the overlay, and news among them.
    package internal(set) var neighbourhood: Neighbourhood
    /// Finding nodes of the local network; nil where that is off.
    public internal(set) var beacons: LocalBeacons?
    /// News on its way through this node.
    var gossip = Gossip()
    /// Datagrams inside sessions.
    var datagrams = DatagramPaths()
    /// What is known of this node's own place in the network.
    var reaching = Reaching()
    /// How it stands with relays.
    var relaying = Relaying()
    /// Connections through routers that are being made.
    var punching = Punching()
    /// This machine's clock beside those of its peers.
    var clockWatch = ClockWatch()
    /// Searches that others are asked.
    var asking = Asking()
    /// When a light node looks for others to ask.
    var light = LightLook()
    /// Whether this node's key runs elsewhere too.
    var twinWatch = TwinWatch()
    /// What this node says of itself.
    var publishing = Publishing()
    /// Organisations that this node belongs to or issues for.
    var organizations = OrderedTable<NodeKey, KnownOrganization>()
    /// News among their members.
    var circleNews: CircleNews
    /// Sealed blobs that are given out under contracts.
    var contracts = OrderedTable<Digest, HeldContract>()
    /// Hold requests of this node that are not answered finally, by contract.
    var holds = OrderedTable<Digest, PendingHold>()
    /// Contracts of this node that are over and whose mirrors may not have heard so.
    var ends = OrderedTable<Digest, NodeKey>()
    /// Answers to requests of others that they may not have heard, by contract.
    var answers = OrderedTable<Digest, PendingAnswer>()
    /// What this node mirrors, and who else does.
    var mirroring = Mirroring()
    /// Layers that are here.
    var held = OrderedTable<Digest, HeldLayer>()
    /// Layers that are here no more and that not everyone could know of.
    var gone = OrderedTable<Digest, HeldLayer>()
    /// Publishers and grantees of layers that are here: whose delegations to peers matter.
    var principals: Set<NodeKey> = []
    /// Layers on their way here.
    var fetches = OrderedTable<FetchNumber, Fetch>()
    /// Blobs on their way here.
    var downloads = OrderedTable<Digest, Download>()
    /// Layers on their way here of which this node gives out what came, and the fetches that bring
    /// them.
    var offered = OrderedTable<Digest, HeldLayer>()
    var fetchingOffered: [Digest: Set<FetchNumber>] = [:]
    /// Groups that peers wait for.
    var serving = ServeQueue()
    /// Further connections that carry groups, by their numbers.
    var stripes = OrderedTable<SessionNumber, Stripe>()
    /// How much of its line this node may use for layers, and what may be fetched now.
    var limits = TransferLimits()
    var downloadBudget: ByteBudget?
    /// Chance for the order of groups: of its own, so that what is fetched moves nothing that
    /// others see.
    var transferGenerator: SeededGenerator
    /// Requests that peers have not answered yet.
    var requests = OrderedTable<UInt64, PendingGroup>()
    /// Peers to which a connection broke with groups on their way, and until when that counts.
    var broken = OrderedTable<NodeKey, UInt64>()
    /// Those that were given up and may be answered all the same.
    var givenUp = OrderedTable<UInt64, PendingGroup>()
    var nextRequest: UInt64 = 1
    var nextDial: UInt64 = 1
    var generator: SeededGenerator
    /// Chance for what hides memberships, apart from the other: how much of it is drawn must not
    /// move what everyone sees.
    var veil: SeededGenerator
    var now = Moment(monotonic: 0, wall: 0)
    var effects: [Effect] = []
    var isStopping = false
    /// Whether this input made it worth while to ask for groups.
    var isAssignmentDue = false
    private var lastWake: UInt64 = 0
    /// When fetches were last looked at.
    private var lastLook: UInt64 = 0
    /// Monotonic nanoseconds of the next turn of what needs no haste. Whether fetches go on does
    /// not move it: what a node says to everyone must not tell when it fetches.
    private var nextTurn: UInt64 = 0

    /// A node that has heard nothing yet.
    public init(_ settings: Settings) {
        self.settings = settings
        generator = SeededGenerator(seed: settings.seed)
        veil = SeededGenerator(seed: settings.seed ^ 0x7665_696c)
        circleNews = CircleNews(seed: settings.seed)
        transferGenerator = SeededGenerator(seed: settings.seed ^ 0x6772_6f75_7073)
        addresses = settings.addresses ?? .following(settings.seed)
        addresses.reseed(settings.seed)
        auditing = Auditing(seed: settings.seed, secret: settings.challengeSecret)
        self.settings.addresses = nil
        neighbourhood = Neighbourhood(
            own: PeerAddress(key: settings.node, endpoints: settings.endpoints),
            seed: generator.next())
        beacons = settings.lan.map { LocalBeacons($0, seed: settings.seed) }
        relaying.desk = settings.relay.map { RelayDesk($0) }
        publishing.lastSequence = settings.lastSequence
        publishing.lastHidden = settings.lastSequence
    }

    /// Takes one input and gives what is to be done.
    public mutating func handle(_ input: Input, at now: Moment) -> [Effect] {
        self.now = now
        switch input {
        case .wake: wake()
        case .sessionOpened, .stripeOpened, .dialFailed, .sessionClosed, .join, .bootstrap, .stop:
            handleSession(input)
        case .message(let connection, let message):
            if stripes[connection] == nil {
                receive(message, from: connection)
            } else {
                receive(message, over: connection)
            }
        case .probed(let dial, let isReached): probed(dial, isReached)
        case .circuitEnded(let end): circuitEnded(end)
        case .relaysFound(let relays): relaysFound(relays)
        case .recordsVerified, .recordsStored, .identifiersListed, .identifiersMissing,
            .sketchPrepared, .sketchMade, .sketchCompared, .recordsFound, .recordSigned,
            .recordsSearched, .search:
            handleGossip(input)
        case .lanSurveyed, .beaconHeard, .beaconSent: handleLan(input)
        case .datagramsOffered(let number, let offer): datagramsOffered(number, offer)
        case .datagram(let number, let message, let source):
            receive(datagram: message, of: number, from: source)
        case .seen(let place, let other): seen(at: place, by: other)
        case .layerHeld(let layer): hold(layer)
        case .layerRemoved(let layer): drop(layer)
        case .journalProved, .witnessed, .witnessRefused, .witnessAhead, .organizations, .owner,
            .delegations, .delegationsFound, .offerFound, .grantedFound, .circleFound,
            .contractHeld, .contractEnded, .askHold, .holdDecided, .retractHold, .holdOver:
            handleCircles(input)
        case .challengeHolders, .challengesKnown, .storageProved, .mirrorsFound, .receiptSigned:
            handleChallenges(input)
        case .mirroring, .copiesSurveyed, .copyTaken, .mirrorAsked: handleMirrors(input)
        default: handleTransfer(input)
        }
        assignGroupsIfDue()
        defer { effects = [] }
        return effects
    }

    private mutating func handleSession(_ input: Input) {
        switch input {
        case .sessionOpened(let number, let facts): open(number, facts)
        case .stripeOpened(let number, let facts): stripeOpened(number, facts)
        case .dialFailed(let dial, let reason):
            if !stripeFailed(dial) { dialFailed(dial, reason) }
        case .sessionClosed(let number, let reason):
            if stripes[number] == nil { closed(number, reason) } else { stripeClosed(number) }
        case .join(let endpoints, let key, let relays):
            join(endpoints: endpoints, key: key, relays: relays)
        case .bootstrap(let peers, let signer): takeBootstrap(peers, by: signer)
        case .stop: stop()
        default: break
        }
    }

    private mutating func handleGossip(_ input: Input) {
        switch input {
        case .recordsVerified(let batch, let isValid): recordsVerified(batch, isValid)
        case .recordsStored(let batch, let outcomes): recordsStored(batch, outcomes)
        case .identifiersListed(let session, let page):
            answered(session)
            send(.identifiers(page), to: session)
        case .identifiersMissing(let session, let ids): want(ids, from: session)
        case .sketchPrepared(let session, let request): sketchPrepared(session, request)
        case .sketchMade(let session, let frame):
            answered(session)
            if let frame { send(.sketch(frame), to: session) }
        case .sketchCompared(let session, let found): sketchCompared(session, found)
        case .recordsFound(let session, let records):
            answered(session)
            sendRecords(records, to: session)
        case .recordSigned(let record): announce(record)
        case .search(let number, let query): search(number, query)
        case .recordsSearched(let session, let search, let found):
            recordsSearched(session, search, found)
        default: break
        }
    }

    private mutating func handleCircles(_ input: Input) {
        switch input {
        case .organizations(let known): organizationsChanged(known)
        case .owner(let policy):
            settings.owner = policy
            publishing.nodeDue = min(publishing.nodeDue, now.monotonic)
            for layer in held.values { hold(layer) }
        case .delegations(let delegations): delegationsChanged(to: delegations)
        case .delegationsFound(let session, let found): delegationsFound(session, found)
        case .circleFound(let circle, let records): circleFound(circle, records)
        case .offerFound(let session, let layer, let record):
            offerFound(session, layer, record)
        case .grantedFound(let session, let layers): askGranted(layers, of: session)
        case .journalProved(let session, let offer): journalProved(session, offer)
        case .witnessed(let session, let word): send(.cosignature(word), to: session)
        case .witnessRefused(let session, let reason):
            blame(session, "showed a journal that is not honest: \(reason)")
        case .witnessAhead(let session, let known): witnessAhead(session, known)
        default: handleHolds(input)
        }
    }

    private mutating func handleHolds(_ input: Input) {
        switch input {
        case .contractHeld(let contract): hold(contract: contract)
        case .contractEnded(let contract): endHold(contract)
        case .askHold(let contract, let mirror, let envelope):
            askHold(contract, of: mirror, envelope)
        case .holdDecided(let request, let answer): holdDecided(request, answer)
        case .retractHold(let contract, let mirror): retractHold(contract, from: mirror)
        case .holdOver(let contract, let publisher): holdOver(contract, publisher)
        default: break
        }
    }

    private mutating func handleChallenges(_ input: Input) {
        switch input {
        case .challengeHolders(let asker, let wish): challengeHolders(asker, wish)
        case .challengesKnown(let memory): remember(memory)
        case .storageProved(let work, let proof): storageProved(work, proof)
        case .mirrorsFound(let round, let holders): mirrorsFound(round, holders)
        case .receiptSigned(let receipt, let isPublic): receiptSigned(receipt, isPublic: isPublic)
        default: break
        }
    }

    private mutating func handleMirrors(_ input: Input) {
        switch input {
        case .mirroring(let settings, let room): take(settings, room: room)
        case .copiesSurveyed(let survey): surveyed(survey)
        case .copyTaken(let layer, let failure): copyTaken(layer, failure: failure)
        case .mirrorAsked(let layer, let failure): mirrorAsked(layer, failure: failure)
        default: break
        }
    }

    private mutating func handleTransfer(_ input: Input) {
        switch input {
        case .fetch(let number, let request): startFetch(number, request)
        case .cancelFetch(let number): endFetch(number, .cancelled)
        case .changeFetch(let number, let change): changeFetch(number, change)
        case .limits(let limits): take(limits)
        case .forgive(let peer): forgive(peer)
        case .holdersFound(let number, let holders): holdersFound(number, holders)
        case .blobOpened(let blob, let state): blobOpened(blob, state)
        case .groupStored(_, let request, let byteCount, let wire):
            groupStored(request, byteCount, wire: wire ?? byteCount)
        case .partKept(_, let request, let byteCount, let wire):
            partKept(request, byteCount, wire: wire)
        case .partLost(_, let request): partLost(request)
        case .groupUnreadable(_, let request): groupUnreadable(request)
        case .groupRefuted(_, let request): groupRefuted(request)
        case .selfExamined(let blob, let isSound): selfExamined(blob, isSound: isSound)
        case .groupUnwritable(_, let request, let problem): groupUnwritable(request, problem)
        case .groupsFound(let blob, let token, let bitmap, let firstGroups):
            groupsFound(blob, token: token, bitmap, firstGroups: firstGroups)
        case .blobCompleted(let blob): blobCompleted(blob)
        case .blobFailed(let blob, let problem): lacksRoom(blob, problem)
        case .manifestRead(let number, let found): manifestRead(number, found)
        case .layerAdopted(let number, let layer): layerAdopted(number, layer)
        case .adoptionFailed(let number, let problem): adoptionFailed(number, problem)
        case .served(let session, let request, let byteCount): served(session, request, byteCount)
        case .pageServed(let session): answered(session)
        default: break
        }
    }

    /// When `wake` is due, in monotonic nanoseconds. Counted from the last one, so that a stream
    /// of other inputs cannot put it off.
    public var deadline: UInt64 {
        let fetching = fetches.isEmpty ? .max : lastLook + Span.reportTick
        return min(openDeadline, circleNews.deadline, fetching)
    }

    /// The same for what everyone sees, at a whole millisecond: neither members' news nor fetches
    /// move it, and what is due for one peer is done at the same moment whatever else there was to
    /// wake for. A stranger cannot tell from when he is pinged whether others have something to do
    /// here.
    private var openDeadline: UInt64 {
        let overlay = settings.isLight ? .max : neighbourhood.deadline
        let soonest = min(
            overlay, beacons?.deadline ?? .max, relaying.desk?.deadline ?? .max,
            asking.deadline, datagrams.due)
        let served = serving.readyAt(now) ?? .max
        let due = max(min(nextTurn, served, soonest), lastWake + 1)
        let late = due % Span.millisecond
        return late == 0 || due > .max - Span.millisecond ? due : due - late + Span.millisecond
    }

    private mutating func wake() {
        // Whoever wakes this node early wants all of it.
        let isEarly = now.monotonic < deadline
        let isOpen = isEarly || openDeadline <= now.monotonic
        let isForFetches = isOpen || now.monotonic - lastLook >= Span.reportTick
        wakeCircles()
        if isOpen { wakeOpen() }
        guard isForFetches else { return }
        lastLook = now.monotonic
        dialWanted()
        endSearches()
        watchFetches()
        watchStripes()
        serveNext()
    }

    /// What has its time whoever fetches and whoever is a member.
    private mutating func wakeOpen() {
        lastWake = now.monotonic
        if nextTurn <= now.monotonic {
            nextTurn = now.monotonic + Span.second
            turn()
        }
        if !isStopping {
            if !settings.isLight { perform(neighbourhood.wake(at: now.monotonic)) }
            if let wanted = beacons?.wake(at: now.monotonic) { perform(wanted) }
            if let wanted = relaying.desk?.wake(at: now.monotonic) { perform(wanted) }
            wakeDatagrams()
        }
    }

    private mutating func turn() {
        bans.expire(at: now.monotonic)
        tidyStripes()
        watchClock()
        watchTwin()
        watchSessions()
        watchSubnets()
        checkGrantsIfDue()
        renewDatagrams()
        askSeenIfDue()
        watchCircles()
        watchRelays()
        watchPunches()
        watchReach()
        dialContacts()
        if !isStopping {
            if !settings.isLight { callAnchors() }
            callBootstrapIfAlone()
            feelIfDue()
            findAnswerersIfDue()
            keepAddressesIfDue()
        }
        reconcileIfDue()
        publishIfDue()
        askWitnessesIfDue()
        auditIfDue()
        watchCopies()
    }

    private mutating func stop() {
        isStopping = true
        keepAddresses()
        for number in sessions.keys { effects.append(.close(number, reason: "stopping")) }
    }
}

extension Span {
    /// How often the core looks at its fetches.
    static let reportTick = 100 * millisecond
}
