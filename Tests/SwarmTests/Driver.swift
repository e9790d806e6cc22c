import Genome
import Wire

@testable import Swarm

/// A core with hands: feeds it inputs at a time of the test's choosing and keeps what it wants.
struct Driver {
    static let wallStart: UInt64 = 1_790_000_000_000

    let key: SigningKey
    var core: Swarm
    /// Monotonic nanoseconds.
    var time: UInt64 = 5_000_000_000
    /// Milliseconds by which the wall clock is off.
    var skew: Int64 = 0

    init(_ seed: UInt8 = 1, isSeeding: Bool = true, lastSequence: UInt64 = 0) {
        let key = Self.key(seed)
        self.key = key
        core = Swarm(
            Settings(
                node: key.publicKey, label: "lab", endpoints: [Self.address(seed)],
                software: "test", isSeeding: isSeeding, lastSequence: lastSequence, seed: 7))
    }

    static func key(_ seed: UInt8) -> SigningKey {
        guard let key = SigningKey(seed: [UInt8](repeating: seed, count: 32)) else {
            preconditionFailure("32 bytes make a key")
        }
        return key
    }

    /// A global address, or one of this machine or site.
    static func address(_ last: UInt8, _ network: [UInt8] = [9, 9, 9]) -> Endpoint {
        guard let endpoint = Endpoint(bytes: network + [last], port: 4747) else {
            preconditionFailure("4 bytes make an address")
        }
        return endpoint
    }

    var moment: Moment {
        let wall = Int64(Self.wallStart + time / 1_000_000) + skew
        return Moment(monotonic: time, wall: UInt64(wall))
    }

    @discardableResult
    mutating func feed(_ input: Input) -> [Effect] { core.handle(input, at: moment) }

    /// Lets time pass with a wake whenever one is due; gives all that was wanted meanwhile.
    @discardableResult
    mutating func pass(_ nanoseconds: UInt64) -> [Effect] {
        let end = time + nanoseconds
        var effects: [Effect] = []
        while core.deadline <= end {
            time = max(time, core.deadline)
            effects += feed(.wake)
        }
        time = end
        return effects
    }

    /// A channel with the peer of a seed stands.
    @discardableResult
    mutating func open(
        _ number: SessionNumber, _ seed: UInt8, isInitiator: Bool = false, dial: UInt64? = nil,
        from endpoint: Endpoint? = nil
    ) -> [Effect] {
        let facts = SessionFacts(
            peer: Self.key(seed).publicKey, endpoint: endpoint ?? Self.address(seed),
            isInitiator: isInitiator, dial: dial)
        return feed(.sessionOpened(number, facts))
    }

    @discardableResult
    mutating func hear(_ number: SessionNumber, _ message: Message) -> [Effect] {
        feed(.message(number, message))
    }

    /// The peer of a session says that it speaks of neighbours.
    @discardableResult
    mutating func introduce(
        _ number: SessionNumber, endpoints: [Endpoint] = [], wall: UInt64? = nil,
        features: UInt64 = Introduction.neighbours
    ) -> [Effect] {
        hear(
            number,
            .introduction(
                Introduction(
                    features: features, endpoints: endpoints, observed: nil, label: "",
                    software: "", wallMilliseconds: wall ?? moment.wall)))
    }

    /// Signs what the core wanted signed and feeds it back.
    mutating func signed(_ effects: [Effect]) throws -> [Record] {
        try effects.unsigned.map { try $0.signed(key.sign($0.signingInput)) }
    }

    /// Signs what the core wanted signed, and the catalogue takes it: the records, and what the
    /// core wants then.
    mutating func announce(_ effects: [Effect]) throws -> ([Record], [Effect]) {
        let records = try signed(effects)
        var later: [Effect] = []
        for record in records {
            let stored = feed(.recordSigned(record))
            later += stored
            for batch in stored.stored {
                later += feed(.recordsStored(batch: batch.number, outcomes: [.fresh]))
            }
        }
        return (records, later)
    }

    /// Records arrive with good signatures and get these outcomes.
    @discardableResult
    mutating func take(
        _ records: [Record], from session: SessionNumber, _ outcome: StoreOutcome = .fresh
    ) -> [Effect] {
        var effects = hear(session, .records(records.map(\.bytes)))
        for batch in effects.verified {
            effects += feed(
                .recordsVerified(
                    batch: batch.number, isValid: batch.records.map(\.isSignatureValid)))
        }
        for batch in effects.stored {
            effects += feed(
                .recordsStored(
                    batch: batch.number, outcomes: batch.records.map { _ in outcome }))
        }
        return effects
    }

    /// A record of the key of a seed.
    static func record(
        _ seed: UInt8, _ content: RecordContent, sequence: UInt64 = 1, issued: UInt64 = wallStart,
        life: UInt64 = 3_600_000, domain: Domain = .everyone
    ) throws -> Record {
        let key = key(seed)
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: sequence, issued: issued, expires: issued + life,
            domain: domain, content: content)
        return try unsigned.signed(key.sign(unsigned.signingInput))
    }

    static func node(_ endpoints: [Endpoint]) -> RecordContent {
        .node(NodeContent(endpoints: endpoints, services: [.catalogue, .blobs]))
    }
}

extension [Effect] {
    /// Without what is written down for the owner: peers never see that.
    var unnoted: [Effect] {
        filter { effect in
            if case .noteDecision = effect { false } else { true }
        }
    }

    func sent(to session: SessionNumber) -> [Message] {
        compactMap { effect in
            if case .send(session, let message) = effect { message } else { nil }
        }
    }

    var dials: [(dial: UInt64, endpoints: [Endpoint], key: NodeKey?)] {
        compactMap { effect in
            if case .dial(let dial, let endpoints, let key) = effect {
                (dial, endpoints, key)
            } else {
                nil
            }
        }
    }

    func reason(closing session: SessionNumber) -> String? {
        for case .close(session, let reason) in self { return reason }
        return nil
    }

    var verified: [(number: UInt64, records: [Record])] {
        compactMap { effect in
            if case .verifyRecords(let number, let records) = effect {
                (number, records)
            } else {
                nil
            }
        }
    }

    var stored: [(number: UInt64, records: [Record])] {
        compactMap { effect in
            if case .storeRecords(let number, let records) = effect {
                (number, records)
            } else {
                nil
            }
        }
    }

    var unsigned: [UnsignedRecord] {
        compactMap { if case .signRecord(let record) = $0 { record } else { nil } }
    }

    var logs: [String] { compactMap { if case .log(let text) = $0 { text } else { nil } } }

    var requests: [(session: SessionNumber, request: GroupRequest)] {
        compactMap { effect in
            if case .requestGroup(let session, let request, _) = effect {
                (session, request)
            } else {
                nil
            }
        }
    }

    var opened: [Digest] {
        compactMap { if case .openBlob(let blob, _) = $0 { blob } else { nil } }
    }

    var released: [Digest] {
        compactMap { if case .releaseBlob(let blob) = $0 { blob } else { nil } }
    }

    var completed: [Digest] {
        compactMap { if case .completeBlob(let blob) = $0 { blob } else { nil } }
    }

    var lookups: Int {
        count { if case .findHolders = $0 { true } else { false } }
    }

    var adoptions: Int {
        count { if case .adoptLayer = $0 { true } else { false } }
    }

    var searches: [(blob: Digest, token: UInt64)] {
        compactMap { if case .searchBlob(let blob, let token) = $0 { (blob, token) } else { nil } }
    }

    var completions: [Digest] {
        compactMap { if case .completeBlob(let blob) = $0 { blob } else { nil } }
    }

    func phase(of fetch: FetchNumber) -> FetchStatus.Phase? { status(of: fetch)?.phase }

    func status(of fetch: FetchNumber) -> FetchStatus? {
        for case .fetchChanged(fetch, let status) in reversed() { return status }
        return nil
    }
}
