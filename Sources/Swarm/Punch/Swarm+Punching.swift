import Wire

/// Punches under way, by the relayed session that one is to replace.
struct Punching: Sendable {
    /// How a punch stands.
    enum Step: Equatable, Sendable {
        /// The next offer is due.
        case pausing(until: UInt64)
        /// An offer was made at that time, with that number.
        case offered(number: UInt64, at: UInt64)
        /// The other side's offer was answered; it says when.
        case answered(number: UInt64)
        /// Both call.
        case calling(dial: UInt64)
    }

    /// One punch.
    struct Punch: Sendable {
        var step: Step
        /// Attempts that were begun.
        var attempts = 0
        /// Where the other side is seen.
        var endpoints: [Endpoint] = []
    }

    var punches = OrderedTable<SessionNumber, Punch>()
    /// Punches that came to a connection, and that did not.
    var succeeded: UInt64 = 0
    var failed: UInt64 = 0
}

extension Swarm {
    /// Where this node can be called from outside while it calls itself: the addresses that relays
    /// see it at which it dialled from the port that it listens on, and its own global ones.
    private var punchEndpoints: [Endpoint] {
        var endpoints: [Endpoint] = []
        for session in sessions.values where session.facts.path == .directFromPort {
            if let seen = session.introduction?.observed, seen.reach == .global {
                endpoints.append(seen)
            }
        }
        endpoints += ownEndpoints.filter { $0.reach == .global }
        var unique: [Endpoint] = []
        for endpoint in endpoints where !unique.contains(endpoint) { unique.append(endpoint) }
        return Array(unique.prefix(PunchMessage.endpointsMax))
    }

    /// A relayed peer introduced itself: the side with the lower key sees to a connection of their
    /// own.
    mutating func punchIfUseful(_ number: SessionNumber) {
        guard let session = sessions[number], session.facts.path.isRelayed,
            let said = session.introduction, said.features & Introduction.reach != 0,
            settings.node < session.facts.peer
        else { return }
        punching.punches[number] = Punching.Punch(
            step: .pausing(until: now.monotonic + PunchLimits.firstPause))
    }

    mutating func receive(_ message: PunchMessage, from number: SessionNumber) {
        guard let session = sessions[number], session.facts.path.isRelayed else {
            return blame(number, "spoke of a punch where none is needed")
        }
        switch message {
        case .offer(let attempt, let endpoints):
            guard session.facts.peer < settings.node else {
                return blame(number, "offered a punch that is not its to offer")
            }
            offered(attempt, endpoints, number)
        case .answer(let attempt, let endpoints): answered(attempt, endpoints, number)
        case .go(let attempt):
            guard case .answered(attempt) = punching.punches[number]?.step else { return }
            call(number, after: 0)
        }
    }

    private func callable(_ endpoints: [Endpoint]) -> [Endpoint] {
        endpoints.filter { $0.reach == .global && $0.port != 0 }
    }

    private mutating func offered(
        _ attempt: UInt64, _ endpoints: [Endpoint], _ number: SessionNumber
    ) {
        var punch = punching.punches[number] ?? Punching.Punch(step: .answered(number: attempt))
        guard punch.attempts < PunchLimits.answeredMax else { return }
        punch.attempts += 1
        punch.step = .answered(number: attempt)
        punch.endpoints = callable(endpoints)
        punching.punches[number] = punch
        send(.punch(.answer(number: attempt, punchEndpoints)), to: number)
    }

    private mutating func answered(
        _ attempt: UInt64, _ endpoints: [Endpoint], _ number: SessionNumber
    ) {
        guard case .offered(attempt, let at) = punching.punches[number]?.step else { return }
        let callable = callable(endpoints)
        _ = punching.punches.change(number) { $0.endpoints = callable }
        send(.punch(.go(number: attempt)), to: number)
        call(number, after: min((now.monotonic - at) / 2, PunchLimits.waitMax))
    }

    private mutating func call(_ number: SessionNumber, after wait: UInt64) {
        guard let punch = punching.punches[number], let facts = sessions[number]?.facts else {
            return
        }
        guard !punch.endpoints.isEmpty else { return attemptFailed(number) }
        let dial = nextDial
        nextDial += 1
        _ = punching.punches.change(number) { $0.step = .calling(dial: dial) }
        effects.append(
            .punch(
                dial, endpoints: punch.endpoints, expected: facts.peer,
                isInitiator: settings.node < facts.peer, after: wait))
    }

    /// Whether a dial that came to nothing was a punch.
    mutating func punchFailed(_ dial: UInt64) -> Bool {
        let number = punching.punches.entries.first { $0.value.step == .calling(dial: dial) }?.key
        guard let number else { return false }
        attemptFailed(number)
        return true
    }

    private mutating func attemptFailed(_ number: SessionNumber) {
        guard let punch = punching.punches[number], let facts = sessions[number]?.facts else {
            return
        }
        let isOver = punch.attempts >= PunchLimits.attemptsMax
        if isOver { punching.failed += 1 }
        guard settings.node < facts.peer else { return }
        guard !isOver else { return punchGone(number) }
        _ = punching.punches.change(number) {
            $0.step = .pausing(until: now.monotonic + PunchLimits.pause)
        }
    }

    /// A session stands: where it is a punch's, the relayed one has given way to it.
    mutating func punched(_ facts: SessionFacts) {
        if facts.path == .punched { punching.succeeded += 1 }
    }

    /// A relayed session is over, and its punch with it.
    mutating func punchGone(_ number: SessionNumber) { punching.punches[number] = nil }

    /// Begins attempts that are due, and gives up those that are not answered.
    mutating func watchPunches() {
        for (number, punch) in punching.punches.entries {
            switch punch.step {
            case .pausing(let until) where until <= now.monotonic: offer(number)
            case .offered(_, let at) where now.monotonic - at > PunchLimits.answerPatience:
                attemptFailed(number)
            default: break
            }
        }
    }

    private mutating func offer(_ number: SessionNumber) {
        let attempt = generator.next()
        let isMore = punching.punches.change(number) { punch in
            guard punch.attempts < PunchLimits.attemptsMax else { return false }
            punch.attempts += 1
            punch.step = .offered(number: attempt, at: now.monotonic)
            return true
        }
        guard isMore == true else { return }
        send(.punch(.offer(number: attempt, punchEndpoints)), to: number)
    }
}
