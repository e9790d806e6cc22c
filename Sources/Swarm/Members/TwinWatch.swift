import Wire

/// Another live node with this node's key: somebody copied the home. Two that speak with one voice
/// contradict each other, and each takes the other's sessions away.
public struct Twin: Equatable, Sendable {
    /// How it was noticed.
    public enum Sign: String, Sendable {
        /// A session with the own key that this process is not the other end of.
        case session
        /// A record that the own key signed since this run began, and this run did not.
        case record
    }

    /// How it was noticed the last time.
    public let sign: Sign
    /// Wall milliseconds of that.
    public let met: UInt64
    /// Where it is, as far as that tells.
    public let endpoints: [Endpoint]

    /// A twin.
    public init(sign: Sign, met: UInt64, endpoints: [Endpoint]) {
        (self.sign, self.met, self.endpoints) = (sign, met, endpoints)
    }
}

/// Watches for a twin.
struct TwinWatch: Sendable {
    /// A channel whose other end has the own key: this process itself, or a twin.
    struct OwnCall: Sendable {
        let facts: SessionFacts
        /// What this end asks the other to know; 0 where the other end asks.
        let number: UInt64
        /// Monotonic nanoseconds when it was opened.
        let opened: UInt64
    }

    /// Channels with the own key at a time: each is one question.
    static let callsMax = 16
    /// Nanoseconds after which one that says nothing is closed.
    static let patience = 10 * Span.second

    var calls = OrderedTable<SessionNumber, OwnCall>()
    /// Wall milliseconds when this run began to sign; nil before.
    var begun: UInt64?
    /// The twin as it was met last.
    var twin: Twin?
    /// How often it was met: what is said again because of it is said ever more seldom.
    var count: UInt64 = 0
}

extension Swarm {
    /// Another live node with this node's key; nil where none was met in this run.
    public var twin: Twin? { twinWatch.twin }

    /// The reason by which one of two nodes with one key tells the other.
    static let twinReason = "this key runs in two places"
    /// The reason by which a node ends a channel with itself.
    static let myselfReason = "this is myself"
    /// How far a twin's clock may be ahead for its records to count as signed since this run began:
    /// a record that a clock far ahead signed in an earlier run is no sign of a twin.
    private static let aheadMax: UInt64 = 60_000

    /// A channel stands whose other end has proven this node's own key. Who dialled says a number,
    /// and who knows whether it has just said that number itself knows whether it is the same
    /// process.
    mutating func meetOwnKey(_ number: SessionNumber, _ facts: SessionFacts) {
        guard twinWatch.calls.count < TwinWatch.callsMax, !isStopping else {
            forgetMyself(facts)
            effects.append(.close(number, reason: Self.myselfReason))
            return
        }
        let question = facts.isInitiator ? generator.next() | 1 : 0
        twinWatch.calls[number] = TwinWatch.OwnCall(
            facts: facts, number: question, opened: now.monotonic)
        if facts.isInitiator { effects.append(.send(number, .ping(question))) }
    }

    /// Whether a message came over a channel with the own key; then it is answered.
    mutating func hearOwnKey(_ number: SessionNumber, _ message: Message) -> Bool {
        guard let call = twinWatch.calls[number] else { return false }
        switch message {
        case .ping(let value) where !call.facts.isInitiator:
            twinWatch.calls[number] = nil
            let isOwn = twinWatch.calls.values.contains { $0.number == value }
            effects.append(
                .close(number, reason: isOwn ? Self.myselfReason : Self.twinReason))
            // The port is the one that it called from.
            if !isOwn { meetTwin(.session, at: [call.facts.endpoint.with(port: 0)]) }
        case .goodbye(let reason) where call.facts.isInitiator:
            twinWatch.calls[number] = nil
            if reason == Self.twinReason {
                contactEnded(call.facts)
                meetTwin(.session, at: [call.facts.endpoint])
            } else {
                forgetMyself(call.facts)
            }
            effects.append(.close(number, reason: reason))
        default: break
        }
        return true
    }

    /// A channel with the own key ended.
    mutating func ownKeyGone(_ number: SessionNumber) {
        guard let call = twinWatch.calls[number] else { return }
        twinWatch.calls[number] = nil
        forgetMyself(call.facts)
    }

    /// The dial of a contact with the own key is over: it is not tried all the time.
    private mutating func contactEnded(_ facts: SessionFacts) {
        guard let dial = facts.dial else { return }
        dialFailed(dial, "the node there has this node's own key")
    }

    mutating func watchTwin() {
        if twinWatch.begun == nil { twinWatch.begun = now.wall }
        for (number, call) in twinWatch.calls.entries
        where now.monotonic - call.opened > TwinWatch.patience {
            twinWatch.calls[number] = nil
            forgetMyself(call.facts)
            effects.append(.close(number, reason: Self.myselfReason))
        }
    }

    /// A record with the own key's signature came that this run did not sign. Whether that tells of
    /// a twin: what an earlier run signed, and a lost store forgot, is older than this run.
    mutating func noteForeign(_ record: Record) {
        guard let begun = twinWatch.begun, record.issued > begun,
            record.issued <= now.wall + Self.aheadMax
        else { return }
        var endpoints: [Endpoint] = []
        if case .node(let node) = record.content { endpoints = node.endpoints }
        meetTwin(.record, at: endpoints)
    }

    /// Tells the owner, once when it is met and then whenever it is somewhere else.
    private mutating func meetTwin(_ sign: Twin.Sign, at endpoints: [Endpoint]) {
        let before = twinWatch.twin
        let known = endpoints.isEmpty ? before?.endpoints ?? [] : endpoints
        let twin = Twin(sign: sign, met: now.wall, endpoints: known)
        twinWatch.twin = twin
        twinWatch.count += 1
        effects.append(.keyMetElsewhere(twin))
        // A home that was made from a backup is the younger one: it stops.
        if settings.restored != nil { fallSilent(at: now.wall) }
        guard before == nil, !settings.isSilent else { return }
        effects.append(
            .log(
                "this node's key runs in two places: another node with the same key is alive. One "
                    + "home was copied. Stop one of the two and give it a home of its own; until "
                    + "then each takes the other's contacts away. See: plasmid doctor"))
    }
}
