import Wire

/// The relay's part of relaying: who has a place, which circuits stand, and what may pass. No I/O,
/// no clock; bytes of circuits go through as they are and are counted, never looked at.
///
/// Each side of a circuit may send what it was allowed: a window at first, then as much as the
/// other side allows anew, held back here while the owner's rate is used up. So a circuit never
/// keeps more than two windows, and a fast sender waits at its own end.
struct RelayDesk: Sendable {
    /// What is to be done, in order.
    enum Effect: Equatable, Sendable {
        /// Tell a client.
        case send(SessionNumber, RelayMessage)
        /// A client broke the rules in a way that no honest one does.
        case blame(SessionNumber, String)
    }

    /// A session as the desk needs it.
    struct Client: Sendable {
        let session: SessionNumber
        let key: NodeKey
        /// Whether the client dialled it: then its circuits have even numbers.
        let isCaller: Bool
        /// Whether it runs over a relay itself.
        let isRelayed: Bool
        /// The part of the network that it is in; nil for one near by.
        let network: Netgroup?
    }

    /// One side of a circuit.
    struct Side: Sendable {
        let end: CircuitEnd
        /// Bytes that it may send.
        var allowed = RelayMessage.window
        /// Bytes that it sent and the other side has not allowed anew.
        var underWay: UInt64 = 0
        /// Bytes that the other side allowed and the rate holds back.
        var heldBack: UInt64 = 0
    }

    private struct Circuit: Sendable {
        /// The side that asked for it, and the one that has a place.
        var sides: [Side]
        let caller: NodeKey
        let network: Netgroup?
        var isOpen = false
        /// Monotonic nanoseconds of the last byte, or of the question.
        var heard: UInt64
    }

    let offer: RelayOffer
    private(set) var budget: RelayBudget
    /// What happened so far.
    private(set) var counters = RelayCounters()
    private var places = OrderedTable<SessionNumber, Client>()
    private var asked = OrderedTable<SessionNumber, TokenBucket>()
    private var circuits = OrderedTable<UInt64, Circuit>()
    /// Which circuit, and which side of it, an end is.
    private var ends = OrderedTable<CircuitEnd, (circuit: UInt64, side: Int)>()
    /// Ends whose allowances are held back, the next one first.
    private var waiting: [CircuitEnd] = []
    private var nextCircuit: UInt64 = 1
    private var nextNumber: UInt64 = 1

    /// A relay that nobody uses yet.
    init(_ offer: RelayOffer) {
        self.offer = offer
        budget = RelayBudget(offer)
    }

    /// Circuits that stand or are being opened.
    var circuitCount: Int { circuits.count }
    /// Nodes that have a place.
    var placeCount: Int { places.count }
    /// Bytes that all circuits may keep at this moment.
    var underWay: UInt64 {
        circuits.values.reduce(0) { $0 + $1.sides.reduce(0) { $0 + $1.underWay } }
    }

    /// Whether a session has a place or a circuit here.
    func serves(_ session: SessionNumber) -> Bool {
        places[session] != nil || ends.keys.contains { $0.session == session }
    }

    // MARK: Places and circuits

    mutating func reserve(_ client: Client) -> [Effect] {
        func refuse(_ reason: RelayMessage.Reason) -> [Effect] {
            counters.refuse(reason)
            return [.send(client.session, .refused(circuit: 0, reason))]
        }
        guard !client.isRelayed else { return refuse(.notOffered) }
        let others = places.values.filter { $0.session != client.session }
        let near = others.filter { $0.network != nil && $0.network == client.network }
        guard others.count < RelayLimits.placesMax, near.count < RelayLimits.placesPerNetgroup
        else { return refuse(.full) }
        places[client.session] = client
        return [.send(client.session, .reserved)]
    }

    /// A client asks for a circuit to the node that has the key.
    mutating func connect(
        _ circuit: UInt64, to key: NodeKey, by client: Client, at now: UInt64,
        session: (SessionNumber) -> Client?
    ) -> [Effect] {
        let end = CircuitEnd(session: client.session, circuit: circuit)
        guard circuit > 0, circuit.isMultiple(of: 2) == client.isCaller, ends[end] == nil else {
            return [.blame(client.session, "numbered a circuit wrongly")]
        }
        if let reason = hindrance(client, to: key, at: now) {
            counters.refuse(reason)
            return [.send(client.session, .refused(circuit: circuit, reason))]
        }
        guard let place = places.entries.first(where: { $0.value.key == key })?.key,
            let callee = session(place), callee.session != client.session
        else {
            counters.refuse(.absent)
            return [.send(client.session, .refused(circuit: circuit, .absent))]
        }
        // The relay numbers it on the other session: even where it dialled that.
        let number = 2 * nextNumber + (callee.isCaller ? 1 : 0)
        nextNumber += 1
        let other = CircuitEnd(session: callee.session, circuit: number)
        circuits[nextCircuit] = Circuit(
            sides: [Side(end: end), Side(end: other)], caller: client.key,
            network: client.network, heard: now)
        ends[end] = (nextCircuit, 0)
        ends[other] = (nextCircuit, 1)
        nextCircuit += 1
        return [.send(callee.session, .incoming(circuit: number, from: client.key))]
    }

    private mutating func hindrance(
        _ client: Client, to key: NodeKey, at now: UInt64
    ) -> RelayMessage.Reason? {
        if client.isRelayed || client.key == key { return .notOffered }
        if asked[client.session] == nil { asked[client.session] = RelayLimits.asked }
        guard asked.change(client.session, { $0.take(at: now) }) == true else { return .tooMany }
        if budget.isSpent(at: now) { return .spent }
        if circuits.count >= offer.circuits { return .full }
        let own = circuits.values.count { $0.caller == client.key }
        if own >= RelayLimits.circuitsPerCaller { return .tooMany }
        let neighbours = circuits.values.count {
            client.network != nil && $0.network == client.network
        }
        if neighbours >= max(RelayLimits.circuitsPerCaller, offer.circuits / 2) { return .tooMany }
        let place = places.entries.first { $0.value.key == key }?.key
        let taken = circuits.values.count { $0.sides[1].end.session == place }
        return taken >= RelayLimits.circuitsPerPlace ? .full : nil
    }

    // MARK: What passes

    /// A word about a circuit, or bytes of it; nil where no circuit of this relay ends there.
    mutating func receive(
        _ message: RelayMessage, _ end: CircuitEnd, at now: UInt64
    ) -> [Effect]? {
        guard let (number, side) = ends[end], let circuit = circuits[number] else { return nil }
        switch message {
        case .opened:
            guard side == 1, !circuit.isOpen else { return broken(number, by: end) }
            _ = circuits.change(number) { circuit in
                circuit.isOpen = true
                circuit.heard = now
            }
            counters.opened += 1
            let caller = circuit.sides[0].end
            return [.send(caller.session, .opened(circuit: caller.circuit))]
        case .refused(_, let reason):
            guard side == 1, !circuit.isOpen else { return broken(number, by: end) }
            remove(number)
            counters.refuse(.declined)
            let caller = circuit.sides[0].end
            let told = reason == .full ? RelayMessage.Reason.full : .declined
            return [.send(caller.session, .refused(circuit: caller.circuit, told))]
        case .close(_, let reason): return close(number, reason, but: side)
        case .bytes(_, let bytes): return pass(bytes, number, circuit, side, at: now)
        case .allow(_, let count): return allow(count, number, circuit, side, at: now)
        default: return broken(number, by: end)
        }
    }

    private mutating func pass(
        _ bytes: [UInt8], _ number: UInt64, _ circuit: Circuit, _ side: Int, at now: UInt64
    ) -> [Effect] {
        let count = UInt64(bytes.count)
        let sender = circuit.sides[side]
        guard circuit.isOpen, sender.allowed >= count else { return broken(number, by: sender.end) }
        budget.pass(count, at: now)
        counters.bytes += count
        guard !budget.isSpent(at: now) else { return closeAll(.spent) }
        _ = circuits.change(number) { circuit in
            circuit.sides[side].allowed -= count
            circuit.sides[side].underWay += count
            circuit.heard = now
        }
        let other = circuit.sides[1 - side].end
        return [.send(other.session, .bytes(circuit: other.circuit, bytes))]
    }

    /// The side that got bytes lets the other send so many more.
    private mutating func allow(
        _ count: UInt64, _ number: UInt64, _ circuit: Circuit, _ side: Int, at now: UInt64
    ) -> [Effect] {
        let sender = circuit.sides[1 - side]
        guard circuit.isOpen, sender.underWay >= count else {
            return broken(number, by: circuit.sides[side].end)
        }
        _ = circuits.change(number) { circuit in
            circuit.sides[1 - side].underWay -= count
            circuit.sides[1 - side].heldBack += count
        }
        if !waiting.contains(sender.end) { waiting.append(sender.end) }
        return release(at: now)
    }

    /// Gives on what was held back, in turn, as far as the rate goes.
    private mutating func release(at now: UInt64) -> [Effect] {
        var effects: [Effect] = []
        while let end = waiting.first {
            guard let (number, side) = ends[end], let circuit = circuits[number],
                circuit.sides[side].heldBack > 0
            else {
                waiting.removeFirst()
                continue
            }
            let share = min(circuit.sides[side].heldBack, releasable)
            guard budget.take(share, at: now) else { break }
            _ = circuits.change(number) { circuit in
                circuit.sides[side].heldBack -= share
                circuit.sides[side].allowed += share
            }
            waiting.removeFirst()
            waiting.append(end)
            effects.append(.send(end.session, .allow(circuit: end.circuit, bytes: share)))
        }
        return effects
    }

    /// What one circuit gets at a time: never more than a second's bytes, or it would never come.
    private var releasable: UInt64 { min(RelayLimits.share, offer.bytesPerSecond) }

    // MARK: Ends

    private mutating func broken(_ number: UInt64, by end: CircuitEnd) -> [Effect] {
        close(number, .broken, but: nil)
            + [.blame(end.session, "sent through a circuit what was not allowed")]
    }

    /// Ends a circuit and tells its sides, but for the one that said so.
    private mutating func close(
        _ number: UInt64, _ reason: RelayMessage.Reason, but side: Int?
    ) -> [Effect] {
        guard let circuit = circuits[number] else { return [] }
        remove(number)
        return circuit.sides.indices.filter { $0 != side }.map { index in
            let end = circuit.sides[index].end
            let isAnswer = index == 0 && !circuit.isOpen
            return .send(
                end.session,
                isAnswer
                    ? .refused(circuit: end.circuit, reason)
                    : .close(circuit: end.circuit, reason))
        }
    }

    private mutating func closeAll(_ reason: RelayMessage.Reason) -> [Effect] {
        circuits.keys.flatMap { close($0, reason, but: nil) }
    }

    private mutating func remove(_ number: UInt64) {
        for side in circuits[number]?.sides ?? [] { ends[side.end] = nil }
        circuits[number] = nil
    }

    /// A session ended: its place and its circuits with it.
    mutating func sessionGone(_ session: SessionNumber) -> [Effect] {
        places[session] = nil
        asked[session] = nil
        var effects: [Effect] = []
        for (end, place) in ends.entries where end.session == session {
            effects += close(place.circuit, .closed, but: place.side)
        }
        return effects
    }

    // MARK: Time

    /// Monotonic nanoseconds when `wake` is due; `.max` for no need.
    var deadline: UInt64 {
        waiting.isEmpty ? .max : budget.due(releasable)
    }

    /// Gives on what the rate allows now.
    mutating func wake(at now: UInt64) -> [Effect] { release(at: now) }

    /// Ends circuits that nobody took in time or that fell silent.
    mutating func watch(at now: UInt64) -> [Effect] {
        var effects: [Effect] = []
        for (number, circuit) in circuits.entries {
            let silence = now - min(now, circuit.heard)
            let isOver =
                circuit.isOpen
                ? silence > RelayLimits.silence : silence > RelayLimits.openPatience
            if isOver {
                effects += close(number, circuit.isOpen ? .closed : .declined, but: nil)
            }
        }
        return effects
    }
}
