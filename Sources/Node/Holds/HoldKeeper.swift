import Genome
import Host
import Store
import Swarm
import Wire

/// Contracts over sealed blobs while the node runs: answers what publishers ask, pulls what was
/// accepted, ends what is over, and keeps the own grants in step with what mirrors say.
///
/// Store and index are touched on the index lane only; `tick` comes from the loop.
final class HoldKeeper: Sendable {
    /// Contracts that are pulled at a time: the owner's own fetches shall have room beside them.
    private static let pullsMax = 4
    /// Longest pause between two tries, in nanoseconds: five minutes, as a publisher's machine may
    /// be off for days.
    private static let pauseMax: UInt64 = 300_000_000_000
    private static let second: UInt64 = 1_000_000_000
    /// How often grants are looked at for sealing keys that became known, in nanoseconds.
    private static let refreshPause: UInt64 = 60 * second
    /// Answers that are remembered for a command that waits for one.
    private static let answersMax = 256

    /// A contract that is not all here yet.
    private struct Pull {
        let request: HoldRequest
        var failures = 0
        var notBefore: UInt64 = 0
        var isRunning = false
        /// The fetch that is under way.
        var fetch: FetchNumber?
        /// Blobs that were missing when the last fetch began.
        var missing: Set<Digest> = []
    }

    private struct State {
        var pulls: [Digest: Pull] = [:]
        /// All contracts of this node, of both kinds, with the seconds since 1970 when they end.
        var until: [Digest: Int64] = [:]
        var answers: [(contract: Digest, answer: HoldAnswer)] = []
        var refreshed: UInt64 = 0
    }

    private let loop: NodeLoop
    private let port: StorePort
    private let log: @Sendable (String) -> Void
    private let state = Lock(State())

    private var library: Library { port.library }

    /// A keeper that knows of no contract yet.
    init(loop: NodeLoop, port: StorePort, log: @escaping @Sendable (String) -> Void) {
        self.loop = loop
        self.port = port
        self.log = log
    }

    /// Takes up the contracts of the home after a start.
    func start() {
        port.onIndexLane { [self] in
            let ending = Set((try? library.endingHolds()) ?? [])
            for entry in (try? library.holds()) ?? [] {
                let request = entry.request
                if request.publisher == port.node, ending.contains(request.contract) {
                    retract(request)
                } else if request.publisher == port.node {
                    ask(entry)
                } else if entry.isComplete {
                    give(request)
                } else {
                    // An index that was made anew forgot what was looked at before.
                    if library.index.isNew, let list = try? library.holdList(request.list) {
                        try? library.claim(list, for: request)
                    }
                    pull(request)
                }
            }
            refreshGrants()
        }
    }

    /// Ends what is over and begins what is due; called twice a second.
    func tick() {
        let now = Clock.monotonic()
        let seconds = Int64(Clock.wallMilliseconds() / 1_000)
        let (over, due, isToRefresh) = state.withLock { state in
            let over = state.until.filter { $0.value <= seconds }.map(\.key).sorted()
            for contract in over { state.until[contract] = nil }
            let running = state.pulls.values.count { $0.isRunning }
            let waiting = state.pulls.filter { !$0.value.isRunning && $0.value.notBefore <= now }
            let due = waiting.keys.sorted().prefix(max(0, Self.pullsMax - running))
            for contract in due { state.pulls[contract]?.isRunning = true }
            let isToRefresh = now >= state.refreshed + Self.refreshPause
            if isToRefresh { state.refreshed = now }
            return (over, Array(due), isToRefresh)
        }
        guard !over.isEmpty || !due.isEmpty || isToRefresh else { return }
        port.onIndexLane { [self] in
            for contract in over { drop(contract, why: "its time is over") }
            for contract in due { advance(contract) }
            if isToRefresh { refreshGrants() }
        }
    }

    // MARK: As a mirror

    /// A publisher that the owner allows it asks to have sealed blobs kept.
    func consider(_ bytes: [UInt8]) {
        port.onIndexLane { [self] in
            guard let envelope = try? Envelope.decode(bytes, payloadMax: HoldRequest.bytesMax),
                let request = try? Library.holdRequest(in: envelope)
            else { return }
            let name = request.publisher.fingerprint
            do throws(StoreError) {
                if let standing = try library.hold(request.contract) {
                    if standing.isComplete { give(request) }
                    post(.holdDecided(request, standing.isComplete ? .complete : .accepted))
                } else {
                    try library.requireRoom(toHold: request, at: port.node)
                    try library.add(hold: envelope)
                    post(.holdDecided(request, .accepted))
                    log(
                        "keeps \(request.size) sealed bytes for \(name), contract "
                            + "\(request.contract.hexadecimal.prefix(16))")
                }
                if try library.hold(request.contract)?.isComplete == false { pull(request) }
            } catch {
                post(.holdDecided(request, .refused(Self.words(error))))
                log("keeps nothing more for \(name): \(error)")
            }
        }
    }

    /// Why, for the publisher: nothing of this machine.
    private static func words(_ error: StoreError) -> String {
        switch error {
        case .quota, .diskFull, .tooLarge: "there is no room for it"
        case .refused: "this node keeps as many contracts as it can"
        default: unable
        }
    }

    /// The reason that says nothing.
    private static let unable = "this node cannot keep it now"

    /// Pulls a contract's blobs, at once.
    private func pull(_ request: HoldRequest) {
        state.withLock { state in
            state.until[request.contract] = request.until
            if state.pulls[request.contract] == nil {
                state.pulls[request.contract] = Pull(request: request)
            }
            // Its publisher was just heard of.
            state.pulls[request.contract]?.notBefore = 0
        }
    }

    /// The next step of a pull: the list, then what it names, then the end.
    private func advance(_ contract: Digest) {
        guard let request = state.withLock({ $0.pulls[contract]?.request }) else { return }
        do throws(StoreError) {
            guard try library.holds(request.list.blob) else {
                return fetch([request.list], for: request)
            }
            let list = try library.holdList(request.list)
            if let fault = fault(of: list, request) { return refuse(request, fault) }
            let isClaimed = try library.hasClaimed(request.contract)
            guard try !isInOtherUse(list, request, isClaimed: isClaimed) else {
                // Whoever guesses a file's id must not learn by an answer that the file is here:
                // there is none, as for what its publisher does not give, until the time is over.
                if state.withLock({ $0.pulls[contract]?.failures == 0 }) {
                    log(
                        "contract \(contract.hexadecimal.prefix(16)) is not kept: its list names "
                            + "what is here and is no ciphertext")
                }
                return later(contract)
            }
            if !isClaimed {
                do throws(StoreError) {
                    try library.claim(list, for: request)
                } catch {
                    return refuse(request, Self.words(error))
                }
            }
            var missing: [BlobReference] = []
            for blob in list.blobs where !(try library.holds(blob.blob)) { missing.append(blob) }
            guard missing.isEmpty else { return fetch(missing, for: request) }
            try library.completeHold(contract)
            state.withLock { $0.pulls[contract] = nil }
            give(request)
            post(.holdDecided(request, .complete))
            log("has all of contract \(contract.hexadecimal.prefix(16))")
        } catch {
            if case .refused = error {
                refuse(request, "its list is not valid")
            } else {
                log("contract \(contract.hexadecimal.prefix(16)) waits: \(error)")
                later(contract)
            }
        }
    }

    /// What is wrong with a list by itself; nil if nothing is.
    private func fault(of list: HoldList, _ request: HoldRequest) -> String? {
        let (size, isOver) = (list.size ?? .max).addingReportingOverflow(request.list.size)
        guard !isOver, size == request.size else {
            return "its list has not the bytes that were asked for"
        }
        for blob in list.blobs + [request.list] {
            let isSealed = SealedStream.plainSize(sealed: blob.size) != nil || blob == request.list
            guard isSealed, blob.size <= Limits.blobBytesMax else {
                return "its list names what is no ciphertext"
            }
        }
        return nil
    }

    /// Whether a list names what is here for another reason. A blob of a layer would be given out
    /// under the contract to whoever asked for the contract. One that no contract of the same
    /// publisher claimed was not sent for this one, while its list is new here: nothing shows that
    /// its publisher has it.
    private func isInOtherUse(
        _ list: HoldList, _ request: HoldRequest, isClaimed: Bool
    ) throws(StoreError) -> Bool {
        for blob in list.blobs + [request.list] {
            if try !library.index.layers(listing: blob.blob).isEmpty { return true }
        }
        guard !isClaimed else { return false }
        for blob in list.blobs {
            let isHere = try library.index.blob(blob.blob) != nil
            if isHere, try !library.isClaimed(blob.blob, by: request.publisher) { return true }
        }
        return false
    }

    private func fetch(_ blobs: [BlobReference], for request: HoldRequest) {
        let contract = request.contract
        let missing = Set(blobs.map(\.blob))
        let isNews = state.withLock { state in
            defer { state.pulls[contract]?.missing = missing }
            return state.pulls[contract].map { $0.missing != missing } ?? false
        }
        // A fetch that said it is done and left as much missing is not begun again at once.
        guard isNews else { return later(contract) }
        let search = HolderSearch(catalogue: port.catalogue, node: port.node)
        let holder = LayerHolders.Holder(
            node: request.publisher, said: (try? search.facts(of: request.publisher)) ?? nil)
        let wish = FetchRequest(contract: contract, .init(blobs: blobs, holders: [holder]))
        loop.post(
            .fetch(wish) { [self] number, status in
                state.withLock { $0.pulls[contract]?.fetch = status.isOver ? nil : number }
                guard status.isOver else { return }
                port.onIndexLane { [self] in fetched(request, status.phase) }
            })
    }

    private func fetched(_ request: HoldRequest, _ phase: FetchStatus.Phase) {
        switch phase {
        case .done:
            state.withLock { $0.pulls[request.contract]?.failures = 0 }
            advance(request.contract)
        case .failed(.corrupt): refuse(request, "what came is not what its list names")
        case .failed(.invalid): refuse(request, "its blobs have not the sizes of its list")
        case .failed(.store(let problem)) where problem.kind == .quota:
            do throws(StoreError) {
                try library.requireRoom(toHold: request, at: port.node)
                later(request.contract)
            } catch {
                refuse(request, Self.words(error))
            }
        default: later(request.contract)
        }
    }

    /// Tries again after a pause that doubles.
    private func later(_ contract: Digest) {
        state.withLock { state in
            guard var pull = state.pulls[contract] else { return }
            pull.failures += 1
            pull.isRunning = false
            pull.missing = []
            let pause = Self.second << UInt64(min(pull.failures, 9))
            pull.notBefore = Clock.monotonic() + min(pause, Self.pauseMax)
            state.pulls[contract] = pull
        }
    }

    /// Ends a contract for a reason that owner and publisher can read.
    private func refuse(_ request: HoldRequest, _ reason: String) {
        drop(request.contract, why: reason)
        post(.holdDecided(request, .refused(reason)))
    }

    /// Gives out what is here under a contract.
    private func give(_ request: HoldRequest) {
        state.withLock { $0.until[request.contract] = request.until }
        guard let list = try? library.holdList(request.list) else { return }
        post(.contractHeld(HeldContract(request, blobs: list.blobs + [request.list])))
    }

    /// A peer says that a contract is over. Only its publisher's word counts; the answer to all
    /// others is the same.
    func end(_ contract: Digest, for publisher: NodeKey) {
        port.onIndexLane { [self] in
            let request = (try? library.hold(contract))??.request
            if request?.publisher == publisher, request?.mirror == port.node {
                drop(contract, why: "its publisher ended it")
            }
            post(.holdOver(contract, publisher: publisher))
        }
    }

    /// The owner of this node ends a contract of another: the ciphertext goes, its publisher hears
    /// of it.
    func giveUp(_ request: HoldRequest) {
        port.onIndexLane { [self] in refuse(request, "the owner of this node ended it") }
    }

    // MARK: As a publisher

    /// Asks a mirror, or gives it what it still lacks.
    func ask(_ entry: HoldEntry) {
        give(entry.request)
        guard !entry.isComplete else { return }
        post(
            .askHold(
                entry.request.contract, mirror: entry.request.mirror, envelope: entry.envelope))
    }

    /// Tells a mirror that a contract is over.
    func retract(_ request: HoldRequest) {
        state.withLock { $0.until[request.contract] = request.until }
        post(.retractHold(request.contract, mirror: request.mirror))
    }

    /// What a mirror answered last; nil while it said nothing since this node runs.
    func answer(_ contract: Digest) -> HoldAnswer? {
        state.withLock { $0.answers.last { $0.contract == contract }?.answer }
    }

    /// A mirror answered.
    func answered(_ contract: Digest, _ answer: HoldAnswer) {
        port.onIndexLane { [self] in
            let name = contract.hexadecimal.prefix(16)
            let mirror = ((try? library.hold(contract))??.request.mirror.fingerprint) ?? ""
            switch answer {
            case .accepted: log("\(mirror) accepts contract \(name)")
            case .complete:
                try? library.completeHold(contract)
                log("\(mirror) has all of contract \(name)")
                refreshGrants()
            case .refused(let reason):
                drop(contract, why: "\(mirror) does not keep it: \(PlainText.shown(reason))")
            case .ended: drop(contract, why: "\(mirror) keeps nothing of it")
            }
            // Last, so that who waits for it finds all else done.
            state.withLock { state in
                if state.answers.count >= Self.answersMax { state.answers.removeFirst() }
                state.answers.append((contract, answer))
            }
        }
    }

    // MARK: Both

    /// Forgets a contract and what is here for it alone.
    private func drop(_ contract: Digest, why: String) {
        let fetch = state.withLock { state in
            state.until[contract] = nil
            return state.pulls.removeValue(forKey: contract)?.fetch
        }
        if let fetch { post(.cancelFetch(fetch)) }
        post(.contractEnded(contract))
        guard let request = (try? library.hold(contract))??.request else { return }
        do throws(StoreError) {
            let freed = try library.endHold(contract)
            port.forgetReaders()
            log(
                "contract \(contract.hexadecimal.prefix(16)) is over: \(why); "
                    + "\(freed) bytes are free")
        } catch {
            log("contract \(contract.hexadecimal.prefix(16)) is over: \(error)")
        }
        if request.publisher == port.node { refreshGrants() }
    }

    /// Says grants anew that tell something else of mirrors than what is so.
    func refreshGrants() {
        let grants = SealedGrants(library: library, catalogue: port.catalogue, keys: port.keys)
        for manifest in (try? grants.sealedLayers()) ?? [] {
            guard (try? grants.refresh(manifest)) == true,
                let held = try? port.heldLayer(manifest.layer)
            else { continue }
            post(.layerHeld(held))
        }
    }

    private func post(_ input: Input) { loop.post(.input(input)) }
}
