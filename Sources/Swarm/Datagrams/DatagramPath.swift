import Wire

/// Whether datagrams pass between this node and one peer, found out by pings alone: nothing but a
/// ping goes to an address from which no answer has come. All that goes by datagram can go over the
/// session too, so that a closed path costs its pings and nothing else.
struct DatagramPath: Sendable {
    /// How it stands.
    enum Standing: Equatable, Sendable {
        /// The peer has not said where it hears.
        case unknown
        /// It is being tried.
        case trying
        /// Pings are answered.
        case open
        /// They are not; it is tried again later.
        case closed
    }

    /// What is to be done.
    enum Step: Equatable, Sendable {
        /// Send a ping by datagram.
        case ping(UInt64, Endpoint)
        /// Ask the same over the session: the datagram seems to be lost.
        case askAgain(UInt64)
    }

    private struct Ping: Sendable {
        let number: UInt64
        let sent: UInt64
        /// Whether a neighbour was to be heard, not the path.
        let isOfNeighbour: Bool
        var isLate = false
    }

    private(set) var standing = Standing.unknown
    /// Where the peer hears, as far as is known.
    private(set) var target: Endpoint?
    /// Where the peer said that it hears.
    private var told: Endpoint?
    /// Smoothed round trip by datagram and its deviation (RFC 6298); nil before the first.
    private(set) var roundTrip: (smooth: UInt64, deviation: UInt64)?
    /// When `wake` is due.
    private(set) var due = UInt64.max
    private var pings: [Ping] = []
    private var misses = 0
    private var pause = DatagramLimits.pauseMin
    /// When it opened, and when it was answered last.
    private var opened: UInt64 = 0
    private var answered: UInt64 = 0
    /// Another port of the peer's address from which datagrams came: a router's.
    private var seen: Endpoint?
    /// Chance for the numbers of pings: of its own, so that what is said to one peer moves nothing
    /// that others see.
    private var generator: SeededGenerator
    /// When this node's key for the peer was chosen; nil where none is.
    var offered: UInt64?
    /// Datagrams of the peer that were opened under it.
    var received: UInt64 = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    // MARK: The peer's words

    /// The peer said where it hears, at the address of its session. A new key at the same place
    /// changes nothing else.
    mutating func offered(at endpoint: Endpoint, now: UInt64) {
        guard told != endpoint else { return }
        told = endpoint
        if standing != .open { aim(at: endpoint, now) }
    }

    /// A datagram of the peer was opened. From another port of its address, where no other path is
    /// open, it is answered there: a router stands between.
    mutating func heard(from endpoint: Endpoint, now: UInt64) {
        received += 1
        guard told != nil else { return }
        if endpoint != told { seen = endpoint }
        guard standing != .open, endpoint != target || standing == .closed else { return }
        aim(at: endpoint, now)
    }

    private mutating func aim(at endpoint: Endpoint, _ now: UInt64) {
        target = endpoint
        standing = .trying
        pings = []
        misses = 0
        due = now
    }

    /// A pong came by datagram; whether it is for a neighbour's sake.
    mutating func answered(_ number: UInt64, from endpoint: Endpoint, now: UInt64) -> Bool {
        guard let index = pings.firstIndex(where: { $0.number == number }) else { return false }
        let ping = pings[index]
        pings.removeSubrange(...index)
        measure(now - min(now, ping.sent))
        misses = 0
        answered = now
        if standing != .open {
            standing = .open
            target = endpoint
            opened = now
        }
        plan(now)
        return ping.isOfNeighbour
    }

    /// A pong came over the session after the same was asked there: the neighbour lives, and
    /// datagrams were lost.
    mutating func forget(_ number: UInt64) {
        pings.removeAll { $0.number == number && $0.isOfNeighbour && $0.isLate }
    }

    // MARK: What goes out

    /// Where words for the peer go by datagram now; nil where they go over the session.
    var openTarget: Endpoint? { standing == .open ? target : nil }

    /// Takes a neighbour's ping; where it goes, nil when it must go over the session: when none
    /// passes, and when one before it was not answered.
    mutating func take(ping number: UInt64, now: UInt64) -> Endpoint? {
        guard let target = openTarget, pings.isEmpty else { return nil }
        pings.append(Ping(number: number, sent: now, isOfNeighbour: true))
        plan(now)
        return target
    }

    /// A word goes by datagram. With the first after a while goes a ping.
    mutating func carry(now: UInt64) -> Step? {
        guard standing == .open, pings.isEmpty,
            now - min(now, answered) > DatagramLimits.carryingQuietMax
        else { return nil }
        return ask(now)
    }

    private mutating func ask(_ now: UInt64) -> Step? {
        guard let target else { return nil }
        let number = generator.next()
        pings.append(Ping(number: number, sent: now, isOfNeighbour: false))
        plan(now)
        return .ping(number, target)
    }

    // MARK: Time

    /// To be called when `due` has come.
    mutating func wake(now: UInt64) -> [Step] {
        guard now >= due else { return [] }
        var steps: [Step] = []
        for index in pings.indices where !pings[index].isLate {
            guard now >= pings[index].sent + patience else { continue }
            pings[index].isLate = true
            misses += 1
            if pings[index].isOfNeighbour { steps.append(.askAgain(pings[index].number)) }
        }
        if misses >= DatagramLimits.missesMax {
            close(now)
        } else if target != nil, standing == .trying || standing == .open {
            let isWaiting = pings.contains { !$0.isLate }
            let isQuiet = now - min(now, answered) >= DatagramLimits.quietMax
            if !isWaiting, standing == .trying || misses > 0 || isQuiet {
                steps += [ask(now)].compactMap { $0 }
            }
        } else if standing == .closed {
            if let place = seen ?? told { aim(at: place, now) }
            steps += [ask(now)].compactMap { $0 }
        }
        if pings.count > DatagramLimits.pingsMax {
            pings.removeFirst(pings.count - DatagramLimits.pingsMax)
        }
        plan(now)
        return steps
    }

    private mutating func close(_ now: UInt64) {
        if standing == .open, now - min(now, opened) >= DatagramLimits.settledAfter {
            pause = DatagramLimits.pauseMin
        }
        standing = .closed
        // A router may have forgotten the port by now.
        if target == seen { seen = nil }
        pings = []
        misses = 0
        roundTrip = nil
        due = now + pause
        pause = min(pause * 2, DatagramLimits.pauseMax)
    }

    private mutating func plan(_ now: UInt64) {
        switch standing {
        case .unknown: due = .max
        case .closed: break
        case .trying, .open:
            let waiting = pings.first { !$0.isLate }.map { $0.sent + patience }
            if let waiting {
                due = waiting
            } else if standing == .trying || misses > 0 {
                due = now
            } else {
                due = answered + DatagramLimits.quietMax
            }
        }
    }

    // MARK: Round trips

    private var patience: UInt64 {
        guard let roundTrip else { return DatagramLimits.answerFirst }
        let margin = max(DatagramLimits.answerMargin, 4 * roundTrip.deviation)
        return min(DatagramLimits.answerMax, roundTrip.smooth + margin)
    }

    private mutating func measure(_ span: UInt64) {
        guard let known = roundTrip else {
            roundTrip = (span, span / 2)
            return
        }
        let error = span > known.smooth ? span - known.smooth : known.smooth - span
        roundTrip = ((known.smooth * 7 + span) / 8, (known.deviation * 3 + error) / 4)
    }
}
