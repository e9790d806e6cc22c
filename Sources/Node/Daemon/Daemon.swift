import Genome
import Host
import Store
import Swarm
import Wire

/// One running node: opens the home, starts loop and lanes, and stops them in order.
final class Daemon: Sendable {
    /// How a node is started.
    struct Options: Sendable {
        /// Where peers connect.
        var listen: Address
        /// Whom to join besides the network's founders.
        var join: [JoinTarget] = []
        /// Files with lists of nodes to call first.
        var bootstrap: [(path: String, text: String)] = []
        /// Keys whose lists the owner believes.
        var bootstrapKeys: Set<NodeKey> = []
        /// Whether fetched public layers are announced and served.
        var isSeeding = true
        /// Whether beacons are sent to the local network and heard. Off unless the owner's command
        /// says so: what leaves a machine unasked is decided in one place.
        var isOnLan = false
        /// Whether datagrams go to neighbours beside TCP: off for the same reason.
        var usesDatagrams = false
        /// How much of what others announce it keeps, as the owner says now; nil leaves it.
        var role: NodeRole?
        /// Where the machine is, as the owner says now; empty takes it back, nil leaves it.
        var region: String?
        /// What the owner says now of relaying for others; nil leaves it as it was.
        var relay: String?
        /// Where the owner's log lines go.
        var log: @Sendable (String) -> Void
    }

    /// Nodes that are remembered as joined: as many as a lab has machines to meet by hand.
    private static let joinedMax = 64
    private static let joinedPolicy = "joined"

    let loop: NodeLoop
    let port: StorePort
    /// Contracts over sealed blobs.
    let holds: HoldKeeper
    /// What this node mirrors.
    let mirrors: MirrorKeeper
    private let store: StoreKeeper
    /// How nodes of the local network are found.
    let lan: LanUse
    /// How datagrams go beside TCP.
    let datagrams: DatagramUse
    /// What is really bound.
    let peerAddress: Address
    /// Key and addresses for others, as they are known at the start.
    let ticket: Ticket
    private let links: [LinkLane]
    private let shared = Lock<LinkShared?>(nil)
    private let keys: Keys
    private let library: Library
    private let isRunning = Lock(true)
    /// How hard the data plane works.
    private let pressure = LinkPressure()
    /// Who may begin a handshake.
    let door = Door()
    /// Fetches that are under way.
    let transfers = Transfers()

    /// Starts a node on an open home.
    init(
        library: Library, catalogue: Catalogue, keys: Keys, network: NetworkFile,
        options: Options
    ) throws(Failure) {
        self.keys = keys
        self.library = library
        let listener = try Self.listen(options.listen)
        let bound: Address
        do throws(SystemError) {
            bound = try listener.ownAddress()
            loop = try NodeLoop()
            let loop = loop
            port = try StorePort(library: library, catalogue: catalogue, keys: keys) { input in
                loop.post(.input(input))
            }
            holds = HoldKeeper(loop: loop, port: port, log: options.log)
            mirrors = try MirrorKeeper(
                loop: loop, port: port, holds: holds, transfers: transfers, log: options.log)
            links = try (0..<max(1, min(8, Machine.coreCount))).map {
                (_) throws(SystemError) in try LinkLane()
            }
        } catch {
            throw Failure(.internal, "the node cannot start: \(error)")
        }
        store = StoreKeeper(loop: loop, port: port, log: options.log)
        peerAddress = bound
        lan = LanUse.open(isWanted: options.isOnLan, bound: bound)
        if case .failed(let why) = lan {
            options.log("nodes of the local network are not found by themselves: \(why)")
        }
        datagrams = DatagramUse.open(
            isWanted: options.usesDatagrams, bound: bound, network: network)
        if case .failed(let why) = datagrams {
            options.log("no datagrams are sent, everything goes over TCP: \(why)")
        }
        let endpoints = Self.announced(bound)
        ticket = Ticket(key: keys.node.publicKey, endpoints: endpoints)
        let shared = makeShared(network)
        self.shared.withLock { $0 = shared }
        var settings = try settings(endpoints, catalogue, options)
        settings.linkLanes = links.count
        settings.datagramPort = datagrams.lane?.port
        if lan.lane != nil { settings.lan = LanUse.identity(network, bound: bound) }
        do throws(SystemError) {
            try loop.start(
                settings: settings, key: keys.node, links: links, shared: shared, port: port,
                holds: holds, mirrors: mirrors, known: try knownPeers(), lan: lan.lane,
                datagrams: datagrams.lane, log: options.log,
                renewIdentity: { [keys] shared in
                    shared.renewIfDue { Self.identity(keys, network) }
                })
            let loop = loop
            try lan.lane?.start(report: { loop.post(.input($0)) }, log: options.log)
            try datagrams.lane?.start(report: { loop.post(.input($0)) }, log: options.log)
            for (index, link) in links.enumerated() {
                try link.start(
                    index, shared: shared, listener: index == 0 ? listener : nil,
                    lanes: links)
            }
        } catch {
            throw Failure(.internal, "the node cannot start: \(error)")
        }
        try feedStart(network, options)
        do throws(SystemError) {
            try store.start()
        } catch {
            throw Failure(.internal, "the node cannot start: \(error)")
        }
        if let notice = library.journal.notice { options.log(notice) }
    }

    private static func listen(_ address: Address) throws(Failure) -> Socket {
        do {
            return try Socket.listen(address)
        } catch {
            let isTaken = error.isAddressInUse
            throw Failure(
                isTaken ? .busy : .refused, "cannot listen on \(address)",
                why: isTaken ? "another program uses this port" : error.reason,
                remedy: "choose another with --listen HOST:PORT; port 0 takes any free one")
        }
    }

    /// The addresses that others should dial: the bound one, or those of all interfaces with the
    /// nearest last.
    private static func announced(_ bound: Address) -> [Endpoint] {
        let addresses =
            bound.isUnspecified ? Interfaces.addresses(port: bound.port) : [bound]
        let endpoints = addresses.compactMap { Endpoint($0) }.filter {
            $0.reach != .forbidden && ($0.bytes.count == 4 || $0.reach != .linkLocal)
        }
        let isReachable = endpoints.contains { $0.reach != .loopback }
        let useful = endpoints.filter { !isReachable || $0.reach != .loopback }
        return Array(useful.sorted { $1.reach < $0.reach }.prefix(Limits.endpointsMax))
    }

    private func makeShared(_ network: NetworkFile) -> LinkShared {
        let loop = loop
        let port = port
        let pool = Lock<LinkShared?>(nil)
        let shared = LinkShared(
            identity: Self.identity(keys, network), listening: peerAddress, pressure: pressure,
            door: door,
            report: { event in loop.post(.link(event)) },
            deliver: { arrival in
                port.take(arrival) { buffer in pool.withLock { $0 }?.arriving.put(buffer) }
            })
        pool.withLock { $0 = shared }
        return shared
    }

    /// What the node brings to handshakes: its transport key, vouched for by its node key.
    private static func identity(_ keys: Keys, _ network: NetworkFile) -> HandshakeIdentity {
        let transport = ExchangeKey(secret: keys.transportSecret)
        let notAfter = Clock.wallMilliseconds() + Limits.transportKeyLifeMilliseconds
        let input = TransportCertificate.signingInput(
            network: network.id, transportKey: transport.publicKey, notAfter: notAfter)
        let certificate = TransportCertificate(
            node: keys.node.publicKey, notAfter: notAfter, signature: keys.node.sign(input))
        return HandshakeIdentity(
            network: network.id, transport: transport, certificate: certificate,
            suites: CipherSuite.available, swarmKey: network.swarmKey)
    }

    private func settings(
        _ endpoints: [Endpoint], _ catalogue: Catalogue, _ options: Options
    ) throws(Failure) -> Settings {
        let label = try inStore { () throws(StoreError) in try library.home.label() ?? "" }
        let last = try inStore { () throws(StoreError) in
            try catalogue.highestSequence(of: keys.node.publicKey)
        }
        var settings = Settings(
            node: keys.node.publicKey, label: label, endpoints: endpoints,
            software: Software.name, isSeeding: options.isSeeding, lastSequence: last,
            seed: Self.randomSeed())
        settings.addresses = .kept(in: AddressFile(library.layout), log: options.log)
        settings.isLight = try library.role(setting: options.role) == .light
        settings.owner = try library.ownerPolicy()
        let mark = try inStore { () throws(StoreError) in
            try RestoredMark.read(library.layout, now: Clock.wallMilliseconds())
        }
        settings.restored = mark?.restored
        settings.isSilent = mark?.met != nil
        if settings.isSilent {
            options.log(
                "nothing is announced: the node that this home was restored from runs elsewhere. "
                    + "If it is gone for good: plasmid restore --moved")
        }
        settings.delegations = port.takeDelegations()
        settings.region = try library.region(setting: options.region)
        settings.relay = try library.relayOffer(setting: options.relay)
        settings.challengeSecret = Sodium.random(count: 32)
        settings.sealing = Digest(bytes: keys.sealingPublic).map { key in
            NodeContent.Sealing(
                key: key,
                notAfter: Clock.wallMilliseconds() + Self.sealingLifeMilliseconds)
        }
        return settings
    }

    /// For how long a Node record vouches for the sealing key: a year. The record itself lives a
    /// day and says it anew.
    private static let sealingLifeMilliseconds: UInt64 = 365 * 86_400_000

    private static func randomSeed() -> UInt64 {
        Sodium.random(count: 8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func knownPeers() throws(SystemError) -> [NodeKey: KnownPeer] {
        var known: [NodeKey: KnownPeer] = [:]
        for contact in (try? library.index.contacts()) ?? [] {
            guard let key = contact.transportKey.flatMap({ Digest(bytes: $0) }),
                let suite = contact.suite.flatMap({ CipherSuite(rawValue: $0) })
            else { continue }
            known[contact.key] = KnownPeer(transportKey: key, suite: suite)
        }
        return known
    }

    private func feedStart(_ network: NetworkFile, _ options: Options) throws(Failure) {
        loop.post(.input(.organizations(port.organizations())))
        let memory = try inStore { () throws(StoreError) in
            try ChallengeMemory(library.index.receipts(verifier: keys.node.publicKey))
        }
        loop.post(.input(.challengesKnown(memory)))
        let held = try inStore { () throws(StoreError) in try port.heldLayers() }
        for layer in held { loop.post(.input(.layerHeld(layer))) }
        let limits = try inStore { () throws(StoreError) in
            try library.index.policy(Service.limitsPolicy)
        }
        if let limits { loop.post(.input(.limits(TransferLimits(text: limits)))) }
        holds.start()
        try mirrors.start()
        let founders = network.founders.map { JoinTarget($0) }
        let remembered = try joined().compactMap { text in try? JoinTarget(text) }
        for target in founders + remembered {
            loop.post(.input(target.input))
        }
        try takeBootstrap(network, options)
        for target in options.join { try join(target, trusted: target.key != nil) }
    }

    /// Takes the lists that the owner gave now, and gives the core all that count. One that she
    /// names and that does not count keeps the node from starting: she would wait for nothing.
    private func takeBootstrap(
        _ network: NetworkFile, _ options: Options
    ) throws(Failure) {
        let shelf = BootstrapShelf(library: library, network: network)
        let trusted = options.bootstrapKeys.union(try shelf.signers())
        for file in options.bootstrap {
            _ = try shelf.take(Array(file.text.utf8), trusted: trusted, named: file.path)
        }
        for list in try shelf.usable(options.log) { take(list) }
    }

    /// Gives the core the nodes of a list that was taken.
    func take(_ list: BootstrapList) {
        let peers = list.entries.map { PeerAddress(key: $0.key, endpoints: $0.endpoints) }
        loop.post(.input(.bootstrap(peers, by: list.publisher)))
    }

    /// What the owner joined in earlier runs, as tickets and addresses.
    private func joined() throws(Failure) -> [String] {
        let text = try inStore { () throws(StoreError) in
            try library.index.policy(Self.joinedPolicy) ?? ""
        }
        return text.split(separator: " ").map { String($0) }
    }

    /// Remembers a node that the owner joined, so that it is dialled after a restart too.
    func remember(joined text: String) throws(Failure) {
        var all = try joined()
        guard !all.contains(text) else { return }
        all.append(text)
        let kept = all.suffix(Self.joinedMax).joined(separator: " ")
        try inStore { () throws(StoreError) in
            try library.setPolicy(Self.joinedPolicy, kept)
        }
    }

    /// What this node relays for others, in a line; none where it does not.
    var relayWords: [String] {
        guard let offer = (try? library.relayOffer()) ?? nil else { return [] }
        return ["It relays for nodes that cannot be called: \(offer.words) (--relay off)."]
    }

    // MARK: Running

    /// Keeps a session with a node; the owner who has its ticket believes its names.
    func join(_ target: JoinTarget, trusted: Bool) throws(Failure) {
        if let key = target.key, trusted {
            let contact = try inStore { () throws(StoreError) in
                try library.index.contact(key)
            }
            if contact?.isTrusted != true {
                try inStore { () throws(StoreError) in
                    try library.setTrust(key, isTrusted: true)
                }
            }
        }
        loop.post(.input(target.input))
    }

    /// The core's state, as it is between two inputs.
    func look() -> Swarm {
        let empty = Settings(
            node: keys.node.publicKey, label: "", endpoints: ticket.endpoints, software: "",
            seed: 0)
        return answer(within: 5_000) { .look($0) } ?? Swarm(empty)
    }

    /// Asks other nodes for layers and waits for their answers; the core gives them a second and a
    /// half.
    func search(_ query: LayerQuery) -> SearchResult {
        answer(within: 5_000) { .search(query, $0) } ?? .nobody
    }

    /// Has all holders of a layer show that they have it, and waits for the last.
    func challenge(_ wish: ChallengeWish) -> ChallengeReport? {
        // The core gives up looking for sessions, reading its own copy, and waiting long before.
        answer(within: 180_000) { .challenge(wish, $0) }
    }

    /// What the core answers to an event that takes a listener; nil where it says nothing in so
    /// many milliseconds.
    private func answer<Answer: Sendable>(
        within milliseconds: UInt64, _ event: (@escaping @Sendable (Answer) -> Void) -> LoopEvent
    ) -> Answer? {
        let result = Lock<Answer?>(nil)
        let done = Semaphore()
        loop.post(
            event { answer in
                result.withLock { $0 = answer }
                done.signal()
            })
        done.wait(milliseconds: milliseconds)
        return result.withLock { $0 }
    }

    /// Fetches what a request names and waits for its end.
    func fetch(
        _ request: FetchRequest, shownAs layer: Digest, _ progress: (FetchStatus) -> Void
    ) throws(Failure) -> FetchStatus {
        let latest = Lock<FetchStatus?>(nil)
        let changed = Semaphore()
        loop.post(
            .fetch(request) { [transfers, pressure] number, status in
                let status = pressure.explained(status)
                transfers.note(number, layer, status)
                latest.withLock { $0 = status }
                changed.signal()
            })
        while isRunning.withLock({ $0 }) {
            guard changed.wait(milliseconds: 500), let status = latest.withLock({ $0 }) else {
                continue
            }
            if status.isOver { return status }
            progress(status)
        }
        throw Failure(.busy, "the node is stopping")
    }

    /// Bytes that the buffers for groups take: of those that arrive, parts of them included, and of
    /// those that leave.
    var bufferBytes: (arriving: Int, leaving: Int) {
        let parts = store.partBytes
        return shared.withLock { (($0?.arriving.bytes ?? 0) + parts, $0?.leaving.bytes ?? 0) }
    }

    /// Says goodbye to peers, makes what arrived durable, signs the journal's end.
    func stop() {
        isRunning.withLock { $0 = false }
        store.close()
        loop.post(.stop)
        loop.join()
        for link in links { link.post(.stop) }
        for link in links { link.join() }
        lan.lane?.post(.stop)
        lan.lane?.join()
        datagrams.lane?.post(.stop)
        datagrams.lane?.join()
        mirrors.close()
        port.close()
        try? library.close()
    }
}
