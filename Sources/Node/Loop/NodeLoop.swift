import Host
import Store
import Swarm
import Wire

/// The thread that feeds the core and obeys it. Nothing here blocks: disk, catalogue, signatures
/// and sockets have lanes of their own.
final class NodeLoop: Sendable {
    private let mailbox: Mailbox<LoopEvent>
    private let thread = LaneThread()

    /// A loop without a thread yet.
    init() throws(SystemError) {
        mailbox = try Mailbox()
    }

    /// Gives the loop something to do.
    func post(_ event: LoopEvent) {
        mailbox.post(event)
    }

    /// Starts the thread.
    func start(
        settings: Settings, key: SigningKey, links: [LinkLane], shared: LinkShared,
        port: StorePort, holds: HoldKeeper, mirrors: MirrorKeeper, known: [NodeKey: KnownPeer],
        lan: LanLane?, datagrams: DatagramLane?, log: @escaping @Sendable (String) -> Void,
        renewIdentity: @escaping @Sendable (LinkShared) -> Void
    ) throws(SystemError) {
        let mailbox = mailbox
        let poller = try Poller()
        try poller.add(mailbox.wake, token: 1, reads: true, writes: false)
        try thread.start("loop") {
            var worker = LoopWorker(
                swarm: Swarm(settings), key: key, links: links, shared: shared, port: port,
                holds: holds, mirrors: mirrors, known: known, lan: lan,
                datagrams: datagrams, log: log,
                renewIdentity: renewIdentity,
                postBack: { mailbox.post($0) })
            while worker.isRunning {
                let wait = worker.millisecondsToDeadline
                _ = try? poller.wait(milliseconds: wait)
                for event in mailbox.takeAll() { worker.take(event) }
                worker.wakeIfDue()
            }
        }
    }

    /// Waits for the end that `stop` asked for.
    func join() { thread.join() }
}

/// The inside of the loop's thread.
struct LoopWorker: ~Copyable {
    /// Nanoseconds between looks for groups that should become durable.
    private static let checkpointPause: UInt64 = 500_000_000
    /// Nanoseconds between signatures under the journal, and looks for memberships that end.
    private static let journalPause: UInt64 = 60_000_000_000

    private var swarm: Swarm
    private let key: SigningKey
    private let links: [LinkLane]
    private let shared: LinkShared
    private let port: StorePort
    private let holds: HoldKeeper
    private let mirrors: MirrorKeeper
    private let lan: LanLane?
    private let datagrams: DatagramLane?
    private let log: @Sendable (String) -> Void
    private let renewIdentity: @Sendable (LinkShared) -> Void
    private let postBack: @Sendable (LoopEvent) -> Void
    private var known: [NodeKey: KnownPeer]
    private var listeners: [FetchNumber: @Sendable (FetchNumber, FetchStatus) -> Void] = [:]
    private var nextFetch: FetchNumber = 1
    private var askers: [SearchNumber: @Sendable (SearchResult) -> Void] = [:]
    private var nextSearch: SearchNumber = 1
    private var auditors: [RoundNumber: @Sendable (ChallengeReport) -> Void] = [:]
    private var nextRound: RoundNumber = 1
    private var waitingServes: [(SessionNumber, GroupRequest)] = []
    private var lastCheckpoint: UInt64 = 0
    private var lastJournal: UInt64 = 0
    private(set) var isRunning = true

    init(
        swarm: consuming Swarm, key: SigningKey, links: [LinkLane], shared: LinkShared,
        port: StorePort, holds: HoldKeeper, mirrors: MirrorKeeper,
        known: [NodeKey: KnownPeer], lan: LanLane?, datagrams: DatagramLane?,
        log: @escaping @Sendable (String) -> Void,
        renewIdentity: @escaping @Sendable (LinkShared) -> Void,
        postBack: @escaping @Sendable (LoopEvent) -> Void
    ) {
        self.renewIdentity = renewIdentity
        self.postBack = postBack
        self.swarm = swarm
        self.key = key
        self.links = links
        self.shared = shared
        self.port = port
        self.holds = holds
        self.mirrors = mirrors
        self.known = known
        self.lan = lan
        self.datagrams = datagrams
        self.log = log
    }

    private var moment: Moment {
        Moment(monotonic: Clock.monotonic(), wall: Clock.wallMilliseconds())
    }

    var millisecondsToDeadline: Int32 {
        let now = Clock.monotonic()
        let deadline = swarm.deadline
        return deadline <= now ? 0 : Int32(min(1000, (deadline - now) / 1_000_000 + 1))
    }

    mutating func wakeIfDue() {
        let now = Clock.monotonic()
        if now >= swarm.deadline { feed(.wake) }
        guard now - lastCheckpoint >= Self.checkpointPause else { return }
        lastCheckpoint = now
        port.checkpointDue()
        port.placeDue()
        holds.tick()
        guard now - lastJournal >= Self.journalPause else { return }
        lastJournal = now
        port.signJournal()
        port.renewMemberships()
        renewIdentity(shared)
    }

    mutating func take(_ event: LoopEvent) {
        switch event {
        case .link(let event): take(event)
        case .input(let input): feed(input)
        case .fetch(let request, let listener):
            let number = nextFetch
            nextFetch += 1
            listeners[number] = listener
            feed(.fetch(number, request))
        case .search(let query, let listener):
            let number = nextSearch
            nextSearch += 1
            askers[number] = listener
            feed(.search(number, query))
        case .challenge(let wish, let listener):
            let number = nextRound
            nextRound += 1
            auditors[number] = listener
            feed(.challengeHolders(number, wish))
        case .look(let body): body(swarm)
        case .stop:
            feed(.stop)
            isRunning = false
        }
    }

    private mutating func take(_ event: LinkEvent) {
        switch event {
        case .established(let session, let facts, let peer):
            known[facts.peer] = peer
            remember(facts, peer)
            feed(.sessionOpened(session, facts))
        case .stripeEstablished(let number, let facts): feed(.stripeOpened(number, facts))
        case .dialFailed(let dial, let reason): feed(.dialFailed(dial: dial, reason: reason))
        case .probed(let dial, let isReached): feed(.probed(dial: dial, isReached: isReached))
        case .circuitEnded(let end): feed(.circuitEnded(end))
        case .closed(let session, let reason):
            let waiting = waitingServes.filter { $0.0 == session }
            waitingServes.removeAll { $0.0 == session }
            feed(.sessionClosed(session, reason: reason))
            for (_, request) in waiting {
                feed(.served(session, request: request.request, byteCount: 0))
            }
        case .message(let session, let message): feed(.message(session, message))
        case .groupRefuted(let session, let request):
            feed(.groupRefuted(session, request: request))
        case .served(let session, let request, let byteCount):
            feed(.served(session, request: request, byteCount: byteCount))
            serveWaiting()
        }
    }

    private mutating func feed(_ input: Input) {
        for effect in swarm.handle(input, at: moment) { perform(effect) }
    }

    private func link(_ session: SessionNumber) -> LinkLane {
        links[Int(session % UInt64(links.count))]
    }

    // MARK: Effects

    private mutating func perform(_ effect: Effect) {
        switch effect {
        case .dial, .dialFromPort, .dialStripe, .probe, .dialThrough, .answerThrough, .endCircuit,
            .punch:
            performCall(effect)
        case .send(let session, let message): link(session).post(.send(session, message))
        case .close(let session, let reason):
            link(session).post(.close(session, reason: reason))
        case .requestGroup(let session, let request, let layer):
            link(session).post(.request(session, request, layer))
        case .cancelServing(let session, let request):
            let before = waitingServes.count
            waitingServes.removeAll { $0.0 == session && $0.1.request == request }
            if waitingServes.count < before {
                feed(.served(session, request: request, byteCount: 0))
            }
            link(session).post(.cancelServing(session, request: request))
        case .fetchChanged(let number, let status):
            listeners[number]?(number, status)
            if status.isOver { listeners[number] = nil }
        case .searched(let number, let result): askers.removeValue(forKey: number)?(result)
        case .surveyLan: lan?.post(.survey)
        case .sendBeacon(let bytes, let interface):
            lan?.post(.send(bytes, over: interface))
        case .answerBeacon(let bytes, let target, let interface):
            lan?.post(.answer(bytes, to: target, interface: interface))
        case .offerDatagrams(let session): datagrams?.post(.offer(session))
        case .useDatagrams(let session, let offer): datagrams?.post(.use(session, offer))
        case .endDatagrams(let session): datagrams?.post(.end(session))
        case .sendDatagram(let session, let message, let target):
            datagrams?.post(.send(session, message, to: target))
        case .askSeen(let target): datagrams?.post(.ask(target))
        case .log(let text): log(text)
        case .signRecord(let unsigned): sign(unsigned)
        case .signReceipt(let draft, let isPublic):
            let receipt = draft.signed(key.sign(draft.signingInput))
            port.keep(receipt, isPublic: isPublic)
            feed(.receiptSigned(receipt, isPublic: isPublic))
        case .challengesEnded(let number, let report):
            auditors.removeValue(forKey: number)?(report)
        default: performStore(effect)
        }
    }

    private func performCall(_ effect: Effect) {
        switch effect {
        case .dial(let dial, let endpoints, let expected):
            call(
                Connection.DialFacts(
                    dial: dial, endpoints: endpoints, expected: expected,
                    known: expected.flatMap { known[$0] }))
        case .dialFromPort(let dial, let endpoints, let expected):
            call(
                Connection.DialFacts(
                    dial: dial, endpoints: endpoints, expected: expected,
                    known: expected.flatMap { known[$0] }, isFromPort: true))
        case .dialStripe(let dial, let endpoints, let expected):
            call(
                Connection.DialFacts(
                    dial: dial, endpoints: endpoints, expected: expected, known: known[expected],
                    purpose: .stripe))
        case .probe(let dial, let endpoint, let expected):
            call(
                Connection.DialFacts(
                    dial: dial, endpoints: [endpoint], expected: expected, isProbe: true))
        case .dialThrough(let dial, let end, let expected):
            openCircuit(end, to: expected, dial: dial)
        case .answerThrough(let end, let caller): openCircuit(end, to: caller, dial: nil)
        case .endCircuit(let end, let reason):
            link(end.session).post(.endCircuit(end, reason: reason))
        case .punch(let dial, let endpoints, let expected, let isInitiator, let wait):
            let begin = Clock.monotonic() + wait
            let punch = Punch(
                dial: dial, expected: expected, isInitiator: isInitiator, begin: begin,
                end: begin + Connection.punchPatience)
            let session = shared.nextSession()
            link(session).post(.punch(session, endpoints, punch))
        default: break
        }
    }

    private func call(_ facts: Connection.DialFacts) {
        let session = shared.nextSession()
        link(session).post(.dial(session, facts))
    }

    private func openCircuit(_ end: CircuitEnd, to peer: NodeKey, dial: UInt64?) {
        guard let relay = swarm.sessions[end.session]?.facts.peer else { return }
        let channel = CircuitChannel(
            number: shared.nextSession(), relay: relay, peer: peer, dial: dial,
            known: known[peer])
        link(end.session).post(.openCircuit(end, channel))
    }

    private mutating func performStore(_ effect: Effect) {
        switch effect {
        case .verifyRecords(let batch, let records): port.verify(batch: batch, records)
        case .storeRecords(let batch, let records): port.store(batch: batch, records)
        case .listIdentifiers(let session, let after):
            port.listIdentifiers(session, after: after)
        case .prepareSketch(let session, let salt, let count):
            port.prepareSketch(session, salt: salt, count: count)
        case .makeSketch(let session, let request): port.makeSketch(session, request)
        case .compareSketch(let session, let frame): port.compareSketch(session, frame)
        case .findItems(let session, let items): port.findItems(session, items)
        case .searchRecords(let session, let search, let query):
            port.search(session, search, query)
        case .filterMissing(let session, let ids): port.filterMissing(session, ids)
        case .findRecords(let session, let ids): port.findRecords(session, ids)
        case .expireRecords(let wall): port.expire(wall)
        case .keepAddresses(let bytes): port.keep(addresses: bytes)
        case .keyMetElsewhere(let twin): port.note(twin)
        case .findHolders(let number, let layer): port.findHolders(number, layer)
        case .findRelays: port.findRelays()
        case .openBlob(let blob, let size): port.open(blob, size: size)
        case .saveGroupLayer(let layer): port.save(layer)
        case .searchBlob(let blob, let token): port.search(blob, token: token)
        case .examineSelf(let blob): port.examineSelf(for: blob)
        case .dropParts(let blob, let group): port.dropParts(of: blob, group: group)
        case .completeBlob(let blob): port.complete(blob)
        case .releaseBlob(let blob): port.release(blob)
        case .readManifest(let number, let layer, let withEvidence):
            port.readManifest(number, layer, withEvidence: withEvidence)
        case .adoptLayer(let number, _, let manifest, let envelope):
            port.adopt(number, manifest: manifest, envelope: envelope)
        case .keepStatement(let envelope): port.keep(statement: envelope)
        case .keepCredential(let envelope): port.keep(credential: envelope)
        case .findDelegations(let session, let key, let publishers):
            port.findDelegations(session, key, of: publishers)
        case .noteDecision(let request, let layer, let decision):
            port.note(request, layer: layer, decision)
        case .proveJournal(let session, let peer, let known):
            port.proveJournal(session, to: peer, known: known)
        case .witness(let session, let peer, let offer): port.witness(session, peer, offer)
        case .keepCosignature(let line): port.keep(cosignature: line)
        case .proveStorage(let work, let challenge): port.prove(work, challenge)
        case .findMirrors(let round, let layer, let nodes):
            port.findMirrors(round, of: layer, nodes)
        case .keepReceipt(let receipt, let isPublic): port.keep(receipt, isPublic: isPublic)
        case .considerHold(let envelope): holds.consider(envelope)
        case .considerHoldEnd(let contract, let publisher): holds.end(contract, for: publisher)
        case .holdAnswered(let contract, let answer): holds.answered(contract, answer)
        case .surveyCopies(let settings): mirrors.survey(settings)
        case .takeCopy(let layer): mirrors.take(layer)
        case .releaseCopy(let layer): mirrors.release(layer)
        case .askMirror(let layer, let mirror): mirrors.ask(layer, mirror)
        case .endMirror(let layer, let mirror): mirrors.end(layer, mirror)
        case .serveGroup(let session, let request):
            waitingServes.append((session, request))
            serveWaiting()
        case .serveGroupPage(let session, let blob, let page):
            let link = link(session)
            let postBack = postBack
            port.page(blob, page) { bytes in
                link.post(.send(session, .groups(blob: blob, page: page, bytes: bytes)))
                postBack(.input(.pageServed(session)))
            }
        default: performOffers(effect)
        }
    }

    /// Records that not everyone may know of.
    private func performOffers(_ effect: Effect) {
        switch effect {
        case .findOffer(let session, let layer, let place):
            port.findOffer(session, layer, at: place)
        case .findGranted(let session, let peer): port.findGranted(session, by: peer)
        case .forgetGranted(let layers, let peer): port.forget(granted: layers, by: peer)
        case .findCircle(let circle, let limit): port.findCircle(circle, limit: limit)
        default: break
        }
    }

    private mutating func sign(_ unsigned: UnsignedRecord) {
        do throws(WireError) {
            let record = try unsigned.signed(key.sign(unsigned.signingInput))
            feed(.recordSigned(record))
        } catch {
            log("a record of this node breaks the format: \(error)")
        }
    }

    /// Reads groups for peers as long as buffers are free; the others wait.
    private mutating func serveWaiting() {
        while !waitingServes.isEmpty, let buffer = shared.leaving.take() {
            let (session, request) = waitingServes.removeFirst()
            let link = link(session)
            port.read(request, into: buffer) { [shared] buffer, found in
                switch found {
                case .plain:
                    return link.post(.sendGroup(session, request: request.request, buffer))
                case .coded(let coding):
                    return link.post(
                        .sendGroup(session, request: request.request, buffer, coding))
                case .unreadable: break
                }
                shared.leaving.put(buffer)
                link.post(
                    .send(
                        session,
                        .reject(
                            request: request.request, reason: .damaged, retryMilliseconds: 0)))
                shared.report(.served(session, request: request.request, byteCount: 0))
            }
        }
    }

    /// Keeps what makes the next handshake with a peer shorter.
    private func remember(_ facts: SessionFacts, _ peer: KnownPeer) {
        let library = port.library
        port.onIndexLane {
            var contact =
                (try? library.index.contact(facts.peer)) ?? Contact(key: facts.peer)
            contact.lastSeen = Clock.wallMilliseconds()
            contact.transportKey = peer.transportKey.bytes
            contact.suite = peer.suite.rawValue
            if facts.isInitiator, facts.path.isOwn,
                let address = Address(facts.endpoint)?.description
            {
                contact.addresses.removeAll { $0 == address }
                contact.addresses.insert(address, at: 0)
                contact.addresses = Array(contact.addresses.prefix(Limits.endpointsMax))
            }
            try? library.index.put(contact)
        }
    }
}
