import Genome
import Swarm
import Wire

/// A node's core with all that its shell would do, and four peers whose connections, words and
/// pauses come from one row of bytes. The shell is honest, the peers are not.
///
/// Each step is a byte: the lower three bits say what happens, the upper five to whom or how.
/// 0 and 1: a peer says something over its session, or its stripe where the third bit of the five
/// is set: a `u16` length and a message follow. 2: time passes. 3: a connection stands. 4: one
/// ends. 5: a group, or a part of one, that was asked for came. 6: one that a peer asked for left.
/// 7: how the next records are found.
struct SessionShell {
    /// Groups asked of all peers at a time, and given to all: what the core promises the shell,
    /// whose buffers are fewer.
    private static let (askedMax, servingMax) = (128, 17)
    /// Answers of the shell to one step: more would be a circle.
    private static let answersMax = 20_000

    private var core = Swarm(
        Settings(
            node: SessionSample.own.publicKey, label: "lab", endpoints: [], software: "fuzz",
            seed: 7))
    private var (monotonic, wall): (UInt64, UInt64) = (5_000_000_000, 1_790_000_000_000)
    /// The connections that stand, with the peers they lead to.
    private var open: [SessionNumber: Int] = [:]
    /// The newest session and the newest stripe of each peer.
    private var (sessions, stripes): ([Int: SessionNumber], [Int: SessionNumber]) = ([:], [:])
    private var lastSession: SessionNumber = 0
    private var stripeDial: UInt64?
    private var asked: [(session: SessionNumber, request: GroupRequest)] = []
    /// Leaves that are in memory, by the group whose parts they are.
    private var shelf: [UInt64: LeafSet] = [:]
    private var serving: [(session: SessionNumber, request: UInt64)] = []
    private var isValid = true
    private var outcome = StoreOutcome.fresh

    /// Layers that were taken in, groups that left, and parts that came.
    private(set) var (taken, left, parts) = (0, 0, 0)

    /// Plays a row of steps, and half a minute in which nothing comes any more; what came of it.
    @discardableResult
    static func play(_ script: [UInt8]) -> SessionShell {
        var shell = SessionShell()
        shell.feed(.layerHeld(SessionSample.held))
        shell.feed(.fetch(1, FetchRequest(layer: SessionSample.wanted.layer)))
        var rest = script[...]
        while let byte = rest.popFirst() { shell.step(byte & 7, Int(byte >> 3), &rest) }
        shell.pass(30_000_000_000)
        return shell
    }

    private mutating func step(_ kind: UInt8, _ how: Int, _ rest: inout ArraySlice<UInt8>) {
        let peer = how & 3
        let connection = how & 4 == 0 ? sessions[peer] : stripes[peer]
        switch kind {
        case 0, 1:
            let length = rest.prefix(2).reduce(0) { $0 << 8 | Int($1) }
            let bytes = Array(rest.dropFirst(2).prefix(length))
            rest = rest.dropFirst(2 + length)
            if let connection { say(bytes, over: connection) }
        case 2: pass(UInt64(how + 1) * 100_000_000)
        case 3: connect(peer, isStripe: how & 4 != 0, isOwn: how & 8 != 0)
        case 4: if let connection { end(connection) }
        case 5:
            guard !asked.isEmpty else { return }
            let (session, request) = asked.remove(at: how / 4 % asked.count)
            arrived(session, request, how & 3)
        case 6:
            guard !serving.isEmpty else { return }
            let (session, request) = serving.remove(at: how % serving.count)
            left += 1
            feed(.served(session, request: request, byteCount: 1 << 20))
        default:
            isValid = how & 1 == 0
            let all: [StoreOutcome] = [.fresh, .superseded, .equivocation, .refused("full")]
            outcome = all[how >> 1 & 3]
        }
    }

    // MARK: Peers

    /// The link layer keeps payload and keys to itself.
    private mutating func say(_ bytes: [UInt8], over connection: SessionNumber) {
        guard let message = try? Message(bytes: bytes) else { return end(connection) }
        switch message {
        case .data, .rekey: break
        default: feed(.message(connection, message))
        }
    }

    private mutating func connect(_ peer: Int, isStripe: Bool, isOwn: Bool) {
        guard open.count < 64 else { return }
        lastSession += 1
        let number = lastSession
        open[number] = peer
        let dial = isStripe && isOwn ? stripeDial : nil
        if dial != nil { stripeDial = nil }
        let facts = SessionFacts(
            peer: SessionSample.peers[peer].publicKey, endpoint: SessionSample.places[peer],
            isInitiator: dial != nil, dial: dial, roundTrip: peer == 0 ? 60_000_000 : nil)
        if isStripe {
            stripes[peer] = number
            feed(.stripeOpened(number, facts))
        } else {
            sessions[peer] = number
            feed(.sessionOpened(number, facts))
        }
    }

    private mutating func end(_ connection: SessionNumber) {
        guard open.removeValue(forKey: connection) != nil else { return }
        asked.removeAll { $0.session == connection }
        feed(.sessionClosed(connection, reason: "reset"))
        for (session, request) in serving where session == connection {
            feed(.served(session, request: request, byteCount: 0))
        }
        serving.removeAll { $0.session == connection }
    }

    private mutating func arrived(
        _ session: SessionNumber, _ request: GroupRequest, _ how: Int
    ) {
        let number = request.request
        let part = request.part(size: SessionSample.file.size)
        switch how {
        case 3: feed(.groupRefuted(session, request: number))
        case 2:
            let full = StoreProblem(.quota, "full")
            feed(.groupUnwritable(session, request: number, reason: full))
        case 1 where part != nil: feed(.partLost(session, request: number))
        case 1: feed(.groupUnreadable(session, request: number))
        default:
            if let part { return arrived(session, number, part) }
            shelf[request.group] = nil
            feed(.groupStored(session, request: number, byteCount: 1 << 20, wire: 1 << 19))
        }
    }

    private mutating func arrived(
        _ session: SessionNumber, _ number: UInt64, _ part: GroupPart
    ) {
        parts += 1
        let group = UInt64(part.group)
        shelf[group, default: LeafSet()].formUnion(LeafSet(part.leaves))
        let (bytes, wire) = (UInt64(part.byteRange.count), UInt64(part.byteCount))
        if shelf[group] == LeafSet(0..<HashTree.leavesPerGroup) {
            shelf[group] = nil
            feed(.groupStored(session, request: number, byteCount: bytes, wire: wire))
        } else {
            feed(.partKept(session, request: number, byteCount: bytes, wire: wire))
        }
        precondition(shelf.count <= PartLimits.groupsMax, "more groups in parts than promised")
    }

    private mutating func pass(_ span: UInt64) {
        let end = monotonic + span
        var wakes = 0
        while core.deadline <= end {
            wakes += 1
            precondition(wakes < 1_000, "the core wakes without end")
            let before = monotonic
            monotonic = max(monotonic, core.deadline)
            wall += (monotonic - before) / 1_000_000
            feed(.wake)
        }
        wall += (end - monotonic) / 1_000_000
        monotonic = end
    }

    // MARK: Shell

    /// Hands an input to the core and does what it wants, and what it wants of the answers.
    private mutating func feed(_ input: Input) {
        var queue = [input]
        var place = 0
        while place < queue.count {
            precondition(place < Self.answersMax, "the core and its shell go in a circle")
            let now = Moment(monotonic: monotonic, wall: wall)
            let effects = core.handle(queue[place], at: now)
            place += 1
            for effect in effects { queue += answers(to: effect) }
        }
        precondition(asked.count <= Self.askedMax, "more groups are asked for than promised")
        precondition(serving.count <= Self.servingMax, "more groups are read than promised")
    }

    private mutating func answers(to effect: Effect) -> [Input] {
        switch effect {
        case .close(let session, _):
            guard open.removeValue(forKey: session) != nil else { return [] }
            asked.removeAll { $0.session == session }
            let waiting = serving.filter { $0.session == session }
            serving.removeAll { $0.session == session }
            return [.sessionClosed(session, reason: "closed")]
                + waiting.map { .served($0.session, request: $0.request, byteCount: 0) }
        case .requestGroup(let session, let request, _):
            precondition(!request.isPart || request.part(size: SessionSample.file.size) != nil)
            if open[session] != nil { asked.append((session, request)) }
            return []
        case .dropParts(_, let group):
            shelf[group] = nil
            return []
        case .releaseBlob:
            shelf = [:]
            return answersOfStore(to: effect)
        case .serveGroup(let session, let request):
            precondition(
                SessionSample.held.size(of: request.blob) != nil, "what is not here is served")
            guard open[session] != nil else {
                return [.served(session, request: request.request, byteCount: 0)]
            }
            serving.append((session, request.request))
            return []
        case .cancelServing(let session, let request):
            guard serving.contains(where: { $0 == (session, request) }) else { return [] }
            serving.removeAll { $0 == (session, request) }
            return [.served(session, request: request, byteCount: 0)]
        case .serveGroupPage(let session, _, _): return [.pageServed(session)]
        case .dialStripe(let dial, _, _):
            stripeDial = dial
            return []
        case .dial(let dial, _, _), .dialFromPort(let dial, _, _):
            return [.dialFailed(dial: dial, reason: "nobody")]
        case .probe(let dial, _, _): return [.probed(dial: dial, isReached: false)]
        case .adoptLayer:
            taken += 1
            return answersOfStore(to: effect)
        default: return answersOfRecords(to: effect) + answersOfStore(to: effect)
        }
    }

    private func answersOfRecords(to effect: Effect) -> [Input] {
        switch effect {
        case .verifyRecords(let batch, let records):
            [.recordsVerified(batch: batch, isValid: records.map { _ in isValid })]
        case .storeRecords(let batch, let records):
            [.recordsStored(batch: batch, outcomes: records.map { _ in outcome })]
        case .listIdentifiers(let session, _):
            [.identifiersListed(session, IdentifierPage(ids: [], isLast: true))]
        case .filterMissing(let session, let ids): [.identifiersMissing(session, ids)]
        case .findRecords(let session, _): [.recordsFound(session, [])]
        case .findItems(let session, _): [.recordsFound(session, [])]
        case .findCircle(let circle, _): [.circleFound(circle, [])]
        case .findGranted(let session, _):
            [.grantedFound(session, [Digest(words: (1, 2, 3, 4))])]
        case .makeSketch(let session, _): [.sketchMade(session, nil)]
        case .compareSketch(let session, _):
            [.sketchCompared(session, SketchComparison(gap: 0, difference: nil))]
        case .searchRecords(let session, let search, _):
            [.recordsSearched(session, search: search, nil)]
        case .signRecord(let unsigned):
            Self.signed(unsigned).map { [.recordSigned($0)] } ?? []
        case .findDelegations(let session, _, _): [.delegationsFound(session, [])]
        case .findMirrors(let round, _, _): [.mirrorsFound(round, [])]
        case .findRelays: [.relaysFound([])]
        default: []
        }
    }

    private static func signed(_ unsigned: UnsignedRecord) -> Record? {
        try? unsigned.signed(SessionSample.own.sign(unsigned.signingInput))
    }

    private func answersOfStore(to effect: Effect) -> [Input] {
        switch effect {
        case .findHolders(let fetch, let layer) where layer == SessionSample.wanted.layer:
            [.holdersFound(fetch, SessionSample.holders)]
        case .openBlob(let blob, _):
            [.blobOpened(blob: blob, .partial(bitmap: [], layer: nil))]
        case .completeBlob(let blob): [.blobCompleted(blob: blob)]
        case .readManifest(let fetch, _, _):
            [.manifestRead(fetch, ReadManifest(bytes: SessionSample.wanted.bytes))]
        case .adoptLayer(let fetch, _, _, let envelope):
            [.layerAdopted(fetch, SessionSample.taken(envelope))]
        case .examineSelf(let blob): [.selfExamined(blob: blob, isSound: true)]
        default: []
        }
    }
}
