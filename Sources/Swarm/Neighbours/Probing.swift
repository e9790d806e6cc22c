import Wire

/// Whether neighbours live (SWIM: Das, Gupta and Motivala 2002, on neighbours only; Lifeguard:
/// Dadgar, Phillips and Currey 2018): who is silent is asked, then others are asked about it, then
/// it is suspected, then it is dropped. Any word of a neighbour is a sign of life. Nobody's word
/// about a third node ends a link: it can only keep one.
package struct Probing: Sendable {
    /// What is to be done, in order.
    package enum Effect: Equatable, Sendable {
        /// Ask a neighbour for a word; answered by `heard` with the number.
        case ping(SessionNumber, UInt64)
        /// Tell a neighbour.
        case send(SessionNumber, NeighbourMessage)
        /// A neighbour is suspected, or is not any more.
        case suspect(SessionNumber, Bool)
        /// A neighbour is taken for dead.
        case drop(SessionNumber)
    }

    /// One neighbour's signs of life.
    struct Pulse: Sendable {
        let key: NodeKey
        var heard: UInt64
        var ping: (number: UInt64, sent: UInt64)?
        /// Pings since it was heard.
        var tries = 0
        /// Whether the ping went twice, by datagram and over the session.
        var isAskedTwice = false
        /// Smoothed round trip and its deviation (RFC 6298); nil before the first.
        var roundTrip: (smooth: UInt64, deviation: UInt64)?
        /// The shortest round trip: how far it is, however busy it was at times.
        var shortest: UInt64 = .max
        /// The question put to others, if one is open.
        var question: UInt64?
        var isSuspected = false
        /// Silence before this is forgiven: another node heard it.
        var vouched: UInt64 = 0
        /// Chance for the numbers of its pings: of its own, so that how often one neighbour is
        /// asked moves nothing that others see.
        var generator: SeededGenerator
    }

    /// A question of a neighbour about a third node.
    private struct Errand: Sendable {
        let asker: SessionNumber
        let number: UInt64
        let target: SessionNumber
        let due: UInt64
    }

    private(set) var pulses = OrderedTable<SessionNumber, Pulse>()
    private var errands: [Errand] = []
    private var generator: SeededGenerator
    /// How slow this node itself seems to be.
    private(set) var slowness: UInt64 = 0
    private var nextWake: UInt64?
    /// How often a neighbour was suspected, was cleared, and was dropped.
    package private(set) var suspicions: UInt64 = 0
    /// Suspicions that a word of the suspect ended.
    package private(set) var refutations: UInt64 = 0
    /// Neighbours taken for dead.
    package private(set) var drops: UInt64 = 0

    package init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// When `wake` is due; nil without neighbours.
    package var deadline: UInt64? { nextWake }

    mutating func add(_ link: SessionNumber, _ key: NodeKey, at now: UInt64) {
        pulses[link] = Pulse(
            key: key, heard: now, generator: SeededGenerator(seed: generator.next()))
        nextWake = min(nextWake ?? .max, now + NeighbourLimits.nearPeriod)
    }

    mutating func remove(_ link: SessionNumber) {
        pulses[link] = nil
        errands.removeAll { $0.asker == link || $0.target == link }
    }

    // MARK: Signs of life

    /// A neighbour said something; `pong` is the number of the ping that it answers, if it does.
    mutating func heard(
        _ link: SessionNumber, pong: UInt64? = nil, at now: UInt64, into effects: inout [Effect]
    ) {
        let wasSuspected = pulses.change(link) { pulse in
            pulse.heard = now
            pulse.question = nil
            if let ping = pulse.ping, ping.number == pong {
                pulse.ping = nil
                // An answer that was asked for more than once says nothing about the way (Karn).
                if pulse.tries == 1, !pulse.isAskedTwice {
                    pulse.measure(now - min(now, ping.sent))
                }
            } else if let ping = pulse.ping, now > ping.sent + NeighbourLimits.answerMax {
                // It was lost; another one shall measure the way.
                pulse.ping = nil
            }
            pulse.tries = 0
            defer { pulse.isSuspected = false }
            return pulse.isSuspected
        }
        if pong != nil, slowness > 0 { slowness -= 1 }
        if wasSuspected == true {
            refutations += 1
            effects.append(.suspect(link, false))
        }
        for errand in errands where errand.target == link {
            effects.append(
                .send(errand.asker, .probeAnswer(number: errand.number, .alive)))
        }
        errands.removeAll { $0.target == link }
    }

    /// The same ping went another way too, the first being slow: its answer measures neither.
    mutating func askedAgain(_ link: SessionNumber) {
        _ = pulses.change(link) { $0.isAskedTwice = true }
    }

    // MARK: Others' questions

    mutating func receive(
        _ message: NeighbourMessage, from link: SessionNumber, at now: UInt64,
        into effects: inout [Effect]
    ) {
        switch message {
        case .probe(let number, let key):
            asked(number, about: key, by: link, at: now, into: &effects)
        case .probeAnswer(let number, let outcome):
            answered(number, outcome, at: now)
        default: break
        }
    }

    /// Asks a neighbour for a word on behalf of another. What was heard a moment ago is answer
    /// enough, and one question at a time is: whoever asks again and again must not make this node
    /// a nuisance to others.
    private mutating func asked(
        _ number: UInt64, about key: NodeKey, by link: SessionNumber, at now: UInt64,
        into effects: inout [Effect]
    ) {
        guard let target = pulses.entries.first(where: { $0.value.key == key })?.key,
            let pulse = pulses[target], target != link,
            errands.count < NeighbourLimits.probesMax,
            !errands.contains(where: { $0.asker == link && $0.target == target })
        else {
            effects.append(.send(link, .probeAnswer(number: number, .unknown)))
            return
        }
        guard now - min(now, pulse.heard) > NeighbourLimits.heardLately else {
            effects.append(.send(link, .probeAnswer(number: number, .alive)))
            return
        }
        let due = now + wait(for: target)
        errands.append(Errand(asker: link, number: number, target: target, due: due))
        if pulse.ping == nil { ping(target, isErrand: true, at: now, into: &effects) }
        nextWake = min(nextWake ?? .max, due)
    }

    private mutating func answered(
        _ number: UInt64, _ outcome: NeighbourMessage.ProbeOutcome, at now: UInt64
    ) {
        guard let link = pulses.entries.first(where: { $0.value.question == number })?.key
        else { return }
        // That an answer came at all says that this node is not cut off itself.
        if slowness > 0 { slowness -= 1 }
        guard outcome == .alive else { return }
        _ = pulses.change(link) { $0.vouched = now }
    }

    // MARK: Time

    mutating func wake(at now: UInt64, into effects: inout [Effect]) {
        guard let due = nextWake, due <= now else { return }
        if now - due > NeighbourLimits.pauseNoticed { stoodStill(now - due) }
        for errand in errands where errand.due <= now {
            effects.append(
                .send(errand.asker, .probeAnswer(number: errand.number, .silent)))
        }
        errands.removeAll { $0.due <= now }
        var next: UInt64?
        for link in pulses.keys {
            guard let due = look(at: link, now, into: &effects) else { continue }
            next = min(next ?? .max, due)
        }
        nextWake = next
    }

    /// This node slept, was stopped, or had no processor: what it did not hear meanwhile says
    /// nothing about others.
    private mutating func stoodStill(_ span: UInt64) {
        slowness = min(NeighbourLimits.slownessMax, slowness + 1 + span / Span.second)
        for link in pulses.keys {
            _ = pulses.change(link) { pulse in
                pulse.heard += span
                if let ping = pulse.ping { pulse.ping = (ping.number, ping.sent + span) }
            }
        }
        for index in errands.indices where errands[index].due < .max - span {
            errands[index] = Errand(
                asker: errands[index].asker, number: errands[index].number,
                target: errands[index].target, due: errands[index].due + span)
        }
    }

    private func wait(for link: SessionNumber) -> UInt64 {
        (pulses[link]?.patience ?? NeighbourLimits.answerMax) * (slowness + 1)
    }

    /// Asks for a word; for another node's sake it is not counted among the own tries.
    private mutating func ping(
        _ link: SessionNumber, isErrand: Bool = false, at now: UInt64,
        into effects: inout [Effect]
    ) {
        let number = pulses.change(link) { pulse in
            let number = pulse.generator.next()
            pulse.ping = (number, now)
            pulse.isAskedTwice = false
            if !isErrand { pulse.tries += 1 }
            return number
        }
        if let number { effects.append(.ping(link, number)) }
    }

    /// Looks at one neighbour; when to look again, nil when it is dropped.
    private mutating func look(
        at link: SessionNumber, _ now: UInt64, into effects: inout [Effect]
    ) -> UInt64? {
        guard let pulse = pulses[link] else { return nil }
        let silence = now - min(now, max(pulse.heard, pulse.vouched))
        guard silence >= pulse.period || pulse.roundTrip == nil && pulse.ping == nil else {
            return max(pulse.heard, pulse.vouched) + pulse.period
        }
        if let ping = pulse.ping, pulse.tries > 0, now - min(now, ping.sent) < wait(for: link) {
            return ping.sent + wait(for: link)
        }
        switch pulse.tries {
        case 0: break
        case 1:
            if isAlone(at: now) { slowness = min(NeighbourLimits.slownessMax, slowness + 1) }
            askOthers(about: link, pulse.key, into: &effects)
        default:
            // Again and again: whoever hears it keeps the link until the session itself is silent
            // for too long.
            askOthers(about: link, pulse.key, into: &effects)
            if !pulse.isSuspected {
                _ = pulses.change(link) { $0.isSuspected = true }
                suspicions += 1
                effects.append(.suspect(link, true))
            } else if silence
                > pulse.period * (NeighbourLimits.suspicionPeriods + slowness)
            {
                drops += 1
                effects.append(.drop(link))
                return nil
            }
        }
        ping(link, at: now, into: &effects)
        return now + min(wait(for: link), pulse.period)
    }

    /// Whether nobody else was heard lately either: then this node may be the one that is cut off.
    /// (Lifeguard counts every missed answer; where half of a network dies at once, that made the
    /// rest wait twice as long.)
    private func isAlone(at now: UInt64) -> Bool {
        !pulses.values.contains { now - min(now, $0.heard) <= $0.period }
    }

    private mutating func askOthers(
        about link: SessionNumber, _ key: NodeKey, into effects: inout [Effect]
    ) {
        var helpers = pulses.keys.filter { $0 != link && pulses[$0]?.isSuspected == false }
        helpers.shuffle(using: &generator)
        let number = generator.next()
        _ = pulses.change(link) { $0.question = number }
        for helper in helpers.prefix(NeighbourLimits.helpersMax) {
            effects.append(.send(helper, .probe(number: number, of: key)))
        }
    }
}

extension Probing.Pulse {
    /// A neighbour nearby is looked at more often.
    var period: UInt64 {
        shortest < NeighbourLimits.nearRoundTrip
            ? NeighbourLimits.nearPeriod : NeighbourLimits.farPeriod
    }

    /// How long an answer may take (RFC 6298).
    var patience: UInt64 {
        guard let roundTrip else { return NeighbourLimits.answerMax }
        let span = roundTrip.smooth + 4 * roundTrip.deviation
        return min(NeighbourLimits.answerMax, max(NeighbourLimits.answerMin, span))
    }

    /// Takes a measured round trip in.
    mutating func measure(_ span: UInt64) {
        shortest = min(shortest, span)
        guard let known = roundTrip else {
            roundTrip = (span, span / 2)
            return
        }
        let error = span > known.smooth ? span - known.smooth : known.smooth - span
        roundTrip = ((known.smooth * 7 + span) / 8, (known.deviation * 3 + error) / 4)
    }
}
